;; A list whose elements are all the same 60 KiB: little to say, much to copy.
;; incident: W106
;; says: it handed over too many bytes
(import "tessera:process/execution@0.1.0" "[method]execution.get-many" (func $get_many (param i32 i32 i32 i32 i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param $execution i32) (param i32 i32) (result i32)
  (local $entry i32)
  (drop (memory.grow (i32.const 4)))
  (local.set $entry (i32.const 131072))
  (loop $next
    (i32.store (local.get $entry) (i32.const 2048))
    (i32.store offset=4 (local.get $entry) (i32.const 60000))
    (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $entry) (i32.const 151072))))
  (call $get_many (local.get $execution) (i32.const 1) (i32.const 131072) (i32.const 2500) (i32.const 64))
  (i32.const 1024))
