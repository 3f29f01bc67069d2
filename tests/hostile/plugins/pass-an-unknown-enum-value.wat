;; Logs at a level that does not exist.
;; incident: W102
;; says: discriminant
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $log (i32.const 77) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
  (i32.const 1024))
