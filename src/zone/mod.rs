//! Classification: the zone, environment and role of every asset, and by what they were told.
//!
//! Assignments of the configuration win. Else the most specific tag or label counts: an asset's own, or what it
//! inherits from the compartment that it stands in. Tags and labels are set by those whom a zone keeps out, so one that
//! contradicts its compartment never lowers a guard: the asset counts as the more guarded one where it is a
//! destination, and as untrusted where it is a source.

mod addresses;
mod parents;
mod public;
pub mod store;

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

pub use addresses::{AddressBook, Piece};
pub use store::Store;

use crate::config::{Assign, Category, Classifier, Config, Matcher};
use crate::model::{Asset, Inventory, Spot, short_of};
use parents::Parents;

/// One side of a border: a zone and an environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Border {
    /// The zone's name, `unclassified` where none could be given.
    pub zone: Arc<str>,
    /// The environment; left out where none could be given or the zone has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Arc<str>>,
    /// The zone's category.
    pub category: Category,
}

impl Border {
    /// Where nothing is known: untrusted.
    pub fn unclassified() -> Self {
        Self { zone: "unclassified".into(), environment: None, category: Category::Unclassified }
    }

    /// Whether a zone could be given.
    pub fn is_classified(&self) -> bool {
        self.category != Category::Unclassified
    }

    /// Whether traffic between the two crosses a border: another zone, or another environment of the same one. Two
    /// ends without a zone are not known to be in one place.
    pub fn crosses(&self, other: &Self) -> bool {
        self.zone != other.zone || self.environment != other.environment || !self.is_classified()
    }
}

impl fmt::Display for Border {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.environment {
            Some(environment) => write!(f, "{}/{environment}", self.zone),
            None => f.write_str(&self.zone),
        }
    }
}

/// What contradicts what, on one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Conflict {
    /// `zone` or `environment`.
    pub aspect: &'static str,
    /// What the asset's own tag or label says.
    pub own: String,
    /// The tag or label.
    pub own_by: String,
    /// The tag's or label's key.
    pub key: String,
    /// What stands against it; left out where the value is just not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// What says so.
    pub against_by: String,
}

/// Zone and environment of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Where it stands as a destination.
    pub border: Border,
    /// Where it stands as a source: untrusted if its classification is contradicted.
    pub source: Border,
    /// What it is there for, as `classify.role` tells; its own word, else its compartment's.
    pub role: Option<Arc<str>>,
    /// What gave the zone.
    pub by: String,
    /// A value that stands in a zone tag or label and is not listed, with the nearest that is.
    pub unlisted: Option<(String, Option<String>)>,
    /// Contradictions on this very asset.
    pub conflicts: Vec<Conflict>,
    /// Whether the asset bears a tag, label or assignment of its own.
    pub own_word: bool,
    /// What an assignment of the configuration gave it, against which no tag or label counts.
    pub assigned: Assigned,
}

/// Which aspects of an asset an assignment of the configuration gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The zone.
    pub zone: bool,
    /// The environment.
    pub environment: bool,
}

/// The classification of an inventory.
pub struct Zones {
    placements: Vec<Placement>,
}

impl Zones {
    /// Classifies all assets of a settled inventory.
    pub fn classify(inventory: &Inventory, config: &Config) -> Self {
        let parents = Parents::of(inventory);
        let mut placements: Vec<Option<Placement>> = vec![None; inventory.len()];
        for at in 0..inventory.len() {
            // parents first; the chain is short (rule, group, VPC, account) and has no cycle by construction of kinds
            let mut chain = vec![at];
            while let Some(parent) = chain.last().and_then(|at| parents.get(*at)) {
                if placements.get(parent).is_some_and(Option::is_some) || chain.len() > 16 {
                    break;
                }
                chain.push(parent);
            }
            for at in chain.into_iter().rev() {
                let Some(asset) = inventory.assets().get(at) else { continue };
                let parent = parents
                    .get(at)
                    .and_then(|parent| Some((inventory.assets().get(parent)?, placements.get(parent)?.as_ref()?)));
                let placement = place(asset, parents.vpc(at), parent, config);
                if let Some(slot) = placements.get_mut(at) {
                    *slot = Some(placement);
                }
            }
        }
        Self { placements: placements.into_iter().map(|placement| placement.unwrap_or_else(nowhere)).collect() }
    }

