;; Asks the site more often than any handler needs.
;; incident: W106
;; says: asked the site more than 1000 times
(import "tessera:process/directory@0.1.0" "local-organization" (func $organization (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (loop (global.set $heap (i32.const 65536)) (call $organization (i32.const 64)) (br 0))
  (unreachable))
