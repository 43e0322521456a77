//! The published JSON schema of each kind of document, generated from the types.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::document::{Derived, Header};
use crate::model::Body;

/// All kinds of documents.
pub fn kinds() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Body::KINDS.iter().chain(Derived::SUBJECTS).copied().collect();
    all.sort_unstable();
    all
}

/// The JSON schema of the documents of one kind; none if there is no such kind.
pub fn schema(kind: &str) -> Option<Value> {
    let kind = kinds().into_iter().find(|known| *known == kind)?;
    // everything inline: rules are checked against paths, and OPA's type checker follows no references into `$defs`
    let settings =
        schemars::generate::SchemaSettings::draft2020_12().for_serialize().with(|s| s.inline_subschemas = true);
    let mut generator = SchemaGenerator::new(settings);
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut take = |schema: Schema| {
        let value = schema.to_value();
        if let Some(Value::Object(found)) = value.get("properties") {
            properties.extend(found.clone());
        }
        required.extend(value.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    };
    take(generator.subschema_for::<Header>());
    take(Derived::schema(kind, &mut generator));
    let body = Body::schemas(&mut generator).into_iter().find(|(name, _)| *name == kind).map(|(_, schema)| schema);
    properties.insert("asset".to_owned(), body.map_or_else(|| json!({ "type": "object" }), Schema::to_value));
    properties.insert("kind".to_owned(), json!({ "const": kind }));
    required.push(json!("asset"));
    Some(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Document of kind {kind}"),
        "type": "object",
        "properties": properties,
        "required": required,
    }))
}
