;; Reads what lies behind its memory.
;; incident: W102
;; says: out of bounds memory access
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (i32.load (i32.const 0x7ffffff0)))
