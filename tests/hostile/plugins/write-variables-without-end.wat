;; Sets the same large variable again and again.
;; incident: W106
;; says: of variables and outputs in one call
(import "tessera:process/execution@0.1.0" "[method]execution.set" (func $set (param i32 i32 i32 i32 i32)))
;; One named-value: name "hoard", value text of 200 KiB.
(data (i32.const 2048) "\80\08\00\00\05\00\00\00\04\00\00\00\00\00\00\00\00\00\01\00\00\20\03\00")
(data (i32.const 2176) "hoard")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 8)))
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 210000))
  (loop (call $set (local.get $execution) (i32.const 0) (i32.const 2048) (i32.const 1) (i32.const 64)) (br 0))
  (unreachable))
