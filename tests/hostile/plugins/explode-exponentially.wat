;; Computes what takes longer than the universe has, without one loop.
;; incident: W103
;; says: computed for more than 150 ms
;; evidence: double
(func $double (param $n i32) (result i32)
  (if (result i32) (i32.eqz (local.get $n)) (then (i32.const 1))
    (else (i32.add (call $double (i32.sub (local.get $n) (i32.const 1))) (call $double (i32.sub (local.get $n) (i32.const 1)))))))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (call $double (i32.const 200))) (i32.const 1024))
