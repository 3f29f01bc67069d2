;; Writes over what lies behind its memory, in one large sweep.
;; incident: W102
;; says: out of bounds memory access
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (memory.fill (i32.const 0) (i32.const 255) (i32.const 0x7fffffff)) (i32.const 1024))
