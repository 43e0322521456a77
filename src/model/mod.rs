//! What an estate is made of.
//!
//! Owns the asset kinds, where each asset came from ([`Origin`]), address and connection sets, coverage (what could
//! not be read) and the [`Inventory`] that holds them. It imports nothing else of this crate: every other layer speaks
//! in these types.

mod argo;
mod asset;
mod aws;
mod counted;
mod coverage;
mod id;
mod inventory;
mod istio;
mod kube;
mod net;
mod origin;
mod ranges;
mod severity;

pub use argo::*;
pub use asset::{Asset, Body, Kind, Place};
pub use aws::*;
pub use counted::counted;
pub use coverage::{Coverage, Gap, GapReason, Listed, Listing, Skipped};
pub use id::{account_id, arn_of, glob_match, kube_id, short_of};
pub use inventory::Inventory;
pub use istio::*;
pub use kube::*;
pub use net::{AddressSet, Connections, ParseConnectionsError, Protocol};
pub use origin::{Origin, Spot};
pub use ranges::RangeSet;
pub use severity::Severity;
