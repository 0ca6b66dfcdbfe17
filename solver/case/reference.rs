//! The reference of every key, made from the types and their documentation comments.

use super::assembly::Assembly;
use super::schema::Case;
use super::suggest;
use serde_json::Value;
use std::fmt::Write;

/// A kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A satellite to be sized.
    Design,
    /// Parts and nodes as given.
    Assembly,
}

/// The JSON schema of a case file of one kind, for editors that complete and check TOML.
pub fn json_schema(kind: Kind) -> Value {
    let schema = match kind {
        Kind::Design => schemars::schema_for!(Case),
        Kind::Assembly => schemars::schema_for!(Assembly),
    };
    let mut schema = schema.to_value();
    schema["title"] = "thermsolve case".into();
    schema
}

/// A commented TOML listing of every key with its description, type, range and default.
pub fn toml_reference(kind: Kind) -> String {
    let schema = json_schema(kind);
    let mut out = String::from(
        "# Every key of a thermsolve case file. Generated from the program's types.\n# A key without a default is required unless it says optional.\n",
    );
    table(&mut out, &schema, &schema, "");
    out
}

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolve(root, &root["$defs"][name.trim_start_matches("#/$defs/")]);
    }
    // Option<T> is anyOf [T, null]; a documented reference is allOf [T].
    for list in ["anyOf", "allOf"] {
        if let Some(first) = schema[list].as_array().and_then(|l| l.first()).filter(|_| schema["x-unit"].is_null()) {
            return resolve(root, first);
        }
    }
    schema
}

/// Whether a key takes whole numbers. Errors: what to do about a path that no case has.
pub fn takes_whole_numbers(path: &str) -> Result<bool, String> {
    let root = json_schema(Kind::Design);
    let mut at = resolve(&root, &root);
    for part in path.split('.') {
        if at["additionalProperties"].is_object() {
            at = resolve(&root, &at["additionalProperties"]);
            continue;
        }
        let Some(properties) = at["properties"].as_object() else { return Err(format!("`{part}` is below a value")) };
        let Some(next) = properties.get(part) else { return Err(suggest(part, properties.keys().map(String::as_str))) };
        at = resolve(&root, next);
    }
    let is_integer = |t: &Value| t.as_str() == Some("integer");
    if at["properties"].is_object() {
        return Err("name a key inside this table".into());
    }
    Ok(is_integer(&at["type"]) || is_integer(&at["type"][0]))
}

fn comment(out: &mut String, schema: &Value) {
    for line in schema["description"].as_str().unwrap_or("").lines() {
        writeln!(out, "# {line}").expect("writing to a string");
    }
}

fn table(out: &mut String, root: &Value, schema: &Value, path: &str) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let is_list = |p: &Value| resolve(root, &resolve(root, p)["items"])["properties"].is_object();
    let is_table = |p: &Value| {
        let r = resolve(root, p);
        r["properties"].is_object() || r["additionalProperties"].is_object() || is_list(p)
    };
    for (key, property) in properties.iter().filter(|(_, p)| !is_table(p)) {
        writeln!(out).expect("writing to a string");
        comment(out, property);
        let target = resolve(root, property);
        let mut facts = vec![kind(root, target)];
        if !required.contains(&key.as_str()) && property["default"].is_null() {
            facts.push("optional".into());
        }
        let value = if property["default"].is_null() { example(root, target) } else { property["default"].to_string() };
        writeln!(out, "# {}", facts.join(", ")).expect("writing to a string");
        writeln!(out, "{key} = {value}").expect("writing to a string");
    }
    for (key, property) in properties.iter().filter(|(_, p)| is_table(p)) {
        let target = resolve(root, property);
        let named = target["additionalProperties"].is_object();
        let own = format!("{path}{key}{}", if named { ".NAME" } else { "" });
        writeln!(out).expect("writing to a string");
        comment(out, if property["description"].is_null() { target } else { property });
        if !required.contains(&key.as_str()) {
            writeln!(out, "# optional").expect("writing to a string");
        }
        let inner = match (named, is_list(property)) {
            (true, _) => resolve(root, &target["additionalProperties"]),
            (_, true) => resolve(root, &target["items"]),
            _ => target,
        };
        let header = if is_list(property) { format!("[[{own}]]") } else { format!("[{own}]") };
        writeln!(out, "{header}").expect("writing to a string");
        table(out, root, inner, &format!("{own}."));
    }
}

fn choices(schema: &Value) -> Vec<String> {
    let listed = schema["enum"].as_array().into_iter().flatten().map(Value::to_string);
    let documented = schema["oneOf"].as_array().into_iter().flatten().filter_map(|c| {
        let name = c["const"].as_str()?;
        Some(match c["description"].as_str() {
            Some(text) => format!("\"{name}\" ({})", text.trim_end_matches('.').to_lowercase()),
            None => format!("\"{name}\""),
        })
    });
    listed.chain(documented).collect()
}

fn kind(root: &Value, schema: &Value) -> String {
    let choices = choices(schema);
    if !choices.is_empty() {
        return choices.join(" | ");
    }
    if let Some(items) = schema.get("items") {
        return format!("array of {}", kind(root, resolve(root, items)));
    }
    let range = match (&schema["minimum"], &schema["maximum"]) {
        (Value::Number(low), Value::Number(high)) => format!(" in {low}..={high}"),
        _ => String::new(),
    };
    let unit = schema["x-unit"].as_str().filter(|u| !u.is_empty()).map(|u| format!(" {u}")).unwrap_or_default();
    let name = if schema["anyOf"].is_array() {
        "number, or [low, high] to optimise,"
    } else {
        match schema["type"].as_str() {
            Some(t) => t,
            None => schema["type"][0].as_str().unwrap_or("value"),
        }
    };
    format!("{name}{range}{unit}")
}

fn example(root: &Value, schema: &Value) -> String {
    if let Some(first) = schema["enum"][0].as_str().or(schema["oneOf"][0]["const"].as_str()) {
        return format!("\"{first}\"");
    }
    if let Some(items) = schema.get("items") {
        let one = example(root, resolve(root, items));
        let n = schema["minItems"].as_u64().unwrap_or(1);
        return format!("[{}]", (0..n).map(|_| one.clone()).collect::<Vec<_>>().join(", "));
    }
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("string") => "\"…\"".into(),
        Some("boolean") => "true".into(),
        _ if schema["minimum"].is_null() => "0.0".into(),
        _ => schema["minimum"].to_string(),
    }
}
