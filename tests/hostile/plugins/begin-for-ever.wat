;; Does not even finish to start.
;; incident: W103
;; says: computed for more than 150 ms
;; evidence: begin
(func $begin (loop (br 0)))
(start $begin)
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32) (i32.const 1024))
