# METADATA
# title: Control plane logs off
# description: An in-scope cluster does not send the `api`, `audit` and `authenticator` logs of its control plane.
# custom:
#   id: eks-control-plane-logging-off
#   kind: [eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["10.2.1"]
#   title: { ko: 꺼져 있는 컨트롤 플레인 로그 }
#   why:
#     en: Audit logs are on for all components in scope. Without these three nobody can tell who changed a policy, as whom, and from where, and EKS keeps nothing for later.
#     ko: 범위 안의 모든 구성 요소에 감사 로그가 켜져 있어야 합니다. 이 세 로그가 없으면 누가 어떤 신원으로 어디에서 정책을 바꾸었는지 알 수 없고, EKS는 나중을 위해 아무것도 남겨 두지 않습니다.
#   remediation:
#     en: Enable the missing log types in the cluster's `logging`.
#     ko: 클러스터의 `logging`에서 빠진 로그 유형을 켜십시오.
#   messages:
#     en: "the control plane of `{name}` does not log {missing}"
#     ko: "`{name}`의 컨트롤 플레인이 {missing} 로그를 남기지 않습니다"
package zoneproof.rules.eks_control_plane_logging_off

deny contains {"args": {"name": input.name, "missing": input.logs_missing}} if {
	count(input.logs_missing) > 0
}
