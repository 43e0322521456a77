//! What is no object yet: Helm templates, and kustomize's overlays, patches and generators. They say something only
//! once they are rendered, and what they change is not known until then.

use super::super::batch::Batch;
use crate::model::{GapReason, Spot};
use crate::node::{Node, Value};

/// Top-level fields of a kustomization that change nothing of what it refers to.
const HARMLESS: [&str; 6] = ["apiVersion", "kind", "metadata", "resources", "bases", "openapi"];

/// Whether a text that is no YAML is a template.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{")
}

/// Records a template.
pub(super) fn template(batch: &mut Batch, spot: Spot) {
    let detail = "a template: it is no object until it is rendered".to_owned();
    let mend = "render it (`helm template`) and give the result; keep charts' templates out of the sources";
    batch.gap(GapReason::NotRendered, detail, mend, Some(spot));
}

/// Whether an object still has a template's marks where its identity or meaning lies. Annotations, configuration and
/// pods are left out: alerts and agents bring templates of their own.
pub(super) fn has_marks(node: &Node, kind: &str) -> bool {
    let meta = |name: &str| node.get("metadata").and_then(|meta| meta.get(name));
    let identity = [meta("name"), meta("namespace"), meta("labels")].into_iter().flatten().any(marked);
    let template = kind == "ConfigMap" || node.get("spec").is_some_and(holds_pods);
    identity || kind.contains("{{") || (!template && node.get("spec").is_some_and(marked))
}

fn holds_pods(spec: &Node) -> bool {
    ["template", "jobTemplate", "containers"].iter().any(|name| spec.get(name).is_some())
}

fn marked(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => text.contains("{{"),
        Value::Seq(items) => items.iter().any(marked),
        Value::Map(entries) => entries.iter().any(|(key, node)| key.name.contains("{{") || marked(node)),
        _ => false,
    }
}

/// Whether a document is a kustomization or a component of one; both may come without `kind` in a file of that name.
pub(super) fn is_kustomization(group: &str, kind: &str, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    group == "kustomize.config.k8s.io"
        || (kind.is_empty() && matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization"))
}

/// A kustomization: if it changes what it refers to, what was read is not what is applied.
pub(super) fn kustomization(node: &Node, batch: &mut Batch) {
    let changes: Vec<&str> =
        node.entries().iter().map(|(key, _)| key.name.as_str()).filter(|key| !HARMLESS.contains(key)).collect();
    if changes.is_empty() {
        return batch.coverage.skip("Kustomization.kustomize.config.k8s.io");
    }
    let detail =
        format!("a kustomization with `{}`: what it makes of its resources was not read", changes.join("`, `"));
    let mend = "give what `kustomize build` prints, and keep its parts out of the sources";
    batch.gap(GapReason::NotRendered, detail, mend, Some(node.spot));
}

/// A patch for kustomize (`$patch: delete` and the like): part of an object, and no object.
pub(super) fn is_patch(node: &Node) -> bool {
    node.get("$patch").is_some()
        || node.entries().iter().any(|(_, node)| is_patch(node))
        || node.items().iter().any(is_patch)
}

/// Records a patch.
pub(super) fn patch(batch: &mut Batch, what: &str, spot: Spot) {
    let detail = format!("a patch of {what} (`$patch`): what it changes was not read");
    let mend = "give what `kustomize build` prints, and keep its parts out of the sources";
    batch.gap(GapReason::NotRendered, detail, mend, Some(spot));
}
