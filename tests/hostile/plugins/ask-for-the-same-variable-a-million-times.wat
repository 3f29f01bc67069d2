;; Keeps one large variable, and asks for it twenty thousand times at once: little to say, much to answer.
;; incident: W106
;; says: it asked for an answer of more than 16 MiB
(import "tessera:process/execution@0.1.0" "[method]execution.set" (func $set (param i32 i32 i32 i32 i32)))
(import "tessera:process/execution@0.1.0" "[method]execution.get-many" (func $get_many (param i32 i32 i32 i32 i32)))
;; One named-value: name "hoard", value text of 200 KiB.
(data (i32.const 2048) "\80\08\00\00\05\00\00\00\04\00\00\00\00\00\00\00\00\00\01\00\00\20\03\00")
(data (i32.const 2176) "hoard")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (local $entry i32)
  (drop (memory.grow (i32.const 40)))
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 210000))
  (call $set (local.get $execution) (i32.const 0) (i32.const 2048) (i32.const 1) (i32.const 64))
  (local.set $entry (i32.const 327680))
  (loop $next
    (i32.store (local.get $entry) (i32.const 2176))
    (i32.store offset=4 (local.get $entry) (i32.const 5))
    (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $entry) (i32.const 487680))))
  (call $get_many (local.get $execution) (i32.const 1) (i32.const 327680) (i32.const 20000) (i32.const 64))
  (i32.const 1024))
