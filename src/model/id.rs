//! Names of assets: ARNs on AWS, `cluster/namespace/Kind/name` in Kubernetes, and the short forms that people type.

/// The ARN of an EC2-style resource. An account or Region that is not known stays empty, as in ARNs that have none.
///
/// ```
/// assert_eq!(zoneproof::model::arn_of("ec2", "eu-west-1", "111122223333", "vpc/vpc-1"),
///            "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1");
/// ```
pub fn arn_of(service: &str, region: &str, account: &str, resource: &str) -> String {
    let partition = match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

/// The id of a Kubernetes object; `namespace` is empty for objects of the whole cluster.
pub fn kube_id(cluster: &str, namespace: &str, kind: &str, name: &str) -> String {
    format!("{cluster}/{namespace}/{kind}/{name}")
}

/// The id of an account: the ARN of its root principal, the one ARN that every account has.
pub fn account_id(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// The short form of an id: what follows the last `/` (or `:` where an ARN has no `/`), `namespace/name` in Kubernetes.
pub fn short_of(id: &str) -> String {
    if id.starts_with("arn:") {
        // load balancers, their listeners and parts of EKS clusters end in opaque ids: their names tell more
        let resource = id.splitn(6, ':').last().unwrap_or(id);
        if resource == "root" {
            return id.split(':').nth(4).unwrap_or(id).to_owned();
        }
        if let Some((parent, said)) = resource.split_once('#') {
            return format!("{}#{said}", parent.rsplit('/').next().unwrap_or(parent));
        }
        return match resource.split('/').collect::<Vec<_>>().as_slice() {
            ["loadbalancer", _, name, _] | ["targetgroup", name, _] => (*name).to_owned(),
            ["listener", _, name, _, hash] | ["listener-rule", _, name, _, _, hash] => format!("{name}/{hash}"),
            ["nodegroup" | "fargateprofile" | "addon", cluster, name, _] => format!("{cluster}/{name}"),
            ["access-entry", cluster, .., name, _] => format!("{cluster}/{name}"),
            [.., last] => (*last).to_owned(),
            [] => resource.to_owned(),
        };
    }
    match id.split('/').collect::<Vec<_>>().as_slice() {
        [_, "", _, name] => (*name).to_owned(),
        [_, namespace, _, name] => format!("{namespace}/{name}"),
        _ => id.to_owned(),
    }
}

/// Whether `text` matches `pattern`, in which each `*` stands for any run of characters.
pub fn glob_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut rest = rest;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, text, hit) in [
            ("ads-*", "ads-prod", true),
            ("ads-*", "ads", false),
            ("*", "", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXcYb", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*ab", "ab", true),
            ("ab*ab", "ab", false),
        ] {
            assert_eq!(glob_match(pattern, text), hit, "{pattern} {text}");
        }
    }

    #[test]
    fn short_forms() {
        assert_eq!(short_of("arn:aws:ec2:eu-west-1:1:vpc/vpc-1"), "vpc-1");
        assert_eq!(short_of("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc"), "web");
        assert_eq!(short_of("arn:aws:iam::111122223333:root"), "111122223333");
        assert_eq!(short_of("arn:aws:eks:r:1:nodegroup/prod/workers/b0c9-d1"), "prod/workers");
        assert_eq!(short_of("arn:aws:eks:r:1:access-entry/prod/role/1/admin/b0c9-d1"), "prod/admin");
        assert_eq!(
            short_of("arn:aws:ec2:r:1:security-group/sg-1#ingress:tcp/1:10.0.0.0/8"),
            "sg-1#ingress:tcp/1:10.0.0.0/8"
        );
        assert_eq!(short_of("prod/ads/Deployment/web"), "ads/web");
        assert_eq!(short_of("prod//Namespace/ads"), "ads");
    }
}
