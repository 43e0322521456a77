# METADATA
# title: Policy that lets another zone's identity in
# description: A rule of an enforced ALLOW policy in scope admits principals, namespaces, service accounts or addresses behind another border, and no declared flow covers them.
# custom:
#   id: authz-cross-zone-principal
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "7.2.1", "1.2.5"]
#   title: { ko: 다른 구역의 신원을 들여보내는 정책 }
#   why:
#     en: Where policies take the place of security groups, a principal of another zone is the hole in the wall. It is known, needed and approved, or it is closed.
#     ko: 정책이 보안 그룹을 대신하는 곳에서는 다른 구역의 주체가 벽의 구멍입니다. 알려지고 필요하며 승인된 것이 아니라면 닫아야 합니다.
#   remediation:
#     en: Remove the identity or address from the source. If it is meant, declare a flow between the two borders that names the namespaces and the ports.
#     ko: 그 신원이나 주소를 출발지에서 빼십시오. 의도한 것이라면 두 경계 사이의 흐름을 네임스페이스와 포트를 적어 선언하십시오.
#   messages:
#     en: "rule {rule} of `{name}` admits {peers} of {border} on {beyond}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`의 규칙 {rule}이(가) {border}의 {peers}을(를) {beyond}(으)로 허용합니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.authz_cross_zone_principal

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"rule": opening.rule + 1,
		"border": opening.border,
		"peers": opening.peers,
		"beyond": cover.beyond([opening]),
		"approved": opening.approved_by,
		"expired": opening.expired,
	},
	"path": opening.path,
	"border": sprintf("%s -> %s", [opening.border, input.zone.border]),
	"connections": cover.connections([opening]),
} if {
	some opening in cover.uncovered(input.crossings)
}