    /// The placement of the asset at a place of the inventory.
    pub fn of(&self, at: usize) -> &Placement {
        // INVARIANT: one placement an asset, made above; an index from elsewhere is nowhere
        static NOWHERE: std::sync::LazyLock<Placement> = std::sync::LazyLock::new(nowhere);
        self.placements.get(at).unwrap_or(&NOWHERE)
    }
}

fn nowhere() -> Placement {
    Placement {
        border: Border::unclassified(),
        source: Border::unclassified(),
        role: None,
        by: "nothing".to_owned(),
        unlisted: None,
        conflicts: vec![],
        own_word: false,
        assigned: Assigned::default(),
    }
}

/// What an asset itself says of one aspect.
enum Own {
    Nothing,
    /// An assignment of the configuration, at this place.
    Assigned(String, Spot),
    /// A tag or label: what it stands for, and its key.
    Told(String, Said),
    /// A value that is not listed, and its key.
    Unlisted(String, Said),
}

/// The tag or label that tells something.
#[derive(Clone)]
struct Said {
    word: &'static str,
    key: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.word, self.key)
    }
}

fn place(asset: &Asset, vpc: Option<&str>, parent: Option<(&Asset, &Placement)>, config: &Config) -> Placement {
    let mut conflicts = Vec::new();
    let inherits = parent.map(|(_, placement)| placement);
    // an account may hold many zones: what its tags say is a default for what lies in it, no contradiction
    let binding = parent.filter(|(asset, _)| asset.body.kind() != "account" && asset.body.kind() != "region");

    let zone = own(asset, vpc, &config.zone, "zone", &mut conflicts);
    let before = conflicts.len();
    let inherited = inherits.map(|p| (p.border.clone(), p.source.clone(), p.by.clone()));
    let (border, source, by, mut unlisted) = match (&zone, inherited) {
        (Own::Assigned(zone, spot), _) => {
            let border = bare(config, zone);
            (border.clone(), border, format!("assignment on {}", config.line(*spot)), None)
        }
        (Own::Told(zone, key), inherited) => {
            let own = bare(config, zone);
            let contradicted = binding.filter(|(_, p)| p.border.is_classified() && *p.border.zone != **zone);
            if let Some((against, p)) = contradicted {
                conflicts.push(conflict("zone", zone, key, Some(&p.border.zone), against));
            }
            let guarded = match (contradicted, inherited) {
                (Some(_), Some((theirs, ..))) if theirs.category.guard() < own.category.guard() => theirs,
                _ => own.clone(),
            };
            // below a contradicted compartment nobody is trusted, whatever it says of itself
            let doubted = binding.is_some_and(|(_, p)| p.border.is_classified() && !p.source.is_classified());
            let source = if conflicts.is_empty() && !doubted { own } else { Border::unclassified() };
            (guarded, source, format!("{key} of {}", short_of(&asset.id)), None)
        }
        (Own::Unlisted(value, key), inherited) => {
            if let Some((against, p)) = binding.filter(|(_, p)| p.border.is_classified()) {
                let mut entry = conflict("zone", value, key, None, against);
                entry.against_by = p.by.clone();
                conflicts.push(entry);
            }
            let unlisted = Some((value.clone(), config.zone.nearest(value).map(str::to_owned)));
            // what an account says is a default for assets that say nothing, not for those that say nonsense
            match inherited.filter(|_| binding.is_some()) {
                Some((border, _, by)) if border.is_classified() => (border, Border::unclassified(), by, unlisted),
                _ => (
                    Border::unclassified(),
                    Border::unclassified(),
                    format!("{key} of {}", short_of(&asset.id)),
                    unlisted,
                ),
            }
        }
        (Own::Nothing, Some((border, source, by))) => (border, source, by, inherits.and_then(|p| p.unlisted.clone())),
        (Own::Nothing, None) => (Border::unclassified(), Border::unclassified(), "nothing".to_owned(), None),
    };
    // two keys of one asset that disagree make it untrusted as a source as well
    let source = if before > 0 { Border::unclassified() } else { source };
    if border.is_classified() && !matches!(zone, Own::Unlisted(..)) {
        unlisted = None;
    }

    let about_zone = conflicts.len();
    let environment = own(asset, vpc, &config.environment, "environment", &mut conflicts);
    let theirs = inherits.and_then(|p| p.border.environment.clone());
    let bound = binding.and_then(|(against, p)| Some((against, p.border.environment.clone()?)));
    let environment_said = !matches!(environment, Own::Nothing);
    let assigned =
        Assigned { zone: matches!(zone, Own::Assigned(..)), environment: matches!(environment, Own::Assigned(..)) };
    let environment = match environment {
        Own::Assigned(environment, _) => Some(environment.into()),
        Own::Told(own, key) => match bound {
            // the compartment's word stands: which of two environments is the more guarded is not known
            Some((against, theirs)) if *theirs != *own => {
                conflicts.push(conflict("environment", &own, &key, Some(&theirs), against));
                Some(theirs)
            }
            _ => Some(own.into()),
        },
        Own::Unlisted(value, key) => {
            conflicts.push(conflict("environment", &value, &key, None, asset));
            bound.map(|(_, theirs)| theirs)
        }
        Own::Nothing => theirs,
    };
    let source = if conflicts.len() > about_zone { Border::unclassified() } else { source };
    let with = |border: Border| match border.category {
        Category::Unclassified => border,
        _ => Border { environment: environment.clone(), ..border },
    };
    let own_word = environment_said || !matches!(zone, Own::Nothing);
    let role = match own(asset, vpc, &config.role, "role", &mut Vec::new()) {
        Own::Assigned(role, _) | Own::Told(role, _) => Some(role.into()),
        Own::Unlisted(..) | Own::Nothing => inherits.and_then(|p| p.role.clone()),
    };
    Placement { border: with(border), source: with(source), role, by, unlisted, conflicts, own_word, assigned }
}

