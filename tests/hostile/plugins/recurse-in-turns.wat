;; Two functions call each other, through a table, until the stack is gone.
;; incident: W106
;; says: called itself until its call stack was exhausted
;; evidence: ping
(type $step (func (param i32) (result i32)))
(table 2 funcref)
(elem (i32.const 0) $ping $pong)
(func $ping (param i32) (result i32) (i32.add (i32.const 1) (call_indirect (type $step) (local.get 0) (i32.const 1))))
(func $pong (param i32) (result i32) (i32.add (i32.const 1) (call_indirect (type $step) (local.get 0) (i32.const 0))))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $ping (i32.const 0)))
