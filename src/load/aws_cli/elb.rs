//! Load balancers, listeners, rules with weights, target groups and targets (ELBv2).

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader, Tag, TagList, present};
use crate::load::batch::Piece;
use crate::model::{Forward, Listener, ListenerRule, LoadBalancer, Place, Tags, Target, TargetGroup};

/// The account and Region that an ELBv2 ARN names.
fn place_of(reader: &Reader<'_>, arn: &str) -> Place {
    let account = arn.split(':').nth(4).filter(|account| !account.is_empty());
    reader.place(account, Some(arn))
}

pub(super) fn load_balancer(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Address {
        allocation_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Zone {
        subnet_id: Option<String>,
        load_balancer_addresses: Option<Vec<Address>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        load_balancer_arn: String,
        load_balancer_name: Option<String>,
        vpc_id: Option<String>,
        r#type: Option<String>,
        scheme: Option<String>,
        security_groups: Option<Vec<String>>,
        availability_zones: Option<Vec<Zone>>,
        enforce_security_group_inbound_rules_on_private_link_traffic: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let zones = s.availability_zones.unwrap_or_default();
    let mut body = LoadBalancer {
        name: s.load_balancer_name.unwrap_or_default(),
        vpc: s.vpc_id.unwrap_or_default(),
        balancer_type: s.r#type.unwrap_or_default(),
        scheme: s.scheme.unwrap_or_default(),
        groups: s.security_groups.unwrap_or_default(),
        subnets: zones.iter().filter_map(|zone| zone.subnet_id.clone()).collect(),
        allocations: vec![],
        private_link_rules: match s.enforce_security_group_inbound_rules_on_private_link_traffic.as_deref() {
            Some("on") => Some(true),
            Some("off") => Some(false),
            _ => None,
        },
    };
    let addresses = zones.into_iter().filter_map(|zone| zone.load_balancer_addresses).flatten();
    body.allocations = addresses.filter_map(|address| address.allocation_id).collect();
    body.groups.sort();
    body.subnets.sort();
    body.allocations.sort();
    let place = place_of(reader, &s.load_balancer_arn);
    reader.add(s.load_balancer_arn, place, raw, Tags::default(), body);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Action {
    r#type: Option<String>,
    target_group_arn: Option<String>,
    forward_config: Option<ForwardConfig>,
    redirect_config: Option<RedirectConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RedirectConfig {
    protocol: Option<String>,
}

/// What actions do, in words; a redirect says whereto.
fn deeds(actions: Option<&Vec<Action>>) -> Option<Vec<String>> {
    let deed = |action: &Action| {
        let kind = action.r#type.clone()?;
        // ELBv2 API reference, RedirectActionConfig: without a protocol it stays the request's own
        let protocol = action.redirect_config.as_ref().and_then(|redirect| redirect.protocol.as_deref());
        Some(match protocol.filter(|_| kind == "redirect") {
            Some(protocol) => format!("redirect {}", protocol.to_lowercase()),
            None => kind,
        })
    };
    actions?.iter().map(deed).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ForwardConfig {
    target_groups: Option<Vec<Weighted>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Weighted {
    target_group_arn: String,
    weight: Option<i64>,
}

/// Every target group that actions name. The short and the long form of one action say the same thing twice.
fn forwards(actions: Option<Vec<Action>>) -> Vec<Forward> {
    let mut all = Vec::new();
    for action in actions.unwrap_or_default() {
        let weighted = action.forward_config.and_then(|config| config.target_groups).unwrap_or_default();
        if let (true, Some(target_group)) = (weighted.is_empty(), action.target_group_arn) {
            all.push(Forward { target_group, weight: 1 });
        }
        all.extend(
            weighted.into_iter().map(|w| Forward { target_group: w.target_group_arn, weight: w.weight.unwrap_or(1) }),
        );
    }
    all.sort();
    all.dedup();
    all
}

pub(super) fn listener(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        listener_arn: String,
        load_balancer_arn: String,
        port: Option<u16>,
        protocol: Option<String>,
        default_actions: Option<Vec<Action>>,
        ssl_policy: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let body = Listener {
        load_balancer: s.load_balancer_arn,
        protocol: s.protocol.unwrap_or_default(),
        port: s.port,
        actions: deeds(s.default_actions.as_ref()),
        forwards: forwards(s.default_actions),
        tls_policy: s.ssl_policy.filter(|policy| !policy.is_empty()),
    };
    let place = place_of(reader, &s.listener_arn);
    reader.add(s.listener_arn, place, raw, Tags::default(), body);
    Ok(())
}

/// Reads the items of a wrapped answer, each for itself.
fn wrapped(reader: &mut Reader<'_>, key: &str, items: Option<Vec<&RawValue>>, handler: super::Handler) {
    for item in items.unwrap_or_default() {
        if let Err(error) = handler(reader, item) {
            reader.bad(key, item, &error);
        }
    }
}

/// `describe-listeners`, wrapped with its load balancer.
pub(super) fn wrapped_listeners(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        #[serde(borrow, deserialize_with = "present")]
        listeners: Option<Vec<&'a RawValue>>,
        next_marker: Option<String>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    reader.cut_short("Listeners", raw, s.next_marker.as_ref());
    wrapped(reader, "Listeners", s.listeners, listener);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    field: Option<String>,
    values: Option<Vec<String>>,
}

pub(super) fn rule(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        rule_arn: String,
        priority: Option<String>,
        conditions: Option<Vec<Condition>>,
        actions: Option<Vec<Action>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let conditions = s.conditions.unwrap_or_default().into_iter();
    let conditions = conditions
        .map(|c| format!("{}={}", c.field.unwrap_or_default(), c.values.unwrap_or_default().join(",")))
        .collect();
    let body = ListenerRule {
        listener: listener_of(&s.rule_arn),
        priority: s.priority.unwrap_or_default(),
        actions: deeds(s.actions.as_ref()),
        forwards: forwards(s.actions),
        conditions,
    };
    let place = place_of(reader, &s.rule_arn);
    reader.add(s.rule_arn, place, raw, Tags::default(), body);
    Ok(())
}

/// A rule's ARN is its listener's with one part more and another type.
fn listener_of(rule: &str) -> String {
    let parent = rule.rsplit_once('/').map_or(rule, |(parent, _)| parent);
    parent.replacen(":listener-rule/", ":listener/", 1)
}

/// `describe-rules`, wrapped with its listener.
pub(super) fn wrapped_rules(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        #[serde(borrow, deserialize_with = "present")]
        rules: Option<Vec<&'a RawValue>>,
        next_marker: Option<String>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    reader.cut_short("Rules", raw, s.next_marker.as_ref());
    wrapped(reader, "Rules", s.rules, rule);
    Ok(())
}

pub(super) fn target_group(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        target_group_arn: String,
        target_group_name: Option<String>,
        vpc_id: Option<String>,
        target_type: Option<String>,
        protocol: Option<String>,
        port: Option<u16>,
        load_balancer_arns: Option<Vec<String>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let mut balancers = s.load_balancer_arns.unwrap_or_default();
    balancers.sort();
    let body = TargetGroup {
        balancers,
        name: s.target_group_name.unwrap_or_default(),
        vpc: s.vpc_id,
        target_type: s.target_type.unwrap_or_default(),
        protocol: s.protocol.unwrap_or_default(),
        port: s.port,
        targets_known: false,
    };
    let place = place_of(reader, &s.target_group_arn);
    reader.add(s.target_group_arn, place, raw, Tags::default(), body);
    Ok(())
}

/// `describe-target-health`, wrapped with its target group.
pub(super) fn target_health(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        target_group_arn: String,
        #[serde(borrow, deserialize_with = "present")]
        target_health_descriptions: Option<Vec<&'a RawValue>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct TargetShape {
        id: String,
        port: Option<u16>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Health {
        state: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Description {
        target: TargetShape,
        target_health: Option<Health>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    let place = place_of(reader, &s.target_group_arn);
    // null says nothing: the group stays one whose targets were not collected
    let Some(descriptions) = s.target_health_descriptions else { return Ok(()) };
    let mut whole = true;
    for item in descriptions {
        let description: Description = match serde_json::from_str(item.get()) {
            Ok(description) => description,
            Err(error) => {
                reader.bad("TargetHealthDescriptions", item, &error);
                whole = false;
                continue;
            }
        };
        let (target, port) = (description.target.id, description.target.port);
        let id = format!("{}#{target}:{}", s.target_group_arn, port.map_or_else(|| "any".into(), |p| p.to_string()));
        let health = description.target_health.and_then(|health| health.state).unwrap_or_default();
        let body = Target { target_group: s.target_group_arn.clone(), target, port, health };
        reader.add(id, place.clone(), item, Tags::default(), body);
    }
    if whole {
        reader.piece(Piece::TargetsListed(s.target_group_arn));
    }
    Ok(())
}

/// `elbv2 describe-tags`.
pub(super) fn tags(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        resource_arn: String,
        tags: Option<Vec<Tag>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    reader.piece(Piece::Tags(s.resource_arn, TagList(s.tags).into_map()));
    Ok(())
}
