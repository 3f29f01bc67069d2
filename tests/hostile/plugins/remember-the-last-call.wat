;; Tries to find in its memory what an earlier call left there.
;; completes
(import "tessera:process/execution@0.1.0" "[resource-drop]execution" (func $drop (param i32)))
(global $calls (mut i32) (i32.const 0))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (if (i32.or (global.get $calls) (i32.load (i32.const 4096))) (then (unreachable)))
  (global.set $calls (i32.const 1))
  (i32.store (i32.const 4096) (i32.const 42))
  (call $drop (local.get $execution)) (i32.const 1024))
