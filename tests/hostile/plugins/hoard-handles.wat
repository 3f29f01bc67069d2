;; Opens clients and keeps them all.
;; incident: W106
;; says: it keeps too many handles open
(import "tessera:process/fhir@0.1.0" "[static]client.open" (func $open (param i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (call $open (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64)) (br 0)) (unreachable))
