//! One line of a flow log.
//!
//! Source: Amazon VPC User Guide, "Flow log records": the default format has the version 2 fields in their order; custom
//! formats have fields of one's choice. "Publish flow logs to Amazon S3": files begin with a line that names the fields.

use std::net::IpAddr;

use crate::model::Protocol;

/// The default format's fields, in order.
const DEFAULT: [&str; 14] = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
];

/// What every format must have to be replayed.
const NEEDED: [&str; 7] = ["interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action"];

/// The order of fields in the lines of a file.
#[derive(Debug, Clone, Default)]
pub struct Format {
    /// Names of fields, in order; none before a line has named them: then it is the default format.
    named: Option<Vec<String>>,
}

/// A flow that was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The interface that saw it.
    pub interface: String,
    /// Where packets came from: `pkt-srcaddr` where the format has it, else `srcaddr`.
    pub src: IpAddr,
    /// Where they went to: `pkt-dstaddr` where the format has it, else `dstaddr`.
    pub dst: IpAddr,
    /// The IP protocol.
    pub protocol: Protocol,
    /// 0 for protocols without ports.
    pub src_port: u16,
    /// 0 for protocols without ports.
    pub dst_port: u16,
    /// ACCEPT, not REJECT.
    pub accepted: bool,
    /// All flags of the packets together, where the format has them: FIN 1, SYN 2, RST 4, SYN-ACK 18.
    pub tcp_flags: Option<u8>,
    /// When the window ended, in seconds since 1970.
    pub end: Option<i64>,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A flow.
    Flow(Record),
    /// The names of the fields.
    Header,
    /// Nothing passed the interface in the window.
    NoData,
    /// Records of the window were left out.
    SkipData,
    /// Nothing.
    Blank,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It has another number of fields than the format.
    #[error("{found} fields where the format has {expected}; a custom format needs a first line that names its fields")]
    Fields {
        /// Of the line.
        found: usize,
        /// Of the format.
        expected: usize,
    },
    /// The format lacks a field.
    #[error("the format has no `{0}`, without which a flow cannot be replayed")]
    Lacks(&'static str),
    /// A field is not what it should be.
    #[error("`{field}` is `{found}`, expected {expected}")]
    Value {
        /// Its name.
        field: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl Format {
    /// Reads a line; one that names fields sets the format of those that follow.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn read(&mut self, line: &str) -> Result<Line, RecordError> {
        let line = line.trim_start_matches('\u{feff}');
        let mut words: Vec<&str> = line.split_ascii_whitespace().collect();
        if words.is_empty() {
            return Ok(Line::Blank);
        }
        if ["interface-id", "srcaddr", "log-status"].iter().any(|name| words.contains(name)) {
            let names: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let missing =
                NEEDED.iter().find(|needed| !names.iter().any(|name| name == *needed || stands_in(name, needed)));
            self.named = Some(names);
            return missing.map_or(Ok(Line::Header), |missing| Err(RecordError::Lacks(missing)));
        }
        let expected = self.named.as_ref().map_or(DEFAULT.len(), Vec::len);
        // CloudWatch Logs puts the time of an event before it when it exports to Amazon S3
        if words.len() == expected + 1 && words.first().is_some_and(|word| word.contains('T') && word.ends_with('Z')) {
            words.remove(0);
        }
        if words.len() != expected {
            return Err(RecordError::Fields { found: words.len(), expected });
        }
        let value = |field: &str| {
            let at = match &self.named {
                Some(named) => named.iter().position(|name| name == field),
                None => DEFAULT.iter().position(|name| *name == field),
            };
            at.and_then(|at| words.get(at)).copied().filter(|word| *word != "-")
        };
        match value("log-status") {
            Some("NODATA") => return Ok(Line::NoData),
            Some("SKIPDATA") => return Ok(Line::SkipData),
            Some("OK") | None => {}
            Some(other) => return Err(wrong("log-status", other, "`OK`, `NODATA` or `SKIPDATA`")),
        }
        let address = |real: &'static str, logged: &'static str| {
            let field = if value(real).is_some() { real } else { logged };
            parse(field, value(field), "an address")
        };
        let protocol = Protocol(parse("protocol", value("protocol"), "a protocol's number")?);
        let accepted = match value("action") {
            Some("ACCEPT") => true,
            Some("REJECT") => false,
            other => return Err(wrong("action", other.unwrap_or("-"), "`ACCEPT` or `REJECT`")),
        };
        // protocols without ports may have none written
        let port = |field: &'static str| match value(field) {
            None if !protocol.has_ports() => Ok(0),
            text => parse(field, text, "a port"),
        };
        let optional = |field: &'static str| value(field).map(|text| parse(field, Some(text), "seconds since 1970"));
        Ok(Line::Flow(Record {
            interface: value("interface-id").ok_or_else(|| wrong("interface-id", "-", "an interface"))?.to_owned(),
            src: address("pkt-srcaddr", "srcaddr")?,
            dst: address("pkt-dstaddr", "dstaddr")?,
            protocol,
            src_port: port("srcport")?,
            dst_port: port("dstport")?,
            accepted,
            tcp_flags: value("tcp-flags")
                .map(|text| parse("tcp-flags", Some(text), "flags as a number"))
                .transpose()?,
            end: optional("end").transpose()?,
        }))
    }
}

