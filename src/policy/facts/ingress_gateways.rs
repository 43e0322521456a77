//! Which services and Ingresses are an ingress gateway's own, and which of them need node ports. Whom a load balancer
//! lets in is a matter of groups and not told here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::document::Reason;
use crate::model::{
    ApiGateway, Asset, Ingress, IstioGateway, Kind, Service, TargetGroup, TargetGroupBinding, Workload, kube_id,
    short_of,
};

/// What the inventory shows, and where it does not reach, why.
pub(super) enum Shown {
    Yes,
    No,
    Untold(Reason, String),
}

impl Shown {
    fn untold(reason: Reason, about: impl Into<String>) -> Self {
        Self::Untold(reason, about.into())
    }

    /// Whether both are shown; one that is shown not to be is enough for no.
    pub(super) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Untold(..) => match other() {
                Self::No => Self::No,
                Self::Yes | Self::Untold(..) => self,
            },
        }
    }

    /// Whether one of some is shown.
    fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut so_far = Self::No;
        for one in all {
            match one {
                Self::Yes => return Self::Yes,
                Self::No => {}
                untold => so_far = untold,
            }
        }
        so_far
    }
}

/// The label of the pods and the service that Istio makes for a Gateway of the Gateway API.
///
/// Source: Istio, "Kubernetes Gateway API", automated deployment.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

/// Whether the pods behind a service are ingress gateways: proxies that some Gateway configures.
///
/// Source: Istio, "Gateway" reference: a Gateway is about proxies that run as gateways. One that finds the sidecar of an
/// application by its labels changes nothing there, so what runs beside the proxy tells.
pub(super) fn serves(context: &Context<'_>, asset: &Asset, service: &Service) -> Shown {
    let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) else { return Shown::No };
    // Kubernetes, "Services without selectors": somebody wrote the endpoints by hand
    if service.selector.is_empty() {
        return Shown::No;
    }
    let all_read = context.listed::<Workload>(&asset.place);
    let pods = context.selected(cluster, Some(std::slice::from_ref(namespace)), &service.selector);
    if pods.iter().any(|(_, workload)| !workload.containers.is_empty() && !is_bare_proxy(workload)) {
        return Shown::No;
    }
    if let Some((unread, _)) = pods.iter().find(|(_, workload)| workload.containers.is_empty()) {
        return Shown::untold(Reason::EntriesNotCollected, format!("containers of {}", short_of(&unread.id)));
    }
    let configured = if pods.is_empty() {
        is_configured(context, cluster, namespace, &service.selector)
    } else {
        pods.iter().all(|(_, workload)| is_configured(context, cluster, namespace, &workload.labels))
    };
    match (configured, pods.is_empty() || !all_read) {
        (true, false) => Shown::Yes,
        (true, true) => Shown::untold(Reason::NotInInventory, "pods behind the service"),
        (false, _) if pods.is_empty() && all_read => Shown::No,
        (false, _) if pods.is_empty() => Shown::untold(Reason::NotInInventory, "workloads"),
        (false, _) if !gateways_listed(context, asset) => Shown::untold(Reason::NotInInventory, "Gateways"),
        (false, _) => Shown::No,
    }
}

fn gateways_listed(context: &Context<'_>, asset: &Asset) -> bool {
    context.listed::<IstioGateway>(&asset.place) && context.listed::<ApiGateway>(&asset.place)
}

/// Whether a workload runs a proxy and nothing else, by the names of Istio's containers.
fn is_bare_proxy(workload: &Workload) -> bool {
    let istio =
        |name: &String| matches!(name.as_str(), "istio-proxy" | "istio-init" | "istio-validation" | "enable-core-dump");
    workload.containers.iter().all(istio) && workload.containers.iter().any(|name| name == "istio-proxy")
}

/// Whether a Gateway is about pods with these labels: one of Istio in any namespace of the cluster, or one of the Gateway
/// API in theirs. One of Istio without a selector is about every ingress gateway.
fn is_configured(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    labels: &BTreeMap<String, String>,
) -> bool {
    let own = |name: &String| {
        let id = kube_id(cluster, namespace, "Gateway", name);
        context.inventory.find::<ApiGateway>(&id).is_some()
    };
    labels.get(GATEWAY_NAME).is_some_and(own)
        || context.inventory.of::<IstioGateway>().any(|(_, asset, gateway)| {
            asset.place.cluster.as_ref() == Some(cluster)
                && gateway.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        })
}

/// Whether an Ingress leads to ingress gateways alone.
///
/// Source: Istio, "Kubernetes Ingress": Ingresses of class `istio` are served by its ingress gateway.
pub(super) fn leads_on(context: &Context<'_>, asset: &Asset, ingress: &Ingress) -> Shown {
    if ingress.class.as_deref() == Some("istio") {
        return Shown::Yes;
    }
    if let Some(action) = untold_action(ingress) {
        return Shown::untold(Reason::NotUnderstood, format!("action {action}"));
    }
    let mut so_far = Shown::Yes;
    for name in services_of(ingress) {
        so_far = so_far.and(|| {
            let (cluster, namespace) =
                (asset.place.cluster.as_deref().unwrap_or(""), asset.place.namespace.as_deref().unwrap_or(""));
            match context.inventory.find::<Service>(&kube_id(cluster, namespace, "Service", name)) {
                Some((_, found, service)) => serves(context, found, service),
                None if context.listed::<Service>(&asset.place) => Shown::No,
                None => Shown::untold(Reason::NotInInventory, format!("service {name}")),
            }
        });
    }
    // one that has backends and leads to none of them only answers
    let backends = !ingress.rules.is_empty() || ingress.default_backend.is_some();
    if backends { so_far } else { Shown::No }
}

