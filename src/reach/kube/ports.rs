//! What the ports of a NetworkPolicy's rule are, on the pods that a connection ends at.

use crate::model::{Connections, NetworkPolicyPort, Protocol, Workload};
use crate::reach::band::Band;

/// SCTP.
const SCTP: Protocol = Protocol(132);

/// The protocols that NetworkPolicies are about (Kubernetes API reference, NetworkPolicyPort).
pub fn judged() -> Connections {
    [Protocol::TCP, Protocol::UDP, SCTP]
        .into_iter()
        .fold(Connections::default(), |all, protocol| all.union(&Connections::protocol(protocol)))
}

/// What ports let through; `to` are the pods at the end of the connection, none where it ends outside.
pub(super) fn band(ports: &[NetworkPolicyPort], to: Option<&Workload>) -> Band {
    if ports.is_empty() {
        return Band { must: judged(), may: Connections::all() };
    }
    ports.iter().fold(Band::shut(), |all, port| all.or(&one(port, to)))
}

fn one(port: &NetworkPolicyPort, to: Option<&Workload>) -> Band {
    let name = port.protocol.as_deref().unwrap_or("TCP");
    let protocol = match name {
        "TCP" => Protocol::TCP,
        "UDP" => Protocol::UDP,
        "SCTP" => SCTP,
        // what another release of the API may mean by it is not known
        _ => return Band::unknown(),
    };
    let Some(text) = &port.port else { return Band::exactly(Connections::protocol(protocol)) };
    if let Ok(low) = text.parse::<u16>() {
        let high = port.end_port.map_or(low, |high| high.max(low));
        return Band::exactly(Connections::ports(protocol, low, high));
    }
    // a name is that of a port of the pods themselves; what it means outside of the cluster is not defined
    let Some(workload) = to else { return Band::exactly(Connections::protocol(protocol)).doubt(&Connections::all()) };
    let named = workload.ports.iter().filter(|own| own.name == *text && own.protocol == name);
    let own = named.map(|own| Connections::ports(protocol, own.port, own.port));
    Band::exactly(own.fold(Connections::default(), |all, port| all.union(&port)))
}
