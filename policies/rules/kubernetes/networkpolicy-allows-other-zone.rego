# METADATA
# title: NetworkPolicy open to another zone
# description: A NetworkPolicy of an in-scope namespace lets traffic in from another border, or out to one, by namespaces, by addresses or by naming nobody, and no declared flow covers it. What opens a whole namespace to everybody is told by namespace-no-default-deny; blocks that hold most of the internet are judged for what comes in only.
# custom:
#   id: networkpolicy-allows-other-zone
#   kind: [network-policy]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.2.5"]
#   title: { ko: 다른 구역에 열린 NetworkPolicy }
#   why:
#     en: Between pods of one cluster a NetworkPolicy is the network control. What it admits from another zone reaches card systems without meeting a security group, and what it lets out can carry card data away, so each opening is known, needed and approved.
#     ko: 한 클러스터의 파드 사이에서는 NetworkPolicy가 네트워크 통제입니다. 다른 구역에서 들여보낸 것은 보안 그룹을 거치지 않고 카드 시스템에 닿고, 내보낸 것은 카드 데이터를 밖으로 옮길 수 있으므로, 모든 개방은 알려지고 필요하며 승인된 것이어야 합니다.
#   remediation:
#     en: Select only namespaces and addresses of the policy's own zone. If the opening is meant, declare a flow between the two borders with these ports as clients see them.
#     ko: 정책이 속한 구역의 네임스페이스와 주소만 선택하십시오. 의도한 개방이라면 두 경계 사이의 흐름을 클라이언트가 보는 포트로 선언하십시오.
#   messages:
#     en: "`{name}` {?ingress}lets in {/}{?egress}lets out to {/}{?anybody}everybody{/}{?namespaces}{namespaces} of {border}{/}{?addresses}addresses of {border}{/} on {beyond}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`이(가) {?anybody}모든 상대{/}{?namespaces}{border}의 {namespaces}{/}{?addresses}{border}의 주소{/}{?ingress}에서 들어오는{/}{?egress}(으)로 나가는{/} 트래픽을 {beyond}에서 허용합니다{?approved}. 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}. 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.networkpolicy_allows_other_zone

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"ingress": opening.direction == "ingress",
		"egress": opening.direction == "egress",
		"anybody": opening.anybody,
		"namespaces": opening.namespaces,
		"addresses": opening.addresses,
		"border": opening.border,
		"beyond": cover.beyond([opening]),
		"approved": opening.approved_by,
		"expired": opening.expired,
	},
	"path": opening.path,
	"border": sprintf("%s %s %s", [input.zone.border, arrows[opening.direction], opening.border]),
	"connections": cover.connections([opening]),
} if {
	some opening in cover.uncovered(input.crossings)
}

arrows := {"ingress": "<-", "egress": "->"}
