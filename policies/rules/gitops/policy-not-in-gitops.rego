# METADATA
# title: Policy that no Argo CD application tracks
# description: A NetworkPolicy, AuthorizationPolicy or PeerAuthentication that was read from a cluster in scope is in no application that deploys to that cluster, or is in no manifest any more.
# custom:
#   id: policy-not-in-gitops
#   kind: [gitops-policy]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.2", "1.2.8"]
#   title: { ko: Argo CD 애플리케이션이 추적하지 않는 정책 }
#   why:
#     en: A policy that is in the cluster and not in Git was made by hand, past review and approval, which change control asks for (1.2.2). What is active is not what the configuration files say (1.2.8), and nobody notices when it changes or goes.
#     ko: 클러스터에 있으나 Git에 없는 정책은 변경 통제(1.2.2)가 요구하는 검토와 승인을 거치지 않고 직접 만든 것입니다. 적용 중인 설정이 구성 파일과 다르며(1.2.8), 바뀌거나 사라져도 아무도 알아차리지 못합니다.
#   remediation:
#     en: Add the policy to the repository of the application that deploys this namespace, or delete it from the cluster.
#     ko: 이 네임스페이스를 배포하는 애플리케이션의 저장소에 정책을 추가하거나 클러스터에서 삭제하십시오.
#   messages:
#     en: "{kind} `{name}` is in cluster `{cluster}`, {?by}and application {by} finds it in no manifest any more{/}{?untracked}and none of the applications that deploy there ({untracked} read) tracks it{/}"
#     ko: "{kind} `{name}`이(가) 클러스터 `{cluster}`에 있으나 {?by}애플리케이션 {by}의 매니페스트에는 더 이상 없습니다{/}{?untracked}그곳에 배포하는 애플리케이션(읽은 수: {untracked}) 중 어느 것도 추적하지 않습니다{/}"
package zoneproof.rules.policy_not_in_gitops

deny contains {"args": {
	"kind": input.policy_kind,
	"name": input.name,
	"cluster": input.cluster,
	"by": application,
	"untracked": untracked,
}} if {
	input.tracked == false
	application := object.get(input, "by", null)
	untracked := {true: null, false: input.applications}[application != null]
}
