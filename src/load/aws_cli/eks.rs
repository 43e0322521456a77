//! EKS: clusters, node groups, Fargate profiles and add-ons. AWS prints EKS answers in camel case.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader};
use crate::model::{Addon, EksCluster, FargateProfile, FargateSelector, NodeGroup, Place, Tags, Taint};
use crate::node::Node;

pub(super) fn sorted<T: Ord>(list: Vec<T>) -> Vec<T> {
    let mut list = list;
    list.sort();
    list.dedup();
    list
}

/// The account, Region and cluster of something of EKS.
pub(super) fn place_of(reader: &Reader<'_>, arn: &str, cluster: &str) -> Place {
    let account = arn.split(':').nth(4).filter(|account| !account.is_empty());
    Place { cluster: Some(cluster.into()), ..reader.place(account, Some(arn)) }
}

/// `aws eks describe-cluster`.
pub(super) fn cluster(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct VpcConfig {
        vpc_id: Option<String>,
        subnet_ids: Option<Vec<String>>,
        security_group_ids: Option<Vec<String>>,
        cluster_security_group_id: Option<String>,
        endpoint_public_access: Option<bool>,
        endpoint_private_access: Option<bool>,
        public_access_cidrs: Option<Vec<String>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Network {
        service_ipv4_cidr: Option<String>,
        service_ipv6_cidr: Option<String>,
    }
    #[derive(Deserialize)]
    struct LogSetup {
        types: Option<Vec<String>>,
        enabled: Option<bool>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Logging {
        cluster_logging: Option<Vec<LogSetup>>,
    }
    #[derive(Deserialize)]
    struct Encryption {
        resources: Option<Vec<String>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct AccessConfig {
        authentication_mode: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct UpgradePolicy {
        support_type: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        name: String,
        arn: String,
        version: Option<String>,
        endpoint: Option<String>,
        kubernetes_network_config: Option<Network>,
        resources_vpc_config: Option<VpcConfig>,
        logging: Option<Logging>,
        encryption_config: Option<Vec<Encryption>>,
        access_config: Option<AccessConfig>,
        upgrade_policy: Option<UpgradePolicy>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let vpc = s.resources_vpc_config.unwrap_or_default();
    let network = s.kubernetes_network_config.unwrap_or_default();
    let place = place_of(reader, &s.arn, &s.name);
    // EKS API reference, LogSetup: a type that no setup names as enabled is off
    let on = |all: Vec<LogSetup>| {
        let on = all.into_iter().filter(|setup| setup.enabled == Some(true));
        sorted(on.filter_map(|setup| setup.types).flatten().collect())
    };
    let body = EksCluster {
        name: s.name,
        vpc: vpc.vpc_id.unwrap_or_default(),
        version: s.version.unwrap_or_default(),
        cluster_group: vpc.cluster_security_group_id,
        groups: sorted(vpc.security_group_ids.unwrap_or_default()),
        subnets: sorted(vpc.subnet_ids.unwrap_or_default()),
        endpoint_public: vpc.endpoint_public_access,
        endpoint_private: vpc.endpoint_private_access,
        public_access_cidrs: vpc.public_access_cidrs.map(sorted),
        logging: s.logging.and_then(|logging| logging.cluster_logging).map(on),
        encrypted: s
            .encryption_config
            .map(|all| sorted(all.into_iter().filter_map(|one| one.resources).flatten().collect())),
        authentication_mode: s.access_config.and_then(|config| config.authentication_mode),
        support_type: s.upgrade_policy.and_then(|policy| policy.support_type),
        endpoint: s.endpoint.filter(|endpoint| !endpoint.is_empty()),
        service_cidr: network.service_ipv4_cidr.or(network.service_ipv6_cidr),
    };
    reader.add(s.arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}

/// `aws eks describe-nodegroup`.
pub(super) fn node_group(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    struct TaintShape {
        key: Option<String>,
        value: Option<String>,
        effect: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        nodegroup_name: String,
        nodegroup_arn: String,
        cluster_name: String,
        version: Option<String>,
        subnets: Option<Vec<String>>,
        labels: Option<BTreeMap<String, String>>,
        taints: Option<Vec<TaintShape>>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = place_of(reader, &s.nodegroup_arn, &s.cluster_name);
    // EKS API reference, Taint: EKS writes in capitals what Kubernetes writes in camel case
    let effect = |text: String| match text.as_str() {
        "NO_SCHEDULE" => "NoSchedule".to_owned(),
        "NO_EXECUTE" => "NoExecute".to_owned(),
        "PREFER_NO_SCHEDULE" => "PreferNoSchedule".to_owned(),
        _ => text,
    };
    let taints = s.taints.unwrap_or_default().into_iter().map(|taint| Taint {
        key: taint.key.unwrap_or_default(),
        value: taint.value.unwrap_or_default(),
        effect: effect(taint.effect.unwrap_or_default()),
    });
    let body = NodeGroup {
        name: s.nodegroup_name,
        cluster: s.cluster_name,
        version: s.version,
        subnets: s.subnets.map(sorted),
        labels: s.labels,
        taints: sorted(taints.collect()),
    };
    reader.add(s.nodegroup_arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}

/// `aws eks describe-fargate-profile`.
pub(super) fn fargate_profile(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    struct Selector {
        namespace: Option<String>,
        labels: Option<BTreeMap<String, String>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        fargate_profile_name: String,
        fargate_profile_arn: String,
        cluster_name: String,
        subnets: Option<Vec<String>>,
        selectors: Option<Vec<Selector>>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = place_of(reader, &s.fargate_profile_arn, &s.cluster_name);
    let selectors = s.selectors.unwrap_or_default().into_iter().map(|selector| FargateSelector {
        namespace: selector.namespace.unwrap_or_default(),
        labels: selector.labels.unwrap_or_default(),
    });
    let body = FargateProfile {
        name: s.fargate_profile_name,
        cluster: s.cluster_name,
        subnets: s.subnets.map(sorted),
        selectors: sorted(selectors.collect()),
    };
    reader.add(s.fargate_profile_arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}

/// `aws eks describe-addon`.
pub(super) fn addon(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        addon_name: String,
        addon_arn: String,
        cluster_name: String,
        addon_version: Option<String>,
        configuration_values: Option<String>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = place_of(reader, &s.addon_arn, &s.cluster_name);
    let values = s.configuration_values.filter(|_| s.addon_name == "vpc-cni");
    let body = Addon {
        network_policy: values.as_deref().and_then(enables_network_policy),
        name: s.addon_name,
        cluster: s.cluster_name,
        version: s.addon_version,
    };
    reader.add(s.addon_arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}

/// What the VPC CNI's configuration says of NetworkPolicy: JSON or YAML, the value a text or a boolean
/// (Amazon EKS User Guide, "Configure your cluster for Kubernetes network policies"). Nothing else of it is read.
fn enables_network_policy(values: &str) -> Option<bool> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Bool(bool),
        Text(String),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Values {
        enable_network_policy: Option<Flag>,
    }
    let values: Values = Node::from_yaml(values, 1).ok()??.read().ok()?;
    match values.enable_network_policy? {
        Flag::Bool(on) => Some(on),
        Flag::Text(text) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::enables_network_policy;
    use crate::load::load_text;
    use crate::model::{Addon, EksCluster, FargateProfile, Inventory, Kind, NodeGroup};

    const ARN: &str = "arn:aws:eks:eu-west-1:111122223333";

    fn only<K: Kind + Clone>(inventory: &Inventory) -> K {
        let all: Vec<&K> = inventory.of::<K>().map(|(.., body)| body).collect();
        assert_eq!(all.len(), 1);
        all[0].clone()
    }

    fn cluster(fields: &str) -> EksCluster {
        let text = format!(r#"{{"cluster": {{"name": "c", "arn": "{ARN}:cluster/c"{fields}}}}}"#);
        only(&load_text("c.json", text.as_bytes()))
    }

    #[test]
    fn what_the_answer_leaves_out_or_nulls_is_not_known() {
        let nulls = r#", "version": null, "resourcesVpcConfig": null, "logging": null, "encryptionConfig": null,
            "accessConfig": null, "upgradePolicy": null, "tags": null"#;
        for fields in ["", nulls] {
            let cluster = cluster(fields);
            assert_eq!((cluster.endpoint_public, cluster.public_access_cidrs), (None, None));
            assert_eq!((cluster.logging, cluster.encrypted), (None, None));
            assert_eq!((cluster.authentication_mode, cluster.support_type), (None, None));
        }
    }

    #[test]
    fn empty_lists_say_that_there_is_nothing() {
        let cluster = cluster(
            r#", "encryptionConfig": [], "logging": {"clusterLogging": [
            {"types": ["audit", "api"], "enabled": true}, {"types": ["scheduler"], "enabled": false}]}"#,
        );
        assert_eq!(cluster.encrypted, Some(vec![]));
        assert_eq!(cluster.logging, Some(vec!["api".to_owned(), "audit".to_owned()]));
    }

    #[test]
    fn taints_are_written_as_kubernetes_writes_them() {
        let text = format!(
            r#"{{"nodegroup": {{"nodegroupName": "n", "nodegroupArn": "{ARN}:nodegroup/c/n/1", "clusterName": "c",
            "subnets": ["subnet-2", "subnet-1"], "labels": {{"role": "x"}},
            "taints": [{{"key": "role", "value": null, "effect": "NO_SCHEDULE"}}]}}}}"#
        );
        let group: NodeGroup = only(&load_text("n.json", text.as_bytes()));
        assert_eq!(group.subnets, Some(vec!["subnet-1".to_owned(), "subnet-2".to_owned()]));
        assert_eq!((group.taints[0].effect.as_str(), group.taints[0].value.as_str()), ("NoSchedule", ""));
    }

    #[test]
    fn profiles_keep_their_selectors() {
        let text = format!(
            r#"{{"fargateProfile": {{"fargateProfileName": "f", "fargateProfileArn": "{ARN}:fargateprofile/c/f/1",
            "clusterName": "c", "subnets": null, "selectors": [{{"namespace": "jobs-*", "labels": null}}]}}}}"#
        );
        let profile: FargateProfile = only(&load_text("f.json", text.as_bytes()));
        assert_eq!(profile.subnets, None);
        assert_eq!(profile.selectors[0].namespace, "jobs-*");
    }

    #[test]
    fn of_an_add_on_only_the_network_policy_switch_is_kept() {
        assert_eq!(enables_network_policy(r#"{"enableNetworkPolicy": "true", "env": {"TOKEN": "x"}}"#), Some(true));
        assert_eq!(enables_network_policy("enableNetworkPolicy: false\n"), Some(false));
        assert_eq!(enables_network_policy("{}"), None);
        assert_eq!(enables_network_policy("{ broken"), None);
        let text = format!(
            r#"{{"addon": {{"addonName": "other", "addonArn": "{ARN}:addon/c/other/1", "clusterName": "c",
            "configurationValues": "{{\"enableNetworkPolicy\": \"true\", \"password\": \"hunter2\"}}"}}}}"#
        );
        let addon: Addon = only(&load_text("a.json", text.as_bytes()));
        assert_eq!(addon.network_policy, None);
        assert!(!format!("{addon:?}").contains("hunter2"));
    }

    #[test]
    fn a_wrong_type_is_a_gap_and_the_rest_is_read() {
        let text = format!(
            "[{{\"nodegroup\": {{\"nodegroupName\": 7}}}},\n{{\"cluster\": {{\"name\": \"c\", \"arn\": \"{ARN}:cluster/c\"}}}}]"
        );
        let inventory = load_text("x.json", text.as_bytes());
        assert!(inventory.coverage.gaps.iter().any(|gap| gap.detail.contains("an item of `nodegroup`")));
        assert_eq!(inventory.of::<EksCluster>().count(), 1);
    }
}
