# METADATA
# title: Network Load Balancer without a security group
# description: A Network Load Balancer in scope has no security group, so that whoever can route to it reaches its listeners, and no declared flow from the internet covers that.
# custom:
#   id: nlb-without-security-group
#   kind: [load-balancer]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.4.1", "1.2.5"]
#   title: { ko: 보안 그룹이 없는 Network Load Balancer }
#   why:
#     en: Without a group the load balancer itself refuses nobody, and a load balancer that was made without one can never get one. With client addresses preserved the targets' groups still stand; without, they see the load balancer alone.
#     ko: 그룹이 없는 로드 밸런서는 누구도 거절하지 않으며, 그룹 없이 만들어진 로드 밸런서에는 나중에 그룹을 붙일 수 없습니다. 클라이언트 주소가 보존되면 대상의 그룹이 남지만, 그렇지 않으면 대상은 로드 밸런서만 봅니다.
#   remediation:
#     en: Make a new Network Load Balancer with a security group, move the targets, and delete this one. If everybody is meant to reach it, declare a flow from `internet` with its ports.
#     ko: 보안 그룹이 있는 Network Load Balancer를 새로 만들어 대상을 옮기고 이것을 삭제하십시오. 누구나 접근하는 것이 의도라면 `internet`에서 오는 흐름을 그 포트로 선언하십시오.
#   messages:
#     en: "`{name}` has no security group and lets everybody who can route to it in on {beyond}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`에 보안 그룹이 없어 경로가 닿는 누구나 {beyond}에 들어올 수 있습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.nlb_without_security_group

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"beyond": cover.beyond([input.without_groups]),
		"expired": input.without_groups.expired,
	},
	"connections": cover.connections([input.without_groups]),
} if {
	count(input.without_groups.beyond) > 0
}
