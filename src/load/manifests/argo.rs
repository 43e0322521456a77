//! Argo CD (`argoproj.io`): applications, projects, application sets, and the clusters that it is registered with.
//!
//! Of a Secret that registers a cluster only `name` and `server` are read, never what stands beside them; every other
//! Secret stays unread. Parameters and values of sources are not read either: they may hold what is nobody's business.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Object, Read};
use crate::model::{
    AppProject, AppSource, Application, ApplicationSet, ClusterRegistration, Destination, GapReason, TrackedResource,
};
use crate::node::Node;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawDestination {
    server: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
}

impl From<RawDestination> for Destination {
    fn from(raw: RawDestination) -> Self {
        let RawDestination { server, name, namespace } = raw;
        Self {
            server: without_credentials(&server.unwrap_or_default()),
            name: name.unwrap_or_default(),
            namespace: namespace.unwrap_or_default(),
        }
    }
}

/// A URL without what may stand before its host (RFC 3986, section 3.2.1) or as its query.
fn without_credentials(url: &str) -> String {
    let url = url.split_once('?').map_or(url, |(before, _)| before);
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

pub(super) fn application(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Source {
        #[serde(rename = "repoURL")]
        repo_url: Option<String>,
        path: Option<String>,
        chart: Option<String>,
        target_revision: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Automated {
        enabled: Option<bool>,
        prune: Option<bool>,
        self_heal: Option<bool>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct SyncPolicy {
        automated: Option<Automated>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Ignored {
        group: Option<String>,
        kind: Option<String>,
        namespace: Option<String>,
        name: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        project: Option<String>,
        destination: Option<RawDestination>,
        source: Option<Source>,
        sources: Vec<Source>,
        sync_policy: Option<SyncPolicy>,
        ignore_differences: Vec<Ignored>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Resource {
        group: Option<String>,
        kind: Option<String>,
        namespace: Option<String>,
        name: Option<String>,
        requires_pruning: Option<bool>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct State {
        status: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Status {
        sync: Option<State>,
        health: Option<State>,
        resources: Option<Vec<Resource>>,
    }
    let spec: Spec = object.spec().read()?;
    let status: Option<Status> = object.node.get("status").map(Node::read).transpose()?;
    let status = status.unwrap_or_default();
    let automated = spec.sync_policy.and_then(|policy| policy.automated);
    let text = |text: Option<String>| text.unwrap_or_default();
    let source = |source: Source| AppSource {
        repository: without_credentials(&text(source.repo_url)),
        path: source.path.or(source.chart).unwrap_or_default(),
        revision: text(source.target_revision),
    };
    let ignored = |i: Ignored| format!("{}/{} {}/{}", text(i.group), text(i.kind), text(i.namespace), text(i.name));
    let mut resources = status.resources.map(|all| {
        let resource = |r: Resource| TrackedResource {
            group: text(r.group),
            kind: text(r.kind),
            namespace: text(r.namespace),
            name: text(r.name),
            requires_pruning: r.requires_pruning.unwrap_or(false),
        };
        all.into_iter().map(resource).collect::<Vec<_>>()
    });
    resources.iter_mut().for_each(|all| all.sort());
    let state = |state: Option<State>| state.and_then(|state| state.status).unwrap_or_default();
    let body = Application {
        project: text(spec.project),
        destination: spec.destination.unwrap_or_default().into(),
        sources: spec.source.into_iter().chain(spec.sources).map(source).collect(),
        // Argo CD: `automated` without `enabled` is on
        automated: automated.as_ref().is_some_and(|a| a.enabled != Some(false)),
        self_heal: automated.as_ref().is_some_and(|a| a.self_heal == Some(true)),
        prune: automated.as_ref().is_some_and(|a| a.prune == Some(true)),
        sync: state(status.sync),
        health: state(status.health),
        ignored: spec.ignore_differences.into_iter().map(ignored).collect(),
        resources,
    };
    let asset = object.namespaced("Application", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn project(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct GroupKind {
        group: Option<String>,
        kind: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        destinations: Vec<RawDestination>,
        source_repos: Vec<String>,
        cluster_resource_whitelist: Vec<GroupKind>,
        cluster_resource_blacklist: Vec<GroupKind>,
        namespace_resource_whitelist: Vec<GroupKind>,
        namespace_resource_blacklist: Vec<GroupKind>,
    }
    let spec: Spec = object.spec().read()?;
    let kinds = |all: Vec<GroupKind>| {
        let text = |kind: GroupKind| format!("{}/{}", kind.group.unwrap_or_default(), kind.kind.unwrap_or_default());
        all.into_iter().map(text).collect()
    };
    let body = AppProject {
        destinations: spec.destinations.into_iter().map(Destination::from).collect(),
        source_repositories: spec.source_repos.iter().map(|url| without_credentials(url)).collect(),
        cluster_kinds: kinds(spec.cluster_resource_whitelist),
        cluster_kinds_denied: kinds(spec.cluster_resource_blacklist),
        namespaced_kinds: kinds(spec.namespace_resource_whitelist),
        namespaced_kinds_denied: kinds(spec.namespace_resource_blacklist),
    };
    let asset = object.namespaced("AppProject", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn application_set(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct TemplateSpec {
        project: Option<String>,
        destination: Option<RawDestination>,
    }
    let spec = object.spec();
    let template = spec.get("template").and_then(|template| template.get("spec"));
    let template: TemplateSpec = template.map(Node::read).transpose()?.unwrap_or_default();
    let mut generators = Vec::new();
    generator_kinds(&spec, &mut generators);
    generators.sort();
    generators.dedup();
    let body = ApplicationSet {
        generators,
        project: template.project.unwrap_or_default(),
        destination: template.destination.unwrap_or_default().into(),
    };
    let asset = object.namespaced("ApplicationSet", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

/// Kinds of the generators below a node; `matrix` and `merge` hold further ones. The depth of documents is bounded.
fn generator_kinds(node: &Node, out: &mut Vec<String>) {
    for generator in node.get("generators").into_iter().flat_map(Node::items) {
        for (key, inner) in generator.entries().iter().filter(|(key, _)| key.name != "selector") {
            out.push(key.name.to_string());
            generator_kinds(inner, out);
        }
    }
}

/// A Secret that registers a cluster (Argo CD, "Declarative Setup", Clusters). Others are counted and not looked into.
pub(super) fn registration(object: &mut Object<'_>) -> Read {
    let label = object.meta.labels.as_ref().and_then(|all| all.get("argocd.argoproj.io/secret-type"));
    if label.map(String::as_str) != Some("cluster") {
        object.batch.coverage.skip("Secret");
        return Ok(());
    }
    let (Some(name), Some(server)) = (field(object.node, "name"), field(object.node, "server")) else {
        // says nothing of what was found: it may be anything
        let detail = format!("Secret `{}` registers a cluster and has no readable `name` and `server`", object.name());
        let spot = object.spot();
        let mend = "give both as text below `stringData`, or in base64 below `data`";
        object.batch.gap(GapReason::Malformed, detail, mend, Some(spot));
        return Ok(());
    };
    let body = ClusterRegistration { name, server: without_credentials(&server) };
    let mut asset = object.namespaced("Secret", &object.name(), false, body);
    // name and server only
    asset.tags.clear();
    object.add(asset);
    Ok(())
}

/// One entry of a Secret, as text.
fn field(secret: &Node, name: &str) -> Option<String> {
    let of = |map: &str| secret.get(map).and_then(|map| map.get(name)).and_then(Node::as_str);
    if let Some(text) = of("stringData") {
        return Some(text.to_owned());
    }
    let bytes = STANDARD.decode(of("data")?.trim()).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn credentials_are_cut_from_urls() {
        for (url, clean) in [
            ("https://bot:t0ken@git.example/x.git", "https://git.example/x.git"),
            ("https://git.example/x@y.git?token=1", "https://git.example/x@y.git"),
            ("git@git.example:x.git", "git@git.example:x.git"),
            ("oci://user@registry.example", "oci://registry.example"),
        ] {
            assert_eq!(without_credentials(url), clean);
        }
    }
}
