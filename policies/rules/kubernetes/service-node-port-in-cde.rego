# METADATA
# title: Service with a port on every node
# description: A service in scope opens ports on every node, which no declared flow to its namespace approves. Those of an ingress gateway by which its load balancer comes in are left out.
# custom:
#   id: service-node-port-in-cde
#   kind: [service]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.5", "2.2.4", "1.3.1"]
#   title: { ko: 모든 노드에 포트를 여는 서비스 }
#   why:
#     en: "A node port answers at every address of every node, whatever runs there. It leads past the gateway, its policies and its logs, and only the nodes' security groups stand before it. For services of type LoadBalancer Kubernetes opens such ports by default, needed or not."
#     ko: "노드 포트는 무엇이 실행되든 모든 노드의 모든 주소에서 응답합니다. 게이트웨이와 그 정책, 로그를 거치지 않으며 노드의 보안 그룹만이 이를 막습니다. LoadBalancer 유형의 서비스에는 필요 여부와 관계없이 쿠버네티스가 기본으로 노드 포트를 엽니다."
#   remediation:
#     en: "Make it a ClusterIP service behind the gateway. Where a load balancer leads to it, use targets of type `ip`, set `allocateLoadBalancerNodePorts: false` and remove `nodePort` from its ports. If the port is meant, declare a flow to the namespace with it."
#     ko: "게이트웨이 뒤의 ClusterIP 서비스로 바꾸십시오. 로드 밸런서가 이 서비스로 연결된다면 대상 유형을 `ip`로 하고 `allocateLoadBalancerNodePorts: false`를 지정한 뒤 포트에서 `nodePort`를 제거하십시오. 의도한 포트라면 네임스페이스로 가는 흐름을 이 포트로 선언하십시오."
#   messages:
#     en: "service `{name}` opens {beyond} on every node{?balanced}; the targets of its load balancer are nodes, and it comes in by them{/}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}` 서비스가 모든 노드에 {beyond}을(를) 엽니다{?balanced}. 로드 밸런서의 대상이 노드이며 이 포트로 들어옵니다{/}{?approved}. 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}. 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.service_node_port_in_cde

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"beyond": cover.beyond([input.node_ports]),
		"balanced": input.node_ports.load_balancer,
		"approved": input.node_ports.approved_by,
		"expired": input.node_ports.expired,
	},
	"path": "/spec/type",
	"connections": cover.connections([input.node_ports]),
} if {
	count(input.node_ports.beyond) > 0
}