/// An action of an annotation that forwards: to which services is not read.
fn untold_action(ingress: &Ingress) -> Option<&str> {
    let mut backends = ingress.rules.iter().map(|rule| &rule.backend).chain(&ingress.default_backend);
    backends.find_map(|backend| {
        let name = backend.strip_suffix(":use-annotation")?;
        (!ends(ingress, name)).then_some(name)
    })
}

/// Whether an action of an annotation only answers or redirects.
///
/// Source: AWS Load Balancer Controller, "Ingress annotations", `actions.…`.
fn ends(ingress: &Ingress, action: &str) -> bool {
    let text = ingress.annotations.get(&format!("alb.ingress.kubernetes.io/actions.{action}"));
    let action = text.and_then(|text| serde_json::from_str::<Action>(text).ok());
    action.is_some_and(|action| matches!(action.kind.as_str(), "redirect" | "fixed-response"))
}

/// Names of the services that an Ingress forwards to by itself.
fn services_of(ingress: &Ingress) -> impl Iterator<Item = &str> {
    let backends = ingress.rules.iter().map(|rule| &rule.backend).chain(&ingress.default_backend);
    backends
        .filter(|backend| !backend.ends_with(":use-annotation"))
        .map(|backend| backend.split_once(':').map_or(backend.as_str(), |(name, _)| name))
}

#[derive(serde::Deserialize)]
struct Action {
    #[serde(rename = "type", alias = "Type")]
    kind: String,
}

/// Whether a load balancer's targets are nodes, so that it comes in by the node ports of a service.
///
/// Sources: AWS Load Balancer Controller, "Service annotations" (`nlb-target-type`), "Ingress annotations" (`target-type`,
/// by default `instance`) and "TargetGroupBinding"; Kubernetes, "AWS cloud provider": its load balancers forward to nodes.
pub(super) fn takes_nodes(context: &Context<'_>, asset: &Asset, service: &Service) -> Shown {
    const PREFIX: &str = "service.beta.kubernetes.io/aws-load-balancer-";
    let name = asset.id.rsplit('/').next().unwrap_or_default();
    if service.service_type == "LoadBalancer" {
        let said = |key: &str| service.annotations.get(&format!("{PREFIX}{key}")).map(String::as_str);
        let aws = matches!(service.load_balancer_class.as_deref(), None | Some("service.k8s.aws/nlb"));
        let nodes = matches!(said("nlb-target-type"), None | Some("instance")) && said("type") != Some("nlb-ip");
        return if aws && nodes { Shown::Yes } else { Shown::No };
    }
    let here =
        |other: &Asset| other.place.cluster == asset.place.cluster && other.place.namespace == asset.place.namespace;
    let bindings = context.inventory.of::<TargetGroupBinding>();
    let bindings = bindings.filter(|(_, binding, body)| here(binding) && body.service == name);
    let by_binding = bindings.map(|(_, _, binding)| match binding.target_type.as_deref() {
        Some("instance") => Shown::Yes,
        Some(_) => Shown::No,
        None => target_type(context, binding),
    });
    let ingresses = context.inventory.of::<Ingress>().filter(|(_, other, ingress)| {
        let ip = ingress.annotations.get("alb.ingress.kubernetes.io/target-type").is_some_and(|kind| kind == "ip");
        here(other) && ingress.class.as_deref() == Some("alb") && !ip && services_of(ingress).any(|to| to == name)
    });
    let shown = Shown::any(by_binding.chain(ingresses.map(|_| Shown::Yes)));
    let listed = context.listed::<TargetGroupBinding>(&asset.place) && context.listed::<Ingress>(&asset.place);
    match shown {
        Shown::No if !listed => Shown::untold(Reason::NotInInventory, "TargetGroupBindings and Ingresses"),
        shown => shown,
    }
}

/// A binding that says nothing has its target group's type.
fn target_type(context: &Context<'_>, binding: &TargetGroupBinding) -> Shown {
    let by_arn = binding.target_group.as_deref().and_then(|arn| context.inventory.find::<TargetGroup>(arn));
    match by_arn.and_then(|(_, asset, _)| TargetGroup::of(&asset.body)) {
        Some(group) if group.target_type == "instance" => Shown::Yes,
        Some(_) => Shown::No,
        None => {
            let named = binding.target_group.as_deref().or(binding.target_group_name.as_deref());
            Shown::untold(Reason::NotInInventory, short_of(named.unwrap_or("target group")))
        }
    }
}
