//! Stores of cardholder data: which interfaces belong to what `classify.stores` names.

use crate::config::Config;
use crate::model::{NetworkInterface, glob_match};

/// What an interface has to do with stores of cardholder data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// Nothing: its service holds none, or it is of another store.
    None,
    /// It is of a store that holds cardholder data.
    Holds {
        /// The store's name.
        name: String,
        /// The pattern that names it.
        pattern: String,
    },
    /// It is of a service of which some stores hold cardholder data, and does not tell which store it is of.
    Untold {
        /// The patterns of those that do.
        patterns: Vec<String>,
    },
}

/// What an interface has to do with stores of cardholder data.
pub fn of(interface: &NetworkInterface, config: &Config) -> Store {
    let Some(service) = interface.service.as_deref() else { return Store::None };
    let patterns = config.stores.iter().filter(|store| store.service == service).map(|store| &store.pattern);
    let patterns: Vec<String> = patterns.cloned().collect();
    if patterns.is_empty() {
        return Store::None;
    }
    match named(service, &interface.description) {
        Some(name) => match patterns.into_iter().find(|pattern| glob_match(pattern, name)) {
            Some(pattern) => Store::Holds { name: name.to_owned(), pattern },
            None => Store::None,
        },
        None => Store::Untold { patterns },
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

    #[test]
    fn stores_are_told_by_name_and_else_may_be_any() {
        let mut config = Config::defaults();
        config.stores = ["rds", "elasticache", "msk", "opensearch", "efs"]
            .map(|service| crate::config::Store { service: service.to_owned(), pattern: "wallet-*".to_owned() })
            .to_vec();
        let told = |service: &str, description: &str| {
            let (service, description) = (Some(service.to_owned()), description.to_owned());
            match of(&NetworkInterface { service, description, ..NetworkInterface::default() }, &config) {
                Store::Holds { .. } => Some(true),
                Store::Untold { .. } => Some(false),
                Store::None => None,
            }
        };
        assert_eq!(told("elasticache", "ElastiCache wallet-sessions-001"), Some(true));
        assert_eq!(told("elasticache", "ElastiCache ads-001"), None);
        assert_eq!(told("opensearch", "ES wallet-search"), Some(true));
        let kafka =
            "DO NOT DELETE - Amazon MSK network interface for cluster arn:aws:kafka:r:1:cluster/wallet-events/9-2.";
        assert_eq!(told("msk", kafka), Some(true));
        assert_eq!(told("efs", "EFS mount target for fs-0a1b (fsmt-0c2d)"), None);
        assert_eq!(told("rds", "RDSNetworkInterface"), Some(false));
        assert_eq!(told("redshift", "RedshiftNetworkInterface"), None);
        assert_eq!(told("lambda", "AWS Lambda VPC ENI-wallet-x"), None);
    }
}
