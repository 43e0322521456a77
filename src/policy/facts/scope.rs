//! What is in PCI DSS scope: compartments by their zone and by what flows between them and the cardholder data
//! environment, stores by `classify.stores`.
//!
//! Declared flows do not count here: whatever has an allowed flow to or from the cardholder data environment is
//! connected, approved or not (PCI DSS v4.0.1, section 4, "Scope of PCI DSS Requirements").

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::context::{Bearer, Context, bearer_of, bearer_of_instance};
use crate::config::Category;
use crate::finding::ScopeEntry;
use crate::model::{Asset, Body, Instance, NetworkInterface, short_of};
use crate::reach::{Flow, Party};
use crate::zone::{Border, Store, store};

/// Compartments, and interfaces of stores that hold cardholder data or may do so.
pub fn scope(context: &Context<'_>) -> Vec<ScopeEntry> {
    let connected = Connected::of(context);
    let entry = |(at, asset): (usize, &Asset)| {
        let (category, why) = match &asset.body {
            Body::Vpc(_) | Body::EksCluster(_) | Body::Namespace(_) => connected.compartment(context, at, asset),
            Body::NetworkInterface(interface) => stored(interface, context)?,
            _ => return None,
        };
        let declared = context.zones.of(at).border.category.in_scope();
        let found = !declared && !matches!(category, "out-of-scope" | "no-path-shown");
        Some(ScopeEntry { asset: asset.id.to_string(), category: category.to_owned(), why, found })
    };
    context.inventory.assets().iter().enumerate().filter_map(entry).collect()
}

/// What flows between a compartment and the cardholder data environment.
#[derive(Debug, Clone)]
struct Link {
    /// Whether it surely does.
    sure: bool,
    /// `no-pci/prod -> pci/prod: tcp/443`.
    what: String,
}

/// Compartments with a flow to or from the cardholder data environment.
#[derive(Default)]
struct Connected {
    vpcs: HashMap<String, Link>,
    clusters: HashMap<String, Link>,
    /// Clusters of which some node was read.
    noded: HashSet<String>,
    /// Somebody of whom nothing is known may reach the cardholder data environment.
    strangers: bool,
    /// Flows were not looked for.
    cut: bool,
}

impl Connected {
    fn of(context: &Context<'_>) -> Self {
        let mut this = Self::default();
        for (_, asset, _) in context.inventory.of::<Instance>() {
            if let Bearer::Node(cluster) = bearer_of_instance(asset) {
                this.noded.insert(cluster);
            }
        }
        for flow in context.flows() {
            this.cut |= flow.is_cut();
            for (cde, other) in [(&flow.src, &flow.dst), (&flow.dst, &flow.src)] {
                if cde.border().category == Category::Cde {
                    this.link(context, flow, other);
                }
            }
        }
        this
    }

    fn link(&mut self, context: &Context<'_>, flow: &Flow, party: &Party) {
        let ids = match party {
            Party::Interfaces { ids, .. } => ids,
            Party::Outside(outside) => {
                self.strangers |= outside.addresses.is_none() && !outside.border.is_classified();
                return;
            }
        };
        let sure = !flow.band.must.is_empty();
        let what = || {
            let connections = flow.connections().describe().join(", ");
            format!("{} -> {}: {connections}", flow.src.border(), flow.dst.border())
        };
        for id in ids.iter() {
            let (vpc, bearer) = match home(context, id) {
                Some(found) => found,
                None => continue,
            };
            let keep = |links: &mut HashMap<String, Link>, name: String| {
                let link = links.entry(name).or_insert_with(|| Link { sure, what: what() });
                if sure && !link.sure {
                    *link = Link { sure, what: what() };
                }
            };
            keep(&mut self.vpcs, vpc.to_owned());
            if let Bearer::Node(cluster) = bearer {
                keep(&mut self.clusters, cluster);
            }
        }
    }

    fn compartment(&self, context: &Context<'_>, at: usize, asset: &Asset) -> (&'static str, String) {
        let placement = context.zones.of(at);
        let Border { category, .. } = placement.border;
        let zone = format!("zone {} by {}", placement.border, placement.by);
        if category.in_scope() {
            return (category.as_str(), zone);
        }
        let (link, unread) = match &asset.body {
            Body::Vpc(_) => {
                let unread = !context.bearers_listed(&asset.place);
                (self.vpcs.get(&short_of(&asset.id)), unread.then_some("its interfaces were not collected"))
            }
            body => {
                let cluster = match body {
                    Body::EksCluster(cluster) => Some(Arc::<str>::from(cluster.name.as_str())),
                    _ => asset.place.cluster.clone(),
                };
                let cluster = cluster.unwrap_or_default();
                let unread = !self.noded.contains(&*cluster);
                (self.clusters.get(&*cluster), unread.then_some("no node of its cluster was read"))
            }
        };
        let unread = if self.cut { Some("flows were not looked for") } else { unread };
        match (link, unread) {
            (Some(Link { sure: true, what }), _) => (Category::Connected.as_str(), format!("{what}; {zone}")),
            (Some(Link { what, .. }), _) => ("undetermined", format!("perhaps {what}; {zone}")),
            (None, Some(unread)) => ("undetermined", format!("{unread}; {zone}")),
            // that it does not affect the security of the cardholder data environment only people can say
            (None, None) if category == Category::OutOfScope && !self.strangers => {
                (category.as_str(), format!("no network path to or from the CDE; {zone}"))
            }
            (None, None) => ("no-path-shown", format!("no network path to or from the CDE was found; {zone}")),
        }
    }
}

/// The VPC of an interface or instance, and what it is of.
fn home<'c>(context: &'c Context<'_>, id: &str) -> Option<(&'c str, Bearer)> {
    let inventory = context.inventory;
    if let Some((_, asset, body)) = inventory.find::<NetworkInterface>(id) {
        return Some((&body.vpc, bearer_of(inventory, asset, body)));
    }
    let (_, asset, body) = inventory.find::<Instance>(id)?;
    Some((&body.vpc, bearer_of_instance(asset)))
}

/// What holds cardholder data is in the CDE, whatever its zone says (PCI DSS v4.0.1, "Scope of PCI DSS Requirements").
fn stored(interface: &NetworkInterface, context: &Context<'_>) -> Option<(&'static str, String)> {
    let service = interface.service.as_deref()?;
    match store::of(interface, context.config) {
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
