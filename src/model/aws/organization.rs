//! Accounts and Regions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An AWS account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Name in AWS Organizations, empty where only resources of the account were read.
    pub name: String,
    /// `ACTIVE`, `SUSPENDED` …, empty where Organizations was not asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The organizational unit or root that holds it, where the answer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// An organizational unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrganizationalUnit {
    /// Its name.
    pub name: String,
    /// The unit or root that holds it, where the answer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A Region of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Region {}

/// AWS tags as a map; a later duplicate wins, as AWS allows none.
pub type Tags = BTreeMap<String, String>;
