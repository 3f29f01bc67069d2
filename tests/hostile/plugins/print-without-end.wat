;; Floods standard output, which is the log by another name.
;; incident: W106
;; says: it logged more than
(import "wasi:cli/stdout@0.2.6" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush" (func $print (param i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (local $stdout i32)
  (local.set $stdout (call $stdout))
  (loop (call $print (local.get $stdout) (i32.const 2048) (i32.const 4000) (i32.const 64)) (br 0)) (unreachable))
