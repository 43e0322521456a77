//! What is in PCI DSS scope, as far as declarations tell: compartments by their zone, stores by `classify.stores`.

use crate::config::{Category, Config};
use crate::finding::ScopeEntry;
use crate::model::{Body, Inventory, NetworkInterface, glob_match};
use crate::zone::Zones;

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
    let mut patterns =
        config.stores.iter().filter(|store| store.service == service).map(|store| store.pattern.as_str()).peekable();
    patterns.peek()?;
    match named(service, &interface.description) {
        Some(name) => patterns.find(|pattern| glob_match(pattern, name)).map(|pattern| {
            (Category::Cde.as_str(), format!("{service} `{name}` holds cardholder data by `{pattern}`"))
        }),
        None => {
            let patterns = patterns.map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ");
            Some((
                "undetermined",
                format!("{service} {patterns} holds cardholder data; which one this is of is not told"),
            ))
        }
    }
}

/// The store's name where the interface's description tells it.
///
/// Source: as services print it; `ElastiCache <name>`, `ES <domain>`, `… cluster arn:aws:kafka:…:cluster/<name>/<id>`,
/// `EFS mount target for fs-… (fsmt-…)`. Interfaces of RDS, Redshift and MQ bear no name.
fn named<'d>(service: &str, description: &'d str) -> Option<&'d str> {
    let name = match service {
        "elasticache" => description.strip_prefix("ElastiCache")?.trim_start_matches([' ', '+']),
        "opensearch" => description.strip_prefix("ES ")?,
        "msk" => description.split_once(":cluster/")?.1.split('/').next()?,
        "efs" => description.strip_prefix("EFS mount target for ")?.split(' ').next()?,
        _ => return None,
    };
    Some(name).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Store;

    #[test]
    fn stores_are_told_by_name_and_else_may_be_any() {
        let mut config = Config::defaults();
        config.stores = ["rds", "elasticache", "msk", "opensearch", "efs"]
            .map(|service| Store { service: service.to_owned(), pattern: "wallet-*".to_owned() })
            .to_vec();
        let told = |service: &str, description: &str| {
            let (service, description) = (Some(service.to_owned()), description.to_owned());
            store(&NetworkInterface { service, description, ..NetworkInterface::default() }, &config)
                .map(|(told, _)| told)
        };
        assert_eq!(told("elasticache", "ElastiCache wallet-sessions-001"), Some("cde"));
        assert_eq!(told("elasticache", "ElastiCache ads-001"), None);
        assert_eq!(told("opensearch", "ES wallet-search"), Some("cde"));
        let kafka =
            "DO NOT DELETE - Amazon MSK network interface for cluster arn:aws:kafka:r:1:cluster/wallet-events/9-2.";
        assert_eq!(told("msk", kafka), Some("cde"));
        assert_eq!(told("efs", "EFS mount target for fs-0a1b (fsmt-0c2d)"), None);
        assert_eq!(told("rds", "RDSNetworkInterface"), Some("undetermined"));
        assert_eq!(told("redshift", "RedshiftNetworkInterface"), None);
        assert_eq!(told("lambda", "AWS Lambda VPC ENI-wallet-x"), None);
    }
}
