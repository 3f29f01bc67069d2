;; Floods the log with lines that cost no letter.
;; incident: W106
;; says: it logged more than
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (br 0))
  (unreachable))
