# METADATA
# title: API server open beyond its zone
# description: The public endpoint of an in-scope cluster is open to anybody, or to addresses behind another border or that nobody bears, and no declared flow covers them.
# custom:
#   id: eks-endpoint-public
#   kind: [eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.4.2"]
#   title: { ko: 구역 밖에 열린 API 서버 }
#   why:
#     en: Whoever reaches the API server is one stolen credential away from everything that runs in the cluster. Network controls in the VPC do not stand in front of the public endpoint; its list of blocks is all there is.
#     ko: API 서버에 닿을 수 있는 사람은 자격 증명 하나만 훔치면 클러스터에서 실행되는 모든 것을 손에 넣습니다. VPC의 네트워크 통제는 퍼블릭 엔드포인트를 막지 못하며 허용 블록 목록이 통제의 전부입니다.
#   remediation:
#     en: Switch the public endpoint off and use the private one, or narrow `publicAccessCidrs` to addresses that a declared flow to tcp/443 of the cluster names.
#     ko: 퍼블릭 엔드포인트를 끄고 프라이빗 엔드포인트를 쓰십시오. 또는 클러스터의 tcp/443으로 선언된 흐름에 적힌 주소로 `publicAccessCidrs`를 좁히십시오.
#   messages:
#     en: "the API server of `{name}` is open to {who}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`의 API 서버가 {who}에 열려 있습니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.eks_endpoint_public

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"who": {sprintf("%s: %s", [concat(", ", input.public_endpoint.cidrs), text]) |
			some text in cover.beyond([input.public_endpoint.any])
		},
		"approved": input.public_endpoint.any.approved_by,
		"expired": input.public_endpoint.any.expired,
	},
	"border": sprintf("internet -> %s", [input.zone.border]),
	"connections": cover.connections([input.public_endpoint.any]),
} if {
	count(input.public_endpoint.any.beyond) > 0
}

deny contains {
	"args": {
		"name": input.name,
		"who": cover.beyond_by_border([opening]),
		"approved": opening.approved_by,
		"expired": opening.expired,
	},
	"border": sprintf("%s -> %s", [opening.border, input.zone.border]),
	"connections": cover.connections([opening]),
} if {
	some opening in cover.uncovered(input.public_endpoint.crossings)
}
