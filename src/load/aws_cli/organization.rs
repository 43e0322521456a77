//! Accounts and organizational units (AWS Organizations API reference).

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader, TagList};
use crate::load::batch::Piece;
use crate::model::{Account, OrganizationalUnit, Place, Tags, account_id};

/// `aws organizations list-accounts`; `ParentId` where whoever dumped it added what `list-parents` says.
pub(super) fn account(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        id: String,
        name: Option<String>,
        state: Option<String>,
        status: Option<String>,
        parent_id: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = Place { account: Some(s.id.as_str().into()), ..Place::default() };
    // `Status` is the older name of `State`
    let status = s.state.or(s.status).unwrap_or_default();
    let body = Account { name: s.name.unwrap_or_default(), status, parent: s.parent_id };
    reader.add(account_id(&s.id), place, raw, Tags::default(), body);
    Ok(())
}

/// `aws organizations list-tags-for-resource`, wrapped with its account.
pub(super) fn account_tags(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        account_id: String,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    reader.piece(Piece::Tags(account_id(&s.account_id), s.tags.into_map()));
    Ok(())
}

/// `aws organizations list-organizational-units-for-parent`.
pub(super) fn unit(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        id: String,
        arn: Option<String>,
        name: Option<String>,
        parent_id: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let body = OrganizationalUnit { name: s.name.unwrap_or_default(), parent: s.parent_id };
    reader.add(s.arn.unwrap_or(s.id), Place::default(), raw, s.tags.into_map(), body);
    Ok(())
}
