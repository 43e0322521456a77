# METADATA
# title: Load balancer forwards over a border
# description: A load balancer forwards, at any weight, to a target behind another border, one of the two in scope, and no declared flow covers it.
# custom:
#   id: elb-target-cross-zone
#   kind: [target-group]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.4.2"]
#   title: { ko: 경계를 넘어 전달하는 로드 밸런서 }
#   why:
#     en: A load balancer carries what it is sent to wherever its targets are. A weight of zero is one change away from traffic, and sticky sessions may send some already.
#     ko: 로드 밸런서는 받은 것을 대상이 있는 곳 어디로든 보냅니다. 가중치 0은 변경 한 번이면 트래픽이 되고, 고정 세션은 이미 일부를 보낼 수 있습니다.
#   remediation:
#     en: Deregister the target, or take the target group out of the listener's actions. If it is meant, declare a flow between the two borders with the target's port.
#     ko: 대상을 등록 해제하거나 리스너 동작에서 대상 그룹을 빼십시오. 의도한 것이라면 두 경계 사이의 흐름을 대상의 포트로 선언하십시오.
#   messages:
#     en: "`{balancer}` ({from}) forwards to target `{target}` of {to} through target group `{name}`, weight {weight}, on {beyond}{?expired}; flow {expired} has expired{/}"
#     ko: "`{balancer}`({from})이(가) 대상 그룹 `{name}`을(를) 통해 {to}의 대상 `{target}`의 {beyond}(으)로 전달합니다 (가중치 {weight}){?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.elb_target_cross_zone

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"balancer": balancer,
		"from": from,
		"to": to,
		"target": {opening.target | some opening in openings},
		"weight": {opening.weight | some opening in openings},
		"beyond": cover.beyond(openings),
		"expired": cover.expired(openings),
	},
	"border": sprintf("%s -> %s", [from, to]),
	"connections": cover.connections(openings),
	"related": {opening.by | some opening in openings},
} if {
	# one finding for each pair of load balancer and border, however many targets
	some crossing in cover.uncovered(input.crossings)
	balancer := crossing.balancer
	from := crossing.balancer_border
	to := crossing.target_border
	openings := [opening |
		some opening in cover.uncovered(input.crossings)
		opening.balancer == balancer
		opening.target_border == to
	]
}
