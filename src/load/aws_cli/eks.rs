//! EKS clusters.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader};
use crate::model::{EksCluster, Place, Tags};

/// `aws eks describe-cluster`; AWS prints EKS answers in camel case.
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
    #[serde(rename_all = "camelCase")]
    struct Shape {
        name: String,
        arn: String,
        version: Option<String>,
        endpoint: Option<String>,
        kubernetes_network_config: Option<Network>,
        resources_vpc_config: Option<VpcConfig>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let sorted = |list: Option<Vec<String>>| {
        let mut list = list.unwrap_or_default();
        list.sort();
        list
    };
    let vpc = s.resources_vpc_config.unwrap_or_default();
    let network = s.kubernetes_network_config.unwrap_or_default();
    let account = s.arn.split(':').nth(4).filter(|account| !account.is_empty());
    let place = Place { cluster: Some(s.name.as_str().into()), ..reader.place(account, Some(&s.arn)) };
    let body = EksCluster {
        name: s.name,
        vpc: vpc.vpc_id.unwrap_or_default(),
        version: s.version.unwrap_or_default(),
        cluster_group: vpc.cluster_security_group_id,
        groups: sorted(vpc.security_group_ids),
        subnets: sorted(vpc.subnet_ids),
        // EKS's default is a public endpoint: an answer that does not say is not taken for a closed one
        endpoint_public: vpc.endpoint_public_access.unwrap_or(true),
        endpoint_private: vpc.endpoint_private_access.unwrap_or(false),
        public_access_cidrs: sorted(vpc.public_access_cidrs),
        endpoint: s.endpoint.filter(|endpoint| !endpoint.is_empty()),
        service_cidr: network.service_ipv4_cidr.or(network.service_ipv6_cidr),
    };
    reader.add(s.arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}
