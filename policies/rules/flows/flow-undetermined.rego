# METADATA
# title: Flow of which nobody knows whether it passes
# description: Connections over the border of a zone in scope may pass, no declared flow covers them, and something on the way was not collected or is not modelled. The rule is undetermined for each of them; it never passes.
# custom:
#   id: flow-undetermined
#   kind: [undecided-flow]
#   severity: high
#   requirements: ["1.3.1", "1.3.2"]
#   title: { ko: 통과 여부를 알 수 없는 흐름 }
#   why:
#     en: A zone is isolated only if that is shown. What could not be looked at shows nothing.
#     ko: 구역은 입증될 때만 격리된 것입니다. 살펴보지 못한 것은 아무것도 입증하지 않습니다.
#   remediation:
#     en: Collect what the finding names, or accept it for a while in `accepted-unknowns`.
#     ko: 이 결과에 적힌 것을 수집하거나, `accepted-unknowns`에서 기한을 정해 수용하십시오.
#   messages:
#     en: "{from} can reach {to}: {connections}"
#     ko: "{from}에서 {to}에 연결할 수 있습니다: {connections}"
package zoneproof.rules.flow_undetermined

import data.zoneproof.lib.flow

deny contains {
	"args": {
		"from": flow.label(input.from),
		"to": flow.label(input.to),
		"connections": input.connections,
	},
	"border": flow.border(input.from, input.to),
	"connections": input.connections,
} if {
	input.passes
}
