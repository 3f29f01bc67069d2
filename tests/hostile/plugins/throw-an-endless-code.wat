;; Ends with a BPMN error whose code has a million letters.
;; incident: W102
;; says: the code of its BPMN error is longer than 255 bytes
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
;; result: error; failure: bpmn-error; code of 1,000,000 bytes at 65536
(data (i32.const 3072) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\40\42\0f\00")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 16)))
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 1000000))
  (call $drop (local.get $execution)) (i32.const 3072))
