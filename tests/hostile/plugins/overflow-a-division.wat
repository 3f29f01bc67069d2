;; The one division whose result does not fit.
;; incident: W102
;; says: integer overflow
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (i32.div_s (i32.const 0x80000000) (i32.const -1)))
