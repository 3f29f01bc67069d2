;; Answers with an address that no such value can have.
;; incident: W102
;; says: broke the contract: return pointer not aligned
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution)) (i32.const 1025))
