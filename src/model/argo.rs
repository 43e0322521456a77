//! Argo CD kinds (`argoproj.io`), trimmed to what is evaluated, and the clusters that it is registered with. Meanings
//! are those of Argo CD's "Declarative Setup" and "Application Specification Reference".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an application is deployed to; a part that is not given is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Destination {
    /// URL of the API server, or an EKS cluster's ARN.
    pub server: String,
    /// Name of a registered cluster; `in-cluster` is the one that Argo CD runs in.
    pub name: String,
    /// The namespace.
    pub namespace: String,
}

/// Where an application's manifests come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AppSource {
    /// The repository, without credentials.
    pub repository: String,
    /// The folder in it, or the name of a chart.
    pub path: String,
    /// Branch, tag, commit or version.
    pub revision: String,
}

/// An object that an application tracks (`status.resources`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TrackedResource {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Whether it is in the cluster and in no manifest any more.
    pub requires_pruning: bool,
}

/// An Argo CD Application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    /// The project.
    pub project: String,
    /// Where it deploys to.
    pub destination: Destination,
    /// Its sources.
    pub sources: Vec<AppSource>,
    /// Whether it synchronises by itself.
    pub automated: bool,
    /// Whether it undoes what is changed in the cluster.
    pub self_heal: bool,
    /// Whether it deletes what is in no manifest any more.
    pub prune: bool,
    /// `Synced`, `OutOfSync`, `Unknown`; empty where no status was read.
    pub sync: String,
    /// `Healthy`, `Degraded` …; empty where no status was read.
    pub health: String,
    /// Differences that it does not look at, `group/kind namespace/name`.
    pub ignored: Vec<String>,
    /// What it tracks, sorted; none where no status was read.
    pub resources: Option<Vec<TrackedResource>>,
}

/// An Argo CD AppProject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AppProject {
    /// Where its applications may deploy to; `*` stands for any run of characters.
    pub destinations: Vec<Destination>,
    /// Where manifests may come from, without credentials.
    pub source_repositories: Vec<String>,
    /// Kinds without a namespace that may be deployed, `group/kind`.
    pub cluster_kinds: Vec<String>,
    /// Kinds without a namespace that may not.
    pub cluster_kinds_denied: Vec<String>,
    /// Kinds in namespaces that may be deployed; none is all of them.
    pub namespaced_kinds: Vec<String>,
    /// Kinds in namespaces that may not.
    pub namespaced_kinds_denied: Vec<String>,
}

/// An Argo CD ApplicationSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApplicationSet {
    /// What its generators are (`clusters`, `list`, `git` …), those inside others too, sorted.
    pub generators: Vec<String>,
    /// The project of what it generates, templates as they are written.
    pub project: String,
    /// Where what it generates deploys to, templates as they are written.
    pub destination: Destination,
}

/// A cluster that Argo CD is registered with. Of its Secret only name and server are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClusterRegistration {
    /// The name by which applications know it.
    pub name: String,
    /// URL of its API server, or an EKS cluster's ARN.
    pub server: String,
}
