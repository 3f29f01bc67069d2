;; Wants randomness, so that a retry would answer differently.
;; incident: W102
;; says: wasi:random/random@0.2.6#get-random-u64
(import "wasi:random/random@0.2.6" "get-random-u64" (func $random (result i64)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (call $random)) (i32.const 1024))
