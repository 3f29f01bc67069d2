;; Traps without a word.
;; incident: W102
;; says: wasm `unreachable` instruction executed
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32) (unreachable))
