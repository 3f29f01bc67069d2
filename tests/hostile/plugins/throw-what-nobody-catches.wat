;; Ends with a BPMN error that the model does not know, whose text is empty.
;; incident: P503
;; says: uncaught
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
;; result: error; failure: bpmn-error; code "surprise"
(data (i32.const 3072) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\0d\00\00\08\00\00\00")
(data (i32.const 3328) "surprise")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution)) (i32.const 3072))
