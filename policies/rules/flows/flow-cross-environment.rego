# METADATA
# title: Undeclared flow between environments
# description: Connections pass from one environment to another, such as from development to production, and no declared flow covers any of them.
# custom:
#   id: flow-cross-environment
#   kind: [flow]
#   severity: high
#   requirements: ["6.5.3", "1.2.5"]
#   title: { ko: 환경 사이의 선언되지 않은 흐름 }
#   why:
#     en: Pre-production has weaker accounts, test data and more people. It is kept apart from production, and the network enforces that.
#     ko: 운영 전 환경은 계정 관리가 느슨하고 시험 데이터가 있으며 더 많은 사람이 접근합니다. 그래서 운영 환경과 분리하고 그 분리를 네트워크로 강제합니다.
#   remediation:
#     en: Close it at the rule that the finding points at, or, if it is meant, have a flow declared with exactly these ends and ports.
#     ko: 이 결과가 가리키는 규칙에서 닫으십시오. 의도한 것이라면 양 끝과 포트를 정확히 적은 흐름을 선언하고 승인받으십시오.
#   messages:
#     en: "{from} can reach {to}: {beyond}, and no declared flow approves it{?expired}; flow {expired} has expired{/}"
#     ko: "{from}에서 {to}에 연결할 수 있습니다: {beyond}. 이를 승인한 선언 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.flow_cross_environment

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
	input.crosses_environment
}
