;; Calls the host for ever; each call is short.
;; incident: W103
;; says: computed for more than 150 ms
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (loop (global.set $heap (i32.const 65536)) (call $business_key (local.get $execution) (i32.const 64)) (br 0))
  (unreachable))
