;; Answers, and never finishes to clean up after its answer.
;; incident: W103
;; says: computed for more than 150 ms
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution)) (i32.const 1024))
(func (export "cabi_post_tessera:process/service-task@0.1.0#execute") (param i32) (loop (br 0)))
