//! `tessera:process/log`: plugin lines become `tracing` events with plugin, instance and activity, under the target
//! `plugin`. The last ones are kept for the incident.

use std::fmt::Write as _;

use crate::bindings::tessera::process::log::{Field, FieldValue, Host, Level};
use crate::sandbox::{LimitReached, Sandbox};

impl Host for Sandbox {
    fn enabled(&mut self, level: Level) -> wasmtime::Result<bool> {
        Ok(match level {
            Level::Trace => tracing::enabled!(target: "plugin", tracing::Level::TRACE),
            Level::Debug => tracing::enabled!(target: "plugin", tracing::Level::DEBUG),
            // Kept for the incident even when nobody listens.
            Level::Info | Level::Warn | Level::Error => true,
        })
    }

    fn write(
        &mut self,
        level: Level,
        target: String,
        message: String,
        fields: Vec<Field>,
    ) -> wasmtime::Result<()> {
        // Before a line is made of them: it can be several times as long.
        let texts = fields.iter().map(|Field { key, value }| match value {
            FieldValue::Text(text) => key.len().saturating_add(text.len()),
            FieldValue::Integer(_) | FieldValue::Double(_) | FieldValue::Boolean(_) => key.len(),
        });
        self.check_log(texts.fold(message.len(), usize::saturating_add))?;
        let mut line = message;
        for Field { key, value } in fields {
            // Writing to a string cannot fail.
            let _ = match value {
                FieldValue::Text(text) => write!(line, " {key}={text:?}"),
                FieldValue::Integer(integer) => write!(line, " {key}={integer}"),
                FieldValue::Double(double) => write!(line, " {key}={double}"),
                FieldValue::Boolean(boolean) => write!(line, " {key}={boolean}"),
            };
        }
        self.log_line(level, &target, &line)?;
        Ok(())
    }

    /// A data log is not configured at any site yet: the line is counted and dropped, never mixed with the others.
    fn sensitive(&mut self, message: String, payload_json: String) -> wasmtime::Result<()> {
        self.charge_log(message.len().saturating_add(payload_json.len()))?;
        Ok(())
    }
}

impl Sandbox {
    /// One line, from `log.write` or from what the guest prints.
    pub(crate) fn log_line(&mut self, level: Level, source: &str, line: &str) -> Result<(), LimitReached> {
        self.charge_log(line.len().saturating_add(source.len()))?;
        let line = without_control_characters(line);
        let source = without_control_characters(source);
        let plugin = &*self.plugin.name;
        let instance = &*self.execution.instance_id;
        let activity = &*self.execution.activity_id;
        match level {
            Level::Trace => tracing::trace!(target: "plugin", plugin, instance, activity, source, "{line}"),
            Level::Debug => tracing::debug!(target: "plugin", plugin, instance, activity, source, "{line}"),
            Level::Info => tracing::info!(target: "plugin", plugin, instance, activity, source, "{line}"),
            Level::Warn => tracing::warn!(target: "plugin", plugin, instance, activity, source, "{line}"),
            Level::Error => tracing::error!(target: "plugin", plugin, instance, activity, source, "{line}"),
        }
        match level {
            Level::Trace | Level::Debug => {}
            Level::Info => self.last_lines.push("info", &line),
            Level::Warn => self.last_lines.push("warn", &line),
            Level::Error => self.last_lines.push_error(&line),
        }
        Ok(())
    }
}

/// A plugin must not be able to forge further log lines or to move the operator's cursor.
fn without_control_characters(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}
