# METADATA
# title: Internet reaches the CDE
# description: Connections from the internet pass all layers of the network to something in the cardholder data environment, and no declared flow covers all of them.
# custom:
#   id: flow-internet-to-cde
#   kind: [flow]
#   severity: critical
#   requirements: ["1.3.1", "1.4.2", "1.2.5"]
#   title: { ko: 인터넷에서 CDE로 들어오는 흐름 }
#   why:
#     en: What the internet reaches is scanned within minutes. Each opening from it into the cardholder data environment is known, needed and approved.
#     ko: 인터넷에서 닿을 수 있는 것은 몇 분 안에 스캔됩니다. 카드회원 데이터 환경으로 들어오는 모든 개방은 알려지고 필요하며 승인된 것이어야 합니다.
#   remediation:
#     en: Close it at the rule that the finding points at, or, if it is meant, have a flow declared with exactly these ends and ports.
#     ko: 이 결과가 가리키는 규칙에서 닫으십시오. 의도한 것이라면 양 끝과 포트를 정확히 적은 흐름을 선언하고 승인받으십시오.
#   messages:
#     en: "{from} can reach {to}: {beyond}, and no declared flow approves it{?expired}; flow {expired} has expired{/}{?approved}; flow {approved} covers the rest{/}"
#     ko: "{from}에서 {to}에 연결할 수 있습니다: {beyond}. 이를 승인한 선언 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}"
package zoneproof.rules.flow_internet_to_cde

import data.zoneproof.lib.flow

deny contains {
	"args": {
		"from": flow.label(input.from),
		"to": flow.label(input.to),
		"beyond": flow.beyond(input.beyond),
		"expired": input.expired,
		"approved": input.approved_by,
	},
	"border": flow.border(input.from, input.to),
	"connections": flow.connections(input.beyond),
	"related": flow.related(input.decided_by),
} if {
	count(input.beyond) > 0
	flow.is_internet_to_cde(input.from, input.to)
}
