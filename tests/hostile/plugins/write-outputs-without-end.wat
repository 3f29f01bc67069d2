;; Adds one large output after the other to its Task.
;; incident: W106
;; says: of variables and outputs in one call
(import "tessera:process/execution@0.1.0" "[method]execution.add-output"
  (func $add (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 2048) "{\"valueString\":\"")
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 8)))
  (memory.fill (i32.const 2064) (i32.const 120) (i32.const 199984))
  (i32.store16 (i32.const 202048) (i32.const 0x7d22))
  (loop
    ;; system "", code "", no version, no display, value-json of 200,002 bytes, no extensions
    (call $add (local.get $execution) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 2048) (i32.const 200002) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))
    (br 0))
  (unreachable))
