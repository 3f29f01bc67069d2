;; The host wants to hand a text over; the guest's allocator never returns.
;; incident: W103
;; says: computed for more than 150 ms
;; allocator: own
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop (br 0)) (unreachable))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $business_key (local.get $execution) (i32.const 64)) (i32.const 1024))