fn bare(config: &Config, zone: &str) -> Border {
    Border { zone: zone.into(), environment: None, category: config.category(Some(zone)) }
}

fn conflict(aspect: &'static str, own: &str, key: &Said, against: Option<&str>, by: &Asset) -> Conflict {
    let against_by = format!("{} {}", by.body.kind(), short_of(&by.id));
    Conflict {
        aspect,
        own: own.to_owned(),
        own_by: key.to_string(),
        key: key.key.clone(),
        against: against.map(str::to_owned),
        against_by,
    }
}

/// What the asset says of an aspect; two of its keys that disagree are a conflict.
fn own(asset: &Asset, vpc: Option<&str>, by: &Classifier, aspect: &'static str, conflicts: &mut Vec<Conflict>) -> Own {
    if let Some(assign) = by.assign.iter().find(|assign| matches(&assign.matcher, asset, vpc)) {
        let Assign { value, spot, .. } = assign;
        return Own::Assigned(value.clone(), *spot);
    }
    // what EKS has of a cluster bears AWS tags, not labels
    let kubernetes = asset.place.cluster.is_some() && !asset.id.starts_with("arn:");
    let (keys, word) = if kubernetes { (&by.labels, "label") } else { (&by.tags, "tag") };
    let mut said: Option<(String, Said)> = None;
    let mut unlisted = None;
    for key in keys {
        let Some(text) = asset.tags.get(key) else { continue };
        let key = Said { word, key: key.clone() };
        match (by.value(text), &said) {
            (None, _) => unlisted = unlisted.or(Some((text.clone(), key))),
            (Some(meant), None) => said = Some((meant.to_owned(), key)),
            (Some(meant), Some((first, first_key))) if meant != first => conflicts.push(Conflict {
                aspect,
                own: first.clone(),
                own_by: first_key.to_string(),
                key: first_key.key.clone(),
                against: Some(meant.to_owned()),
                against_by: key.to_string(),
            }),
            _ => {}
        }
    }
    match (said, unlisted) {
        (Some((meant, key)), _) => Own::Told(meant, key),
        (None, Some((text, key))) => Own::Unlisted(text, key),
        (None, None) => Own::Nothing,
    }
}

fn matches(matcher: &Matcher, asset: &Asset, vpc: Option<&str>) -> bool {
    let place = &asset.place;
    let named = |pattern: &Option<String>, value: Option<&str>| Matcher::fits(pattern.as_deref(), value);
    named(&matcher.account, place.account.as_deref())
        && named(&matcher.vpc, vpc)
        && named(&matcher.cluster, place.cluster.as_deref())
        && named(&matcher.namespace, place.namespace.as_deref())
        && (named(&matcher.asset, Some(&asset.id)) || named(&matcher.asset, Some(&short_of(&asset.id))))
}