/// Whether one field tells what another one would.
fn stands_in(name: &str, needed: &str) -> bool {
    matches!((name, needed), ("pkt-srcaddr", "srcaddr") | ("pkt-dstaddr", "dstaddr"))
}

fn parse<T: std::str::FromStr>(
    field: &'static str,
    text: Option<&str>,
    expected: &'static str,
) -> Result<T, RecordError> {
    let text = text.unwrap_or("-");
    text.parse().map_err(|_| wrong(field, text, expected))
}

fn wrong(field: &'static str, found: &str, expected: &'static str) -> RecordError {
    RecordError::Value { field, found: found.chars().take(60).collect(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(format: &mut Format, line: &str) -> Record {
        match format.read(line).unwrap() {
            Line::Flow(record) => record,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_default_format_needs_no_header() {
        let mut format = Format::default();
        let line = "2 111122223333 eni-a 10.0.0.11 10.0.1.20 49152 5432 6 20 4249 1418530010 1418530070 ACCEPT OK";
        let record = flow(&mut format, line);
        assert_eq!((record.src_port, record.dst_port, record.protocol), (49152, 5432, Protocol::TCP));
        assert!(record.accepted && record.tcp_flags.is_none());
        assert_eq!(record.end, Some(1_418_530_070));
        assert_eq!(flow(&mut format, &format!("2026-11-20T00:00:00.000Z {line}")), record);
        let rejected = line.replace("ACCEPT", "REJECT");
        assert!(!flow(&mut format, &rejected).accepted);
    }

    #[test]
    fn a_header_sets_the_order_and_packet_addresses_are_the_real_ends() {
        let mut format = Format::default();
        let header = "action tcp-flags dstport srcport protocol pkt-dstaddr dstaddr srcaddr pkt-srcaddr interface-id";
        assert_eq!(format.read(header).unwrap(), Line::Header);
        let record = flow(&mut format, "ACCEPT 18 443 50000 6 8.8.8.8 10.0.9.9 10.0.0.11 - eni-nat");
        assert_eq!((record.src.to_string(), record.dst.to_string()), ("10.0.0.11".into(), "8.8.8.8".into()));
        assert_eq!(record.tcp_flags, Some(18));
    }

    #[test]
    fn windows_without_records_are_told_apart() {
        let mut format = Format::default();
        let line = |status: &str| format!("2 111122223333 eni-a - - - - - - - 1431280876 1431280934 - {status}");
        assert_eq!(format.read(&line("NODATA")).unwrap(), Line::NoData);
        assert_eq!(format.read(&line("SKIPDATA")).unwrap(), Line::SkipData);
        assert!(matches!(format.read(&line("OK")), Err(RecordError::Value { field: "protocol", .. })));
        assert_eq!(format.read("  ").unwrap(), Line::Blank);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let mut format = Format::default();
        assert_eq!(format.read("2 111122223333 eni-a"), Err(RecordError::Fields { found: 3, expected: 14 }));
        let line = "2 111122223333 eni-a 10.0.0.300 10.0.1.20 49152 5432 6 20 4249 1418530010 1418530070 ACCEPT OK";
        assert!(matches!(format.read(line), Err(RecordError::Value { field: "srcaddr", .. })));
        let text = format.read("version interface-id srcaddr dstaddr srcport dstport protocol").unwrap_err();
        assert_eq!(text, RecordError::Lacks("action"));
    }

    #[test]
    fn icmp_has_no_ports() {
        let line = "2 111122223333 eni-a 2600::1 2600::2 - - 58 4 336 1432917027 1432917142 ACCEPT OK";
        let record = flow(&mut Format::default(), line);
        assert_eq!((record.src_port, record.dst_port, record.protocol), (0, 0, Protocol::ICMPV6));
    }
}
