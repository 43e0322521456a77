# METADATA
# title: No default-deny NetworkPolicy
# description: An in-scope namespace other than the cluster's own has no NetworkPolicy that isolates all its pods, for ingress, egress or both, or policies about all its pods open it again to everybody or to every pod of the cluster.
# custom:
#   id: namespace-no-default-deny
#   kind: [namespace]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.1", "1.3.2"]
#   title: { ko: 기본 거부 NetworkPolicy가 없음 }
#   why:
#     en: A pod is open until a policy selects it. Without a default deny every new workload starts out open, in a place where nothing should be.
#     ko: 파드는 정책이 선택할 때까지 열려 있습니다. 기본 거부가 없으면 아무것도 열려 있지 않아야 할 곳에서 새 워크로드마다 열린 채로 시작합니다.
#   remediation:
#     en: Add a NetworkPolicy with an empty `podSelector` and both `policyTypes`, and allow what is needed in policies beside it.
#     ko: "`podSelector`가 비어 있고 `policyTypes`에 Ingress와 Egress를 모두 지정한 NetworkPolicy를 추가하고, 필요한 것은 별도 정책으로 허용하십시오."
#   messages:
#     en: "namespace `{name}` has no default deny for {missing}{?opened}; opened again by {opened}{/}"
#     ko: "네임스페이스 `{name}`에 {missing} 기본 거부가 없습니다{?opened}; {opened}이(가) 다시 엽니다{/}"
package zoneproof.rules.namespace_no_default_deny

deny contains {"args": {"name": input.name, "missing": missing, "opened": opened}} if {
	not input.system
	missing := {direction | some direction, state in input.network_policy; state.in_force == false}
	count(missing) > 0
	opened := {state.opened_by | some state in input.network_policy; state.in_force == false}
}
