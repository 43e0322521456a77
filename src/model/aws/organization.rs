//! Accounts and Regions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An AWS account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Name in AWS Organizations, empty where only resources of the account were read.
    pub name: String,
}

/// A Region of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Region {}

/// AWS tags as a map; a later duplicate wins, as AWS allows none.
pub type Tags = BTreeMap<String, String>;
