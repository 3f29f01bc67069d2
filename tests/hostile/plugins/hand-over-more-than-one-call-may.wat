;; A log line of two million letters, which its memory really has.
;; incident: W106
;; says: it handed over too many bytes in one host call
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 40)))
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 2000000))
  (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 2000000) (i32.const 0) (i32.const 0))
  (i32.const 1024))
