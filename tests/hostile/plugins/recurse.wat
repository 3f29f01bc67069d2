;; Calls itself until the stack is gone.
;; incident: W106
;; says: called itself until its call stack was exhausted
;; evidence: down
(func $down (param $depth i32) (result i32)
  (i32.add (local.get $depth) (call $down (i32.add (local.get $depth) (i32.const 1)))))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $down (i32.const 0)))
