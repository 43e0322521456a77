//! Protocols that carry credentials and data in the clear.

use crate::model::{Connections, Protocol};

/// Source: PCI DSS v4.0.1, Appendix G, "Insecure Protocol/Service/Port": FTP, Telnet, POP3, IMAP, SNMP v1 and v2. Ports:
/// IANA Service Name and Transport Protocol Port Number Registry; TFTP, rexec, rlogin and rsh are of the same kind.
const INSECURE: [(Protocol, u16, &str); 9] = [
    (Protocol::TCP, 21, "FTP"),
    (Protocol::TCP, 23, "Telnet"),
    (Protocol::UDP, 69, "TFTP"),
    (Protocol::TCP, 110, "POP3"),
    (Protocol::TCP, 143, "IMAP"),
    (Protocol::UDP, 161, "SNMP"),
    (Protocol::TCP, 512, "rexec"),
    (Protocol::TCP, 513, "rlogin"),
    (Protocol::TCP, 514, "rsh"),
];

/// Those among some connections, `tcp/23 (Telnet)`.
pub(super) fn named(open: &Connections) -> Vec<String> {
    let own = INSECURE.iter().filter(|(protocol, port, _)| open.contains(*protocol, *port));
    own.map(|(protocol, port, name)| format!("{protocol}/{port} ({name})")).collect()
}
