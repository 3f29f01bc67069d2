;; Wants to know the time, to tell a test from production.
;; incident: W102
;; says: wasi:clocks/monotonic-clock@0.2.6#now
(import "wasi:clocks/monotonic-clock@0.2.6" "now" (func $now (result i64)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (call $now)) (i32.const 1024))
