//! One line of a snapshot to what it says, without regard to the lines around it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use foldhash::HashSet;
use memchr::memchr_iter;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::{CoverageLine, Footer, FooterLine, Header};
use crate::model::{Asset, Body, Origin, Place, Spot, Tags};

/// What a line says.
pub(super) enum Line {
    Blank,
    Header(serde_json::Result<Header>),
    Asset(Asset),
    /// An asset of a kind that this release does not know.
    Unmodelled(String),
    Footer(Footer),
    Coverage(CoverageLine),
    /// Not a line of a snapshot; whether it begins as an asset's does, and what is wrong.
    Bad(bool, String),
}

/// Reads the lines of a block, each on its own.
pub(super) fn lines(block: &[u8]) -> Vec<Line> {
    let (mut strings, mut start) = (Strings::default(), 0);
    let mut lines = Vec::with_capacity(memchr_iter(b'\n', block).count() + 1);
    for end in memchr_iter(b'\n', block).chain([block.len()]) {
        if start < block.len() {
            lines.push(line(block.get(start..end).unwrap_or_default().trim_ascii(), &mut strings));
        }
        start = end + 1;
    }
    lines
}

fn line(line: &[u8], strings: &mut Strings) -> Line {
    let bad = |error: &dyn fmt::Display| Line::Bad(line.starts_with(b"{\"kind\""), error.to_string());
    let text = match std::str::from_utf8(line) {
        Ok("") => return Line::Blank,
        Ok(text) => text,
        Err(error) => return bad(&error),
    };
    if text.starts_with("{\"schema\"") {
        return Line::Header(serde_json::from_str(text));
    }
    let read = if text.starts_with("{\"kind\"") {
        asset(text, strings)
    } else if text.starts_with("{\"footer\"") {
        serde_json::from_str(text).map(|FooterLine { footer }| Line::Footer(footer))
    } else {
        serde_json::from_str(text).map(Line::Coverage)
    };
    read.unwrap_or_else(|error| bad(&error))
}

fn asset(text: &str, strings: &mut Strings) -> serde_json::Result<Line> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let line = reader.deserialize_map(AssetLine(strings))?;
    reader.end().map(|()| line)
}

/// Texts that many assets share, each held once a block.
#[derive(Default)]
struct Strings(HashSet<Arc<str>>);

impl Strings {
    fn shared(&mut self, text: &str) -> Arc<str> {
        match self.0.get(text) {
            Some(known) => Arc::clone(known),
            None => {
                let new: Arc<str> = text.into();
                self.0.insert(Arc::clone(&new));
                new
            }
        }
    }
}

/// A text, borrowed from the line unless it holds escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An [`Origin`] as it stands in a line.
#[derive(Deserialize)]
struct OriginText<'a> {
    #[serde(borrow)]
    file: Option<Text<'a>>,
    line: Option<u32>,
    column: Option<u32>,
    #[serde(default)]
    fields: Vec<(Box<str>, Spot)>,
    #[serde(borrow)]
    arn: Option<Text<'a>>,
}

/// A [`Place`] as it stands in a line.
#[derive(Deserialize)]
struct PlaceText<'a> {
    #[serde(borrow)]
    account: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    cluster: Option<Text<'a>>,
    #[serde(borrow)]
    namespace: Option<Text<'a>>,
}

impl OriginText<'_> {
    fn shared<E: de::Error>(self, strings: &mut Strings) -> Result<Origin, E> {
        match self {
            Self { file: Some(file), line: Some(line), column: Some(column), fields, .. } => {
                Ok(Origin::File { file: strings.shared(&file.0), line, column, fields })
            }
            Self { arn: Some(arn), .. } => Ok(Origin::Arn { arn: strings.shared(&arn.0) }),
            _ => Err(E::custom("an origin without `file`, `line` and `column`, and without `arn`")),
        }
    }
}

impl PlaceText<'_> {
    fn shared(self, strings: &mut Strings) -> Place {
        let mut shared = |text: Option<Text<'_>>| text.map(|text| strings.shared(&text.0));
        Place {
            account: shared(self.account),
            region: shared(self.region),
            cluster: shared(self.cluster),
            namespace: shared(self.namespace),
        }
    }
}

/// Reads an asset's line in one go: its kind comes first and tells how to read its body.
struct AssetLine<'s>(&'s mut Strings);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Field {
    Kind,
    Id,
    Origin,
    Place,
    Tags,
    Body,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for AssetLine<'_> {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an asset")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
        let (mut kind, mut id, mut origin, mut place, mut tags, mut body) = (None, None, None, None, None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Kind => once("kind", &mut kind, map.next_value::<Text<'de>>()?.0)?,
                Field::Id => once("id", &mut id, Arc::from(&*map.next_value::<Text<'de>>()?.0))?,
                Field::Origin => {
                    once("origin", &mut origin, map.next_value::<OriginText<'de>>()?.shared(self.0)?)?;
                }
                Field::Place => once("place", &mut place, map.next_value::<PlaceText<'de>>()?.shared(self.0))?,
                Field::Tags => once("tags", &mut tags, map.next_value::<Tags>()?)?,
                Field::Body => {
                    let kind = kind.as_deref().ok_or_else(|| A::Error::missing_field("kind"))?;
                    once("body", &mut body, map.next_value_seed(OfKind(kind))?)?;
                }
                Field::Other => drop(map.next_value::<de::IgnoredAny>()?),
            }
        }
        let missing = A::Error::missing_field;
        let kind = kind.ok_or_else(|| missing("kind"))?;
        let id = id.ok_or_else(|| missing("id"))?;
        let origin = origin.ok_or_else(|| missing("origin"))?;
        let Some(body) = body.ok_or_else(|| missing("body"))? else { return Ok(Line::Unmodelled(kind.into_owned())) };
        Ok(Line::Asset(Asset { id, origin, place: place.unwrap_or_default(), tags: tags.unwrap_or_default(), body }))
    }
}

fn once<T, E: de::Error>(name: &'static str, slot: &mut Option<T>, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// A body of the named kind; none if this release does not know the kind.
struct OfKind<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for OfKind<'_> {
    type Value = Option<Body>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Body::deserialize_as(self.0, deserializer)
    }
}
