//! Messages, timers, signals, commands: what a site does with them.
