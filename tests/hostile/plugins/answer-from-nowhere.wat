;; Answers with an address that is not in its memory.
;; incident: W102
;; says: broke the contract: pointer out of bounds of memory
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (call $drop (local.get $execution)) (i32.const 0x7ffffff8))
