# METADATA
# title: Undeclared flow over a border
# description: Connections pass over the border of a zone in scope, through all layers of the network, and no declared flow covers any of them.
# custom:
#   id: flow-undeclared
#   kind: [flow]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.2.5"]
#   title: { ko: 경계를 넘는 선언되지 않은 흐름 }
#   why:
#     en: What crosses a border is known, needed and approved. A flow that nobody declared is one that nobody has looked at.
#     ko: 경계를 넘는 것은 알려지고 필요하며 승인된 것이어야 합니다. 아무도 선언하지 않은 흐름은 아무도 검토하지 않은 흐름입니다.
#   remediation:
#     en: Close it at the rule that the finding points at, or, if it is meant, have a flow declared with exactly these ends and ports.
#     ko: 이 결과가 가리키는 규칙에서 닫으십시오. 의도한 것이라면 양 끝과 포트를 정확히 적은 흐름을 선언하고 승인받으십시오.
#   messages:
#     en: "{from} can reach {to}: {beyond}, and no declared flow approves it{?expired}; flow {expired} has expired{/}"
#     ko: "{from}에서 {to}에 연결할 수 있습니다: {beyond}. 이를 승인한 선언 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.flow_undeclared

import data.zoneproof.lib.flow

deny contains {
	"args": {
		"from": flow.label(input.from),
		"to": flow.label(input.to),
		"beyond": flow.beyond(input.beyond),
		"expired": input.expired,
	},
	"border": flow.border(input.from, input.to),
	"connections": flow.connections(input.beyond),
	"related": flow.related(input.decided_by),
} if {
	count(input.beyond) > 0
	count(input.approved_by) == 0
	not input.crosses_environment
	not flow.is_internet_to_cde(input.from, input.to)
	not flow.is_cde_egress(input.from, input.to)
}
