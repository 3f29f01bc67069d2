;; Keeps the memory bus busy with bulk operations.
;; incident: W103
;; says: computed for more than 150 ms
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 100)))
  (loop (memory.fill (i32.const 65536) (i32.const 1) (i32.const 6000000)) (br 0)) (unreachable))
