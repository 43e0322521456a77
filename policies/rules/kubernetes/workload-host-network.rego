# METADATA
# title: Workload on the node's network
# description: Pods of a workload in scope, outside the cluster's own namespaces, use the network of their node.
# custom:
#   id: workload-host-network
#   kind: [workload]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.1", "1.3.2"]
#   title: { ko: 노드 네트워크를 쓰는 워크로드 }
#   why:
#     en: "Such pods have the address and the security groups of their node. NetworkPolicies do not isolate them in either direction, they have no proxy of the mesh, and they reach what listens on the node itself. What limits traffic into and out of the namespace does not limit theirs."
#     ko: "이러한 파드는 노드의 주소와 보안 그룹을 씁니다. NetworkPolicy는 어느 방향으로도 이들을 격리하지 않고, 메시의 프록시도 없으며, 노드에서만 열려 있는 포트에도 접근합니다. 네임스페이스의 인바운드와 아웃바운드 트래픽을 제한하는 통제가 이들에게는 적용되지 않습니다."
#   remediation:
#     en: "Remove `hostNetwork`; what an agent reads from the node it can mount (`hostPath`). Where it cannot do without, record a waiver with the control that stands in."
#     ko: "`hostNetwork`를 제거하십시오. 에이전트가 노드에서 읽는 것은 `hostPath`로 마운트할 수 있습니다. 꼭 필요하다면 보완 통제를 적은 예외를 등록하십시오."
#   messages:
#     en: "workload `{name}` uses the network of its node{?ports} and names port {ports}{/}, so neither NetworkPolicies nor the mesh apply to it"
#     ko: "워크로드 `{name}`이(가) 노드의 네트워크를 사용하여{?ports} 포트 {ports}을(를) 지정하며{/} NetworkPolicy와 메시가 적용되지 않습니다"
package zoneproof.rules.workload_host_network

deny contains {"args": {"name": input.name, "ports": ports}} if {
	input.asset.host_network
	not input.system
	ports := {port.port | some port in input.asset.ports}
}
