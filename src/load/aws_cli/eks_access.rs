//! Who may use the API of an EKS cluster: access entries and the policies that are associated with them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::eks::{place_of, sorted};
use super::{Read, Reader, present};
use crate::load::batch::Piece;
use crate::model::{AccessEntry, AccessPolicy, Tags};

/// `aws eks describe-access-entry`.
pub(super) fn access_entry(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        cluster_name: String,
        principal_arn: String,
        access_entry_arn: String,
        r#type: Option<String>,
        kubernetes_groups: Option<Vec<String>>,
        tags: Option<Tags>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = place_of(reader, &s.access_entry_arn, &s.cluster_name);
    let body = AccessEntry {
        cluster: s.cluster_name,
        principal: s.principal_arn,
        entry_type: s.r#type,
        groups: sorted(s.kubernetes_groups.unwrap_or_default()),
        policies: None,
    };
    reader.add(s.access_entry_arn, place, raw, s.tags.unwrap_or_default(), body);
    Ok(())
}

/// `aws eks list-associated-access-policies`, wrapped with its cluster and principal. The answer's own
/// `clusterName` and `principalArn` are those keys, so it may be wrapped as it is.
pub(super) fn access_policies(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    struct Scope {
        r#type: Option<String>,
        namespaces: Option<Vec<String>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Policy {
        policy_arn: String,
        access_scope: Option<Scope>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        cluster_name: String,
        principal_arn: String,
        #[serde(deserialize_with = "present")]
        associated_access_policies: Option<Vec<Policy>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    // null says nothing: the entry stays one whose policies were not collected
    let Some(policies) = s.associated_access_policies else { return Ok(()) };
    let policies = policies.into_iter().map(|policy| {
        let scope = policy.access_scope;
        let (scope, namespaces) = scope.map_or((None, None), |scope| (scope.r#type, scope.namespaces));
        AccessPolicy {
            policy: policy.policy_arn,
            scope: scope.unwrap_or_default(),
            namespaces: sorted(namespaces.unwrap_or_default()),
        }
    });
    reader.piece(Piece::AccessPolicies(s.cluster_name, s.principal_arn, sorted(policies.collect())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::load::load_text;
    use crate::model::{AccessEntry, Inventory};

    const ARN: &str = "arn:aws:eks:eu-west-1:111122223333";

    fn only(inventory: &Inventory) -> AccessEntry {
        let all: Vec<&AccessEntry> = inventory.of::<AccessEntry>().map(|(.., body)| body).collect();
        assert_eq!(all.len(), 1);
        all[0].clone()
    }

    fn entry(policies: &str) -> Inventory {
        let text = format!(
            r#"[{{"accessEntry": {{"clusterName": "c", "principalArn": "arn:aws:iam::444455556666:role/r",
            "accessEntryArn": "{ARN}:access-entry/c/role/444455556666/r/1", "kubernetesGroups": null}}}}, {policies}]"#
        );
        load_text("e.json", text.as_bytes())
    }

    #[test]
    fn access_policies_find_their_entry_and_null_says_nothing() {
        let wrapped = |list: &str| {
            format!(
                r#"{{"EksAccessPolicies": [{{"clusterName": "c", "principalArn": "arn:aws:iam::444455556666:role/r",
                "associatedAccessPolicies": {list}}}]}}"#
            )
        };
        let told = |list: &str| only(&entry(&wrapped(list))).policies;
        let policy =
            r#"[{"policyArn": "arn:aws:eks::aws:cluster-access-policy/P", "accessScope": {"type": "cluster"}}]"#;
        assert_eq!(told(policy).map(|all| (all.len(), all[0].scope.clone())), Some((1, "cluster".to_owned())));
        assert_eq!(told("[]"), Some(vec![]));
        assert_eq!(told("null"), None);
        assert_eq!(only(&entry("{}")).account(), Some("444455556666"));
    }

    #[test]
    fn what_belongs_to_a_cluster_that_was_not_read_is_a_gap() {
        let gaps = entry("{}").coverage.gaps;
        assert!(gaps.iter().any(|gap| gap.what == "eks-cluster c"), "{gaps:#?}");
    }
}
