;; Waits for a site that does not answer.
;; incident: W104
;; says: did not end within 400 ms
;; site: hangs
(import "tessera:process/directory@0.1.0" "local-organization" (func $organization (param i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (call $organization (i32.const 64)) (i32.const 1024))
