;; Opens a client to another organisation, which the site does not allow.
;; incident: W101
;; says: the host refused
(import "tessera:process/fhir@0.1.0" "[static]client.open" (func $open (param i32 i32 i32 i32)))
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(data (i32.const 2048) "victim.example")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $open (i32.const 1) (i32.const 2048) (i32.const 14) (i32.const 64))
  (call $drop (local.get $execution))
  ;; Succeeding would be the sin; a refusal is reported as a failure.
  (if (i32.eqz (i32.load8_u (i32.const 64))) (then (return (i32.const 1024))))
  (i32.const 1152))
