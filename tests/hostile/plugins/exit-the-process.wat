;; Wants to end the process that it runs in.
;; incident: W102
;; says: ended early
(import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $exit (i32.const 0)) (i32.const 1024))
