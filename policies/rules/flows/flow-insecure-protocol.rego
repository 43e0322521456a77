# METADATA
# title: Declared flow over an insecure protocol
# description: A declared flow covers connections of a protocol that carries credentials and data in the clear, and names no security features that make up for it.
# custom:
#   id: flow-insecure-protocol
#   kind: [flow]
#   severity: medium
#   requirements: ["1.2.6", "2.2.5"]
#   title: { ko: 안전하지 않은 프로토콜을 쓰는 선언 흐름 }
#   why:
#     en: Telnet, FTP and their like show passwords and card numbers to whoever is on the way. Where one must be used, what makes it secure is defined and in effect.
#     ko: Telnet, FTP 등은 중간에 있는 누구에게나 암호와 카드 번호를 그대로 보여 줍니다. 부득이 써야 한다면 이를 보완하는 보안 기능을 정하고 적용해야 합니다.
#   remediation:
#     en: Use the protocol's encrypted successor, or tell in `security-features` of the declared flow what secures it.
#     ko: 암호화된 후속 프로토콜을 쓰거나, 선언된 흐름의 `security-features`에 이를 보호하는 보안 기능을 적으십시오.
#   messages:
#     en: "{from} can reach {to} by {protocols}, with no security features declared in flow {approved}"
#     ko: "{from}에서 {to}에 {protocols}(으)로 연결할 수 있지만, 흐름 {approved}에 이를 보호하는 보안 기능이 선언되어 있지 않습니다"
package zoneproof.rules.flow_insecure_protocol

import data.zoneproof.lib.flow

deny contains {
	"args": {
		"from": flow.label(input.from),
		"to": flow.label(input.to),
		"protocols": input.insecure,
		"approved": input.insecure_by,
	},
	"border": flow.border(input.from, input.to),
	"connections": input.insecure,
	"related": flow.related(input.decided_by),
} if {
	count(input.insecure) > 0
}
