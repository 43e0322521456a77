//! Roles and bindings (`rbac.authorization.k8s.io`).

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{Asset, Body, RbacBinding, RbacRole, RbacRule, RbacSubject};
use crate::node::Node;

pub(super) fn role(object: &mut Object<'_>) -> Read {
    let rules: Option<Vec<RbacRule>> = object.node.get("rules").map(Node::read).transpose()?;
    let aggregated = object.node.get("aggregationRule").is_some_and(|rule| !rule.entries().is_empty());
    let cluster_wide = object.kind == "ClusterRole";
    let body = RbacRole { cluster_wide, rules: rules.unwrap_or_default(), aggregated };
    let asset = placed(object, cluster_wide, body);
    object.add(asset);
    Ok(())
}

pub(super) fn binding(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Reference {
        kind: String,
        name: String,
    }
    let role: Option<Reference> = object.node.get("roleRef").map(Node::read).transpose()?;
    let role = role.unwrap_or_default();
    let subjects: Option<Vec<RbacSubject>> = object.node.get("subjects").map(Node::read).transpose()?;
    let mut subjects = subjects.unwrap_or_default();
    subjects.sort();
    let cluster_wide = object.kind == "ClusterRoleBinding";
    let body = RbacBinding { cluster_wide, role: format!("{}/{}", role.kind, role.name), subjects };
    let asset = placed(object, cluster_wide, body);
    object.add(asset);
    Ok(())
}

fn placed(object: &Object<'_>, cluster_wide: bool, body: impl Into<Body>) -> Asset {
    if cluster_wide {
        object.clustered(object.kind, body)
    } else {
        object.namespaced(object.kind, &object.name(), false, body)
    }
}
