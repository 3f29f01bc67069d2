;; Calls the host from its allocator, while the host hands a text over.
;; incident: W102
;; says: cannot leave component instance
;; allocator: own
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(global $mine (mut i32) (i32.const 0))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $business_key (global.get $mine) (i32.const 64)) (i32.const 4096))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (global.set $mine (local.get $execution))
  (call $business_key (local.get $execution) (i32.const 64)) (i32.const 1024))
