# METADATA
# title: Load balancer with public addresses
# description: A load balancer in scope is internet-facing, and no declared flow from the internet or from an external zone covers its listeners.
# custom:
#   id: elb-internet-facing-in-cde
#   kind: [load-balancer]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.4.2", "1.3.1", "1.2.5"]
#   title: { ko: 공인 주소를 가진 로드 밸런서 }
#   why:
#     en: An internet-facing load balancer is a door from untrusted networks into the zone. A security group may close it today and open it tomorrow; the door itself wants an approval.
#     ko: 인터넷 경계 로드 밸런서는 신뢰하지 않는 네트워크에서 구역으로 들어오는 문입니다. 보안 그룹은 오늘 닫고 내일 열 수 있으므로 문 자체가 승인되어야 합니다.
#   remediation:
#     en: Make it internal, or declare a flow from `internet` or from the partner's zone with the listeners' ports.
#     ko: 내부용으로 다시 만들거나, `internet` 또는 상대 구역에서 오는 흐름을 리스너의 포트로 선언하십시오.
#   messages:
#     en: "`{name}` is internet-facing and serves {beyond}, which no flow from outside approves{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`이(가) 인터넷에 면해 외부에서 오는 흐름이 승인하지 않은 {beyond}을(를) 제공합니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.elb_internet_facing_in_cde

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"beyond": cover.beyond([input.internet_facing]),
		"approved": input.internet_facing.approved_by,
		"expired": input.internet_facing.expired,
	},
	"border": sprintf("internet -> %s", [input.zone.border]),
	"connections": cover.connections([input.internet_facing]),
} if {
	count(input.internet_facing.beyond) > 0
}
