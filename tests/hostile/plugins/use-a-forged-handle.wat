;; Calls a method of an execution that it was never given.
;; incident: W102
;; says: unknown handle index
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $business_key (i32.const 999) (i32.const 64)) (i32.const 1024))
