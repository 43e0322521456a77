# METADATA
# title: Weights that leave twins without traffic
# description: An action of a load balancer in scope shares traffic out over target groups of several clusters, and the weights add up to nothing, or a group that gets a share has no healthy target.
# custom:
#   id: elb-twin-weights
#   kind: [listener, listener-rule]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.2"]
#   title: { ko: 쌍둥이 클러스터의 트래픽을 잃는 가중치 }
#   why:
#     en: Weights move traffic from one cluster to its twin, a change to network connections like any other. Weights that send a share to nobody are what a change leaves behind that was not finished or not checked.
#     ko: 가중치는 한 클러스터에서 쌍둥이 클러스터로 트래픽을 옮기며 이는 다른 것과 다름없는 네트워크 연결의 변경입니다. 아무도 받지 않는 몫을 보내는 가중치는 끝내지 않았거나 확인하지 않은 변경의 흔적입니다.
#   remediation:
#     en: Give the weight to the cluster that serves, or bring the targets of the group that has a share back to health.
#     ko: 서비스하는 클러스터에 가중치를 주십시오. 또는 몫을 받는 대상 그룹의 대상을 정상 상태로 되돌리십시오.
#   messages:
#     en: "{subject} `{name}` shares traffic between {clusters}{?idle}, and all weights are 0{/}{?dead}, and no target is healthy in {dead}{/}"
#     ko: "{subject} `{name}`이(가) {clusters} 사이에 트래픽을 나눕니다{?idle}: 모든 가중치가 0입니다{/}{?dead}: {dead}에 정상인 대상이 없습니다{/}"
package zoneproof.rules.elb_twin_weights

deny contains {
	"args": {
		"subject": input.kind,
		"name": input.name,
		"clusters": input.twins.clusters,
		"idle": input.twins.total == 0,
		"dead": dead,
	},
	"related": {group.target_group | some group in input.twins.dead},
} if {
	broken
	dead := {sprintf("%s (%s, weight %d)", [group.target_group, concat(", ", group.clusters), group.weight]) |
		some group in input.twins.dead
	}
}

broken if input.twins.total == 0

broken if count(input.twins.dead) > 0
