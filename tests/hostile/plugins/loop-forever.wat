;; Never comes back.
;; incident: W103
;; says: computed for more than 150 ms
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (br 0)) (unreachable))
