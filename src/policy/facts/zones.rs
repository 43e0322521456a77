//! What gave an asset its zone: documents of kind `zone-assignment`.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Derived, Unknown};
use crate::model::{Asset, Body};
use crate::zone::Conflict;

/// An asset's word on its own zone. Made for compartments and for what bears a tag, label or assignment of its own.
#[derive(Serialize, JsonSchema)]
pub(super) struct Assignment {
    /// The asset's kind.
    asset_kind: &'static str,
    /// Whether it is a compartment: a VPC, an EKS cluster or a namespace.
    compartment: bool,
    /// Whether what it stands in has no zone either; then that is where to look first.
    enclosing_unclassified: bool,
    /// A value that is not listed in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    unlisted: Option<String>,
    /// The listed value most like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
    /// Contradictions.
    conflicts: Vec<Conflict>,
}

type Derive<'a> = Box<dyn FnOnce(&Context<'_>, usize, &Asset, &mut Unknown) -> Derived + 'a>;

/// The document of an asset that needs one.
pub(super) fn assignment<'a>(context: &Context<'_>, at: usize, asset: &Asset) -> Option<Derive<'a>> {
    let placement = context.zones.of(at);
    let compartment = matches!(asset.body, Body::Vpc(_) | Body::EksCluster(_) | Body::Namespace(_));
    if !compartment && !placement.own_word {
        return None;
    }
    let (unlisted, did_you_mean) = placement.unlisted.clone().map_or((None, None), |(value, near)| (Some(value), near));
    let assignment = Assignment {
        asset_kind: asset.body.kind(),
        compartment,
        enclosing_unclassified: enclosing_unclassified(context, asset),
        unlisted,
        did_you_mean,
        conflicts: placement.conflicts.clone(),
    };
    Some(Box::new(move |_, _, _, _| Derived::Assignment(Box::new(assignment))))
}

/// Whether the compartment around a compartment is without a zone as well.
fn enclosing_unclassified(context: &Context<'_>, asset: &Asset) -> bool {
    let enclosing = match &asset.body {
        Body::EksCluster(cluster) => context.inventory.find::<crate::model::Vpc>(&cluster.vpc).map(|(at, ..)| at),
        Body::Namespace(_) => asset.place.cluster.as_deref().and_then(|name| context.cluster(name)),
        _ => None,
    };
    enclosing.is_some_and(|at| !context.zones.of(at).border.is_classified())
}
