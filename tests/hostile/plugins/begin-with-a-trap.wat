;; Traps before it is asked anything.
;; incident: W102
;; says: unreachable
;; evidence: begin
(func $begin (unreachable))
(start $begin)
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32) (i32.const 1024))
