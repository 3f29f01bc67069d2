;; Ends with a BPMN error that carries a list of variables whose names are all the same 60 KiB.
;; incident: W106
;; says: it handed over too many bytes
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
;; result: error; failure: bpmn-error; code "surprise", message "", variables: 1,000 at 131072
(data (i32.const 3072) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\0d\00\00\08\00\00\00\00\00\00\00\00\00\00\00\00\00\02\00\e8\03\00\00")
(data (i32.const 3328) "surprise")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (local $entry i32)
  (drop (memory.grow (i32.const 4)))
  (local.set $entry (i32.const 131072))
  (loop $next
    (i32.store (local.get $entry) (i32.const 4096))
    (i32.store offset=4 (local.get $entry) (i32.const 60000))
    (local.set $entry (i32.add (local.get $entry) (i32.const 24)))
    (br_if $next (i32.lt_u (local.get $entry) (i32.const 155072))))
  (call $drop (local.get $execution)) (i32.const 3072))
