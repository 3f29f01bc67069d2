;; Ends with a BPMN error that carries JSON nested fifty thousand levels deep.
;; incident: W102
;; says: returned an unusable answer
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
;; result: error; failure: bpmn-error; code "surprise", message "", variables: one
(data (i32.const 3072) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\0d\00\00\08\00\00\00\00\00\00\00\00\00\00\00\00\0e\00\00\01\00\00\00")
(data (i32.const 3328) "surprise")
;; name "surprise", value json of 50,000 bytes
(data (i32.const 3584) "\00\0d\00\00\08\00\00\00\05\00\00\00\00\00\00\00\00\00\01\00\50\c3\00\00")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 1)))
  (memory.fill (i32.const 65536) (i32.const 91) (i32.const 50000))
  (call $drop (local.get $execution)) (i32.const 3072))
