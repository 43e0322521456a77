# METADATA
# title: Cluster shared by zones in and out of scope
# description: One cluster holds namespaces of a zone in PCI DSS scope and of a zone that is declared to be out of scope. The cluster itself counts as well; its own namespaces (`kube-system`, `kube-public`, `kube-node-lease`) do not. A namespace whose labels contradict its cluster stands in both zones.
# custom:
#   id: zone-mixed-cluster
#   kind: [cluster]
#   severity: high
#   requirements: ["1.4.1", "12.5.2"]
#   title: { ko: 범위 안팎의 구역이 함께 쓰는 클러스터 }
#   why:
#     en: Pods of one cluster share nodes, the control plane and the security groups of the nodes. No control of the network stands between the zones (1.4.1), only NetworkPolicy and the mesh inside the cluster, and whoever may change the cluster changes both. What shares a cluster with the CDE is hardly out of scope, so the documented scope is in doubt as well (12.5.2).
#     ko: 한 클러스터의 파드는 노드와 컨트롤 플레인, 노드의 보안 그룹을 함께 씁니다. 구역 사이에는 네트워크 통제가 없고(1.4.1) 클러스터 안의 NetworkPolicy와 메시만 있으며, 클러스터를 변경할 수 있는 사람은 양쪽을 모두 변경할 수 있습니다. CDE와 클러스터를 함께 쓰는 것은 범위 밖이라고 보기 어려우므로 문서화된 범위도 의심스러워집니다(12.5.2).
#   remediation:
#     en: Move one of the zones to a cluster of its own, in a VPC of its own, or declare all of the cluster to be in scope.
#     ko: 한쪽 구역을 별도 VPC의 전용 클러스터로 옮기거나 클러스터 전체를 범위 안으로 선언하십시오.
#   messages:
#     en: "cluster `{name}` holds {inside}, in scope, and {outside}, out of scope{?own}; the cluster itself is in `{own}`{/}"
#     ko: "클러스터 `{name}`에 범위 안의 {inside}와(과) 범위 밖의 {outside}이(가) 함께 있습니다{?own}. 클러스터 자체의 구역은 `{own}`입니다{/}"
package zoneproof.rules.zone_mixed_cluster

said(side) := side.zone if count(side.namespaces) == 0

said(side) := sprintf("%s (%s)", [side.zone, concat(", ", side.namespaces)]) if count(side.namespaces) > 0

deny contains {
	"args": {
		"name": input.cluster,
		"inside": [said(side) | some side in input.zones.inside],
		"outside": [said(side) | some side in input.zones.outside],
		"own": object.get(input.zones, "own", ""),
	},
	"related": [id | some side in array.concat(input.zones.inside, input.zones.outside); some id in side.ids],
} if {
	input.zones.mixed
}
