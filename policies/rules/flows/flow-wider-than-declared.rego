# METADATA
# title: Flow wider than declared
# description: A declared flow covers some of the connections that pass over a border to or from one place, and others pass as well, with more ports, or more sources or destinations.
# custom:
#   id: flow-wider-than-declared
#   kind: [flow]
#   severity: high
#   requirements: ["1.2.5", "1.3.1", "1.3.2"]
#   title: { ko: 선언보다 넓은 흐름 }
#   why:
#     en: An approval is for what was looked at. What passes beside it was never approved.
#     ko: 승인은 검토한 범위에 대한 것입니다. 그 범위를 넘어 함께 허용되는 것은 승인된 적이 없습니다.
#   remediation:
#     en: Narrow the rule that the finding points at to what the flow declares, or have the declared flow widened and approved anew.
#     ko: 이 결과가 가리키는 규칙을 선언된 범위로 좁히거나, 선언된 흐름을 넓혀 다시 승인받으십시오.
#   messages:
#     en: "{from} can reach {to} beyond what flow {approved} approves: {beyond}{?expired}; flow {expired} has expired{/}"
#     ko: "{from}에서 {to}에 흐름 {approved}의 승인 범위를 넘어 연결할 수 있습니다: {beyond}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.flow_wider_than_declared

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
	count(input.approved_by) > 0
	not flow.is_internet_to_cde(input.from, input.to)
}
