//! Process variables are JSON values; on the border the common scalars travel unquoted.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host::Value;
use crate::{Error, Result};

/// Reads a variable into a Rust type.
pub(crate) fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T> {
    let json = match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(value) => value.into(),
        Value::Integer(value) => value.into(),
        Value::Double(value) => value.into(),
        Value::Text(value) => value.into(),
        Value::Json(text) => serde_json::from_str(&text)
            .map_err(|source| Error::new(format!("variable '{name}' is not JSON")).because(&source))?,
        Value::Other((kind, _)) => {
            return Err(Error::new(format!(
                "variable '{name}' is of kind '{kind}', which this plugin does not know"
            )));
        }
    };
    serde_json::from_value(json).map_err(|source| {
        Error::new(format!("variable '{name}' has an unexpected type")).because(&source).never_retry()
    })
}

/// Makes a variable of anything that serde can write as JSON.
pub(crate) fn write(name: &str, value: &impl Serialize) -> Result<Value> {
    let json = serde_json::to_value(value).map_err(|source| {
        Error::new(format!("variable '{name}' cannot be written as JSON")).because(&source)
    })?;
    Ok(match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(value),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(double)) if !number.is_u64() => Value::Double(double),
            (None, _) => Value::Json(number.to_string()),
        },
        json @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => Value::Json(json.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_survive_the_border() {
        let cases = [
            (json!(null), Value::Null),
            (json!(true), Value::Boolean(true)),
            (json!(-7), Value::Integer(-7)),
            (json!(0.5), Value::Double(0.5)),
            (json!(1.0), Value::Double(1.0)),
            (json!(u64::MAX), Value::Json(u64::MAX.to_string())),
            (json!("text"), Value::Text("text".to_owned())),
            (json!([1, "a"]), Value::Json(r#"[1,"a"]"#.to_owned())),
            (json!({ "a": null }), Value::Json(r#"{"a":null}"#.to_owned())),
        ];
        for (json, expected) in cases {
            let value = write("x", &json).unwrap();
            assert_eq!(value, expected);
            assert_eq!(read::<serde_json::Value>("x", value).unwrap(), json);
        }
    }

    #[test]
    fn a_wrong_type_names_the_variable() {
        let error = read::<u32>("count", Value::Text("three".to_owned())).unwrap_err();
        assert_eq!(error.message(), "variable 'count' has an unexpected type");
        assert!(!error.may_retry());
        assert!(read::<u32>("count", Value::Other(("blob".to_owned(), Vec::new()))).is_err());
    }
}
