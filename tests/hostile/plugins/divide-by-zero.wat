;; Divides by zero.
;; incident: W102
;; says: integer divide by zero
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (i32.div_u (i32.const 1) (i32.const 0)))
