;; Uses its execution after giving it back.
;; incident: W102
;; says: unknown handle index
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution))
  (call $business_key (local.get $execution) (i32.const 64)) (i32.const 1024))
