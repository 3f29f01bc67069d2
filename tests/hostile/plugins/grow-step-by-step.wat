;; Wants one page more, for ever.
;; incident: W105
;; says: the limit is 16 MiB
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (drop (memory.grow (i32.const 1))) (br 0)) (unreachable))
