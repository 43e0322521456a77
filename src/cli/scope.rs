//! What is in PCI DSS scope, as far as declarations tell: compartments by their zone, stores by `classify.stores`.

use crate::config::{Category, Config};
use crate::finding::ScopeEntry;
use crate::model::{Body, Inventory, NetworkInterface};
use crate::zone::{Store, Zones, store};

/// Compartments, and interfaces of stores that hold cardholder data or may do so.
pub fn entries(inventory: &Inventory, zones: &Zones, config: &Config) -> Vec<ScopeEntry> {
    let entry = |(at, asset): (usize, &crate::model::Asset)| {
        let (category, why) = match &asset.body {
            Body::Vpc(_) | Body::EksCluster(_) | Body::Namespace(_) => compartment(zones, at),
            Body::NetworkInterface(interface) => store(interface, config)?,
            _ => return None,
        };
        Some(ScopeEntry { asset: asset.id.to_string(), category: category.to_owned(), why })
    };
    inventory.assets().iter().enumerate().filter_map(entry).collect()
}

fn compartment(zones: &Zones, at: usize) -> (&'static str, String) {
    let placement = zones.of(at);
    let category = placement.border.category;
    match category {
        Category::Cde | Category::SecurityImpacting | Category::Connected => {
            (category.as_str(), format!("zone {} by {}", placement.border, placement.by))
        }
        _ => ("undetermined", format!("zone {} by {}; paths are not computed", placement.border, placement.by)),
    }
}

/// What holds cardholder data is in the CDE, whatever its zone says (PCI DSS v4.0.1, "Scope of PCI DSS Requirements").
fn store(interface: &NetworkInterface, config: &Config) -> Option<(&'static str, String)> {
    let service = interface.service.as_deref()?;
    match store::of(interface, config) {
        Store::None => None,
        Store::Holds { name, pattern } => {
            Some((Category::Cde.as_str(), format!("{service} `{name}` holds cardholder data by `{pattern}`")))
        }
        Store::Untold { patterns } => {
            let patterns = patterns.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ");
            Some((
                "undetermined",
                format!("{service} {patterns} holds cardholder data; which one this is of is not told"),
            ))
        }
    }
}
