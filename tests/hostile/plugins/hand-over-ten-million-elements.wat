;; A list of ten million variables, in a memory that cannot hold one thousandth of them.
;; incident: W102
;; says: list pointer/length out of bounds of memory
(import "tessera:process/execution@0.1.0" "[method]execution.set" (func $set (param i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $set (local.get $execution) (i32.const 0) (i32.const 2048) (i32.const 10000000) (i32.const 64))
  (i32.const 1024))
