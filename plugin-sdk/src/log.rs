//! Structured logging: `info!(ctx, "message", key = value, …)`. The host adds plugin, instance and activity.

use crate::host::{Field, FieldValue};

pub use crate::bindings::tessera::process::log::Level;

/// Logs at a level. Fields are evaluated only if the level is on.
#[doc(hidden)]
#[macro_export]
macro_rules! log_at {
    ($level:ident, $ctx:expr, $message:expr $(, $key:ident = $value:expr)* $(,)?) => {{
        let ctx: &$crate::Context<'_> = $ctx;
        if ctx.logs($crate::Level::$level) {
            ctx.log(
                $crate::Level::$level,
                ::core::module_path!(),
                ::core::convert::AsRef::<str>::as_ref(&$message),
                ::std::vec![$((::core::stringify!($key), $crate::log_value!($value))),*],
            );
        }
    }};
}

/// A field's value.
#[doc(hidden)]
#[macro_export]
macro_rules! log_value {
    ($value:expr) => {
        $crate::host::FieldValue::from(&$value)
    };
}

/// Logs what a developer wants to see: `debug!(ctx, "message", key = value)`.
#[macro_export]
macro_rules! debug { ($($arguments:tt)*) => { $crate::log_at!(Debug, $($arguments)*) }; }

/// Logs what an operator wants to see.
///
/// ```
/// # fn handler(ctx: &tessera_plugin_sdk::Context<'_>) {
/// use tessera_plugin_sdk::info;
/// info!(ctx, "ping sent", endpoint = "ttp.example", attempt = 1);
/// # }
/// ```
#[macro_export]
macro_rules! info { ($($arguments:tt)*) => { $crate::log_at!(Info, $($arguments)*) }; }

/// Logs what an operator should look at.
#[macro_export]
macro_rules! warn { ($($arguments:tt)*) => { $crate::log_at!(Warn, $($arguments)*) }; }

/// Logs what an operator must look at.
#[macro_export]
macro_rules! error { ($($arguments:tt)*) => { $crate::log_at!(Error, $($arguments)*) }; }

pub(crate) fn fields(fields: Vec<(&str, FieldValue)>) -> Vec<Field> {
    fields.into_iter().map(|(key, value)| Field { key: key.to_owned(), value }).collect()
}

impl From<&String> for FieldValue {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&&str> for FieldValue {
    fn from(value: &&str) -> Self {
        Self::Text((*value).to_owned())
    }
}

impl From<&&String> for FieldValue {
    fn from(value: &&String) -> Self {
        Self::Text((*value).clone())
    }
}

impl From<&bool> for FieldValue {
    fn from(value: &bool) -> Self {
        Self::Boolean(*value)
    }
}

impl From<&f64> for FieldValue {
    fn from(value: &f64) -> Self {
        Self::Double(*value)
    }
}

impl From<&i32> for FieldValue {
    fn from(value: &i32) -> Self {
        Self::Integer((*value).into())
    }
}

impl From<&u32> for FieldValue {
    fn from(value: &u32) -> Self {
        Self::Integer((*value).into())
    }
}

impl From<&i64> for FieldValue {
    fn from(value: &i64) -> Self {
        Self::Integer(*value)
    }
}

impl From<&usize> for FieldValue {
    fn from(value: &usize) -> Self {
        Self::Integer(i64::try_from(*value).unwrap_or(i64::MAX))
    }
}
