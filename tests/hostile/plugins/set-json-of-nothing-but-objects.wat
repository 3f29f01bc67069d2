;; Sets a variable to JSON whose text is short and whose value is a hundred times as large.
;; incident: W106
;; says: of variables and outputs in one call
(import "tessera:process/execution@0.1.0" "[method]execution.set" (func $set (param i32 i32 i32 i32 i32)))
;; One named-value: name "hoard", value json of 200,000 bytes.
(data (i32.const 2048) "\80\08\00\00\05\00\00\00\05\00\00\00\00\00\00\00\00\00\01\00\40\0d\03\00")
(data (i32.const 2176) "hoard")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 8)))
  (local.set $at (i32.const 65536))
  ;; {"":{"":{"": would be too deep: [{},{},{},... it is.
  (loop $next
    (i32.store (local.get $at) (i32.const 0x2c7d7b20))
    (local.set $at (i32.add (local.get $at) (i32.const 4)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 265536))))
  (i32.store8 (i32.const 65536) (i32.const 91))
  (i32.store8 (i32.const 265535) (i32.const 93))
  (call $set (local.get $execution) (i32.const 0) (i32.const 2048) (i32.const 1) (i32.const 64))
  (i32.const 1024))
