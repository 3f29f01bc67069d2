;; Calls a function as if it had another type.
;; incident: W102
;; says: indirect call type mismatch
(type $step (func (result i32)))
(table 1 funcref)
(elem (i32.const 0) $other)
(func $other (param f64))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call_indirect (type $step) (i32.const 0)))
