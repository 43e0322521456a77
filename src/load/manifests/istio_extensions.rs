//! What extends Istio's proxies or sets them up (`networking.istio.io`, `extensions.istio.io`, `telemetry.istio.io`); all
//! API versions have these fields alike.

use serde::Deserialize;

use super::istio::{TargetRef, WorkloadSelector};
use super::istio_traffic::Labels;
use super::{Object, Read};
use crate::model::{EnvoyFilter, ProxyConfig, Telemetry, WasmPlugin};

/// What several extensions have in common: whom they are about.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Scope {
    selector: Option<WorkloadSelector>,
    target_ref: Option<TargetRef>,
    target_refs: Vec<TargetRef>,
}

pub(super) fn envoy_filter(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Patch {
        apply_to: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        workload_selector: Option<Labels>,
        target_refs: Vec<TargetRef>,
        config_patches: Vec<Patch>,
    }
    let spec: Spec = object.spec().read()?;
    let mut applies_to: Vec<String> = spec.config_patches.into_iter().map(|patch| patch.apply_to).collect();
    applies_to.sort();
    applies_to.dedup();
    let targets = TargetRef::names(None, spec.target_refs);
    let body = EnvoyFilter { selector: Labels::filled(spec.workload_selector), targets, applies_to };
    let asset = object.namespaced("EnvoyFilter", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

pub(super) fn wasm_plugin(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        phase: Option<String>,
    }
    let (spec, own) = (object.spec(), object.spec());
    let (scope, own): (Scope, Spec) = (spec.read()?, own.read()?);
    let body = WasmPlugin {
        selector: WorkloadSelector::labels(scope.selector),
        targets: TargetRef::names(scope.target_ref, scope.target_refs),
        phase: own.phase.filter(|phase| phase != "UNSPECIFIED_PHASE").unwrap_or_default(),
    };
    let asset = object.namespaced("WasmPlugin", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

pub(super) fn telemetry(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Logging {
        disabled: bool,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        access_logging: Vec<Logging>,
    }
    let (spec, own) = (object.spec(), object.spec());
    let (scope, own): (Scope, Spec) = (spec.read()?, own.read()?);
    let body = Telemetry {
        selector: WorkloadSelector::labels(scope.selector),
        targets: TargetRef::names(scope.target_ref, scope.target_refs),
        access_logs_disabled: own.access_logging.iter().any(|logging| logging.disabled),
    };
    let asset = object.namespaced("Telemetry", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

pub(super) fn proxy_config(object: &mut Object<'_>) -> Read {
    let spec = object.spec();
    let scope: Scope = spec.read()?;
    let body = ProxyConfig { selector: WorkloadSelector::labels(scope.selector) };
    let asset = object.namespaced("ProxyConfig", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::load::{Source, load};
    use crate::model::EnvoyFilter;

    #[test]
    fn a_wrong_type_is_a_gap_and_the_rest_is_read() {
        let object = |spec: &str| {
            let api = "networking.istio.io/v1alpha3";
            format!("apiVersion: {api}\nkind: EnvoyFilter\nmetadata: {{ name: x, namespace: n }}\nspec: {spec}\n")
        };
        let text = [object("{ configPatches: 3 }"), object("{}")].join("---\n");
        let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let inventory = load(&[Source::Path(file.path().to_owned())], Some("c")).unwrap();
        assert_eq!(inventory.of::<EnvoyFilter>().count(), 1);
        assert_eq!(inventory.coverage.gaps.len(), 1, "{:?}", inventory.coverage.gaps);
    }
}
