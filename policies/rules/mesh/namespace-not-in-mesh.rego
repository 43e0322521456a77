# METADATA
# title: Namespace outside the mesh
# description: An in-scope namespace with workloads, in a cluster that runs a mesh, is not enrolled in it.
# custom:
#   id: namespace-not-in-mesh
#   kind: [namespace]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1"]
#   title: { ko: "메시 밖의 네임스페이스" }
#   why:
#     en: "Where policies of the mesh stand between zones, a namespace without proxies has no identity to check and enforces nothing. NetworkPolicies are all that is left of its wall."
#     ko: "메시의 정책이 구역 사이를 가르는 곳에서 프록시가 없는 네임스페이스는 확인할 신원도, 시행할 정책도 없습니다. NetworkPolicy만이 남은 벽입니다."
#   remediation:
#     en: "Label the namespace with `istio-injection: enabled` or with the revision of the control plane, and restart its pods."
#     ko: "네임스페이스에 `istio-injection: enabled` 또는 컨트롤 플레인의 리비전 레이블을 붙이고 파드를 다시 시작하십시오."
#   messages:
#     en: "namespace `{name}` is not in the mesh of its cluster ({by}); workloads: {workloads}"
#     ko: "네임스페이스 `{name}`이(가) 클러스터의 메시에 들어 있지 않습니다({by}). 워크로드: {workloads}"
package zoneproof.rules.namespace_not_in_mesh

deny contains {"args": {"name": input.name, "by": input.mesh.by, "workloads": input.mesh_scope.workloads}} if {
	input.mesh_scope.outside
}
