//! Kinds of AWS' controllers: TargetGroupBinding, SecurityGroupPolicy, ENIConfig, CNINode.

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{CniNode, EniConfig, LabelSelector, SecurityGroupPolicy, TargetGroupBinding};

pub(super) fn target_group_binding(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Reference {
        name: String,
        port: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        #[serde(rename = "targetGroupARN")]
        target_group_arn: Option<String>,
        target_group_name: Option<String>,
        target_type: Option<String>,
        service_ref: Reference,
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let body = TargetGroupBinding {
        target_group: filled(spec.target_group_arn),
        target_group_name: filled(spec.target_group_name),
        service: spec.service_ref.name,
        service_port: spec.service_ref.port,
        target_type: filled(spec.target_type),
    };
    let asset = object.namespaced("TargetGroupBinding", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn security_group_policy(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Groups {
        group_ids: Vec<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        pod_selector: Option<LabelSelector>,
        service_account_selector: Option<LabelSelector>,
        security_groups: Groups,
    }
    let spec = object.spec();
    let (mut spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    spec.security_groups.group_ids.sort();
    let body = SecurityGroupPolicy {
        pod_selector: spec.pod_selector,
        service_account_selector: spec.service_account_selector,
        groups: spec.security_groups.group_ids,
        unknown_fields,
    };
    let asset = object.namespaced("SecurityGroupPolicy", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn eni_config(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        subnet: String,
        security_groups: Vec<String>,
    }
    let spec = object.spec();
    let mut spec: Spec = spec.read()?;
    spec.security_groups.sort();
    let asset = object.clustered("ENIConfig", EniConfig { subnet: spec.subnet, groups: spec.security_groups });
    object.add(asset);
    Ok(())
}

pub(super) fn cni_node(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Feature {
        name: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        features: Vec<Feature>,
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let mut features: Vec<String> = spec.features.into_iter().map(|feature| feature.name).collect();
    features.sort();
    let asset = object.clustered("CNINode", CniNode { features });
    object.add(asset);
    Ok(())
}
