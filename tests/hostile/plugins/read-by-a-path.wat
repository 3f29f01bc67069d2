;; Reads a resource whose id leads out of the mailbox.
;; incident: W101
;; says: the host refused
(import "tessera:process/fhir@0.1.0" "[static]client.open" (func $open (param i32 i32 i32 i32)))
(import "tessera:process/fhir@0.1.0" "[method]client.read" (func $read (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(import "tessera:process/fhir@0.1.0" "[resource-drop]client" (func $close (param i32)))
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(data (i32.const 2048) "Endpoint")
(data (i32.const 2064) "../../metadata?_format=json\0d\0aX-Evil: 1")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (local $client i32)
  (call $open (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))
  (local.set $client (i32.load (i32.const 72)))
  (call $read (local.get $client) (i32.const 2048) (i32.const 8) (i32.const 2064) (i32.const 38) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 128))
  (call $close (local.get $client))
  (call $drop (local.get $execution))
  (if (i32.eqz (i32.load8_u (i32.const 128))) (then (return (i32.const 1024))))
  (i32.const 1152))
