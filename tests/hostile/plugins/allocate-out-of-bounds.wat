;; Its allocator answers with an address that is not in its memory.
;; incident: W102
;; says: broke the contract: realloc return: beyond end of memory
;; allocator: own
(import "tessera:process/execution@0.1.0" "[method]execution.business-key" (func $business_key (param i32 i32)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0x7fffff00))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $business_key (local.get $execution) (i32.const 64)) (i32.const 1024))
