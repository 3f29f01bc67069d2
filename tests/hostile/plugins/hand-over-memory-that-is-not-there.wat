;; Hands over a text beyond the end of its memory.
;; incident: W102
;; says: out of bounds
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0x7ffffff0) (i32.const 64) (i32.const 0) (i32.const 0))
  (i32.const 1024))
