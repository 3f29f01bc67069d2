;; Gives its execution back twice.
;; incident: W102
;; says: unknown handle index
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution)) (call $drop (local.get $execution)) (i32.const 1024))
