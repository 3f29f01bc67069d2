;; Makes an integer of what is no number.
;; incident: W102
;; says: invalid conversion to integer
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (i32.trunc_f64_s (f64.const nan)))
