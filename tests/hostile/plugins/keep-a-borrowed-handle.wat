;; Keeps the execution that it was only lent.
;; incident: W102
;; says: broke the contract: borrow handles still remain
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32) (i32.const 1024))
