;; Hides its hunger in a table.
;; incident: W106
;; says: it asked for a table of
(table $t 1 funcref)
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (drop (table.grow $t (ref.null func) (i32.const 50000))) (br 0)) (unreachable))
