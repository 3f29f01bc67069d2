;; Wants a socket.
;; incident: W102
;; says: wasi:sockets/instance-network@0.2.6#instance-network
(import "wasi:sockets/instance-network@0.2.6" "instance-network" (func $network (result i32)))
(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32)
  (drop (call $network)) (i32.const 1024))
