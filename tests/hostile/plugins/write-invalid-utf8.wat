;; A log line that is no text.
;; incident: W102
;; says: utf-8
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 2048) "\ff\fe\fd\fc")
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 2048) (i32.const 4) (i32.const 0) (i32.const 0))
  (i32.const 1024))
