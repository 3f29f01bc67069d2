;; Calls through an empty place of its table.
;; incident: W102
;; says: uninitialized element
(type $step (func (result i32)))
(table 4 funcref)
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call_indirect (type $step) (i32.const 3)))
