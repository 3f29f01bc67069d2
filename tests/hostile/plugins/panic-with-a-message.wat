;; Panics as languages do: says why, then hits the unreachable.
;; incident: W102
;; says: panicked: the patient has no name
;; evidence: error: the patient has no name
(import "tessera:process/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 2048) "the patient has no name")
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $log (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 2048) (i32.const 23) (i32.const 0) (i32.const 0))
  (unreachable))
