# METADATA
# title: Sidecars that let everything out
# description: Sidecars of an in-scope namespace connect to hosts that the mesh does not know, or a ServiceEntry in scope makes every host known.
# custom:
#   id: egress-any
#   kind: [namespace, service-entry]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.2"]
#   title: { ko: "모든 것을 내보내는 사이드카" }
#   why:
#     en: "With ALLOW_ANY nobody lists where the zone connects to. REGISTRY_ONLY makes the list, and supports the limit on outbound traffic. It is no boundary: a pod can go around its sidecar, so what enforces the limit is a NetworkPolicy, a security group or an egress gateway."
#     ko: "ALLOW_ANY에서는 구역이 어디로 연결하는지 아무도 적지 않습니다. REGISTRY_ONLY는 그 목록을 만들어 나가는 트래픽의 제한을 돕습니다. 그러나 경계는 아닙니다. 파드는 사이드카를 우회할 수 있으므로 실제로 제한하는 것은 NetworkPolicy, 보안 그룹 또는 이그레스 게이트웨이입니다."
#   remediation:
#     en: "Set `outboundTrafficPolicy.mode: REGISTRY_ONLY` in the mesh configuration or in a Sidecar of the namespace, and add a ServiceEntry for each host that is needed."
#     ko: "메시 구성 또는 네임스페이스의 Sidecar에서 `outboundTrafficPolicy.mode: REGISTRY_ONLY`로 두고 필요한 호스트마다 ServiceEntry를 추가하십시오."
#   messages:
#     en: "{subject} `{name}` lets sidecars connect anywhere{?by}: ALLOW_ANY by {by}{/}{?workloads} (workloads: {workloads}){/}"
#     ko: "{subject} `{name}`에서 사이드카가 어디로든 연결할 수 있습니다{?by}: {by}에 따른 ALLOW_ANY{/}{?workloads} (워크로드: {workloads}){/}"
package zoneproof.rules.egress_any

deny contains object.union(place, {"args": {
	"subject": "namespace",
	"name": input.name,
	"by": input.mesh_scope.outbound.by,
	"workloads": [],
}}) if {
	input.kind == "namespace"
	input.mesh_scope.outbound.open
}

# The namespace is closed, and a Sidecar opens some of its workloads again.
deny contains {"args": {
	"subject": "namespace",
	"name": input.name,
	"by": "Sidecar",
	"workloads": input.mesh_scope.outbound.workloads,
}} if {
	input.kind == "namespace"
	input.mesh_scope.outbound.open == false
	count(input.mesh_scope.outbound.workloads) > 0
}

deny contains {
	"args": {"subject": "service-entry", "name": input.name, "by": null, "workloads": []},
	"path": "/spec/hosts",
} if {
	input.kind == "service-entry"
	input.every_host
}

place := {"at": input.mesh_scope.outbound.by_id, "path": "/spec/outboundTrafficPolicy"} if {
	input.mesh_scope.outbound.by_id
}

else := {}
