# METADATA
# title: Undeclared way out of the CDE
# description: Connections from the cardholder data environment pass to addresses outside of the estate, and no declared flow covers any of them.
# custom:
#   id: flow-cde-egress-undeclared
#   kind: [flow]
#   severity: high
#   requirements: ["1.3.2", "1.2.5"]
#   title: { ko: CDE 밖으로 나가는 선언되지 않은 흐름 }
#   why:
#     en: A way out is what carries stolen data away. Outbound traffic of the cardholder data environment is limited to what is needed and approved.
#     ko: 밖으로 나가는 길은 훔친 데이터가 빠져나가는 길입니다. 카드회원 데이터 환경의 아웃바운드 트래픽은 필요하고 승인된 것으로 제한합니다.
#   remediation:
#     en: Narrow the egress rule that the finding points at to the addresses and ports that are needed, and have a flow declared for them.
#     ko: 이 결과가 가리키는 송신 규칙을 필요한 주소와 포트로 좁히고, 그에 대한 흐름을 선언해 승인받으십시오.
#   messages:
#     en: "{from} can reach {to}: {beyond}, and no declared flow approves it{?expired}; flow {expired} has expired{/}"
#     ko: "{from}에서 {to}에 연결할 수 있습니다: {beyond}. 이를 승인한 선언 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.flow_cde_egress_undeclared

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
	flow.is_cde_egress(input.from, input.to)
}
