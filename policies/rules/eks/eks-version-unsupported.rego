# METADATA
# title: Kubernetes version past standard support
# description: An in-scope cluster runs a Kubernetes version whose standard support on EKS has ended.
# custom:
#   id: eks-version-unsupported
#   kind: [eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["12.3.4"]
#   title: { ko: 표준 지원이 끝난 Kubernetes 버전 }
#   why:
#     en: The Kubernetes project no longer mends such a version. In extended support AWS still does, for a year and at a price; after that nobody does, and AWS upgrades the control plane on a day of its own choice.
#     ko: Kubernetes 프로젝트는 이런 버전을 더 이상 수정하지 않습니다. 연장 지원 동안에는 AWS가 1년간 추가 비용을 받고 수정하지만, 그 뒤에는 아무도 수정하지 않으며 AWS가 임의의 날에 컨트롤 플레인을 업그레이드합니다.
#   remediation:
#     en: Upgrade the control plane, the add-ons and the nodes to a version in standard support, one minor version at a time.
#     ko: 컨트롤 플레인, 애드온, 노드를 한 번에 한 마이너 버전씩 표준 지원 중인 버전까지 업그레이드하십시오.
#   messages:
#     en: "`{name}` runs Kubernetes {version}, whose standard support ended on {standard}{?extended}; extended support ends on {extended}{/}{?ended}; extended support ended on {ended}, and it is no longer patched{/}"
#     ko: "`{name}`이(가) 표준 지원이 {standard}에 끝난 Kubernetes {version}을(를) 실행합니다{?extended}; 연장 지원은 {extended}에 끝납니다{/}{?ended}; 연장 지원도 {ended}에 끝나 더 이상 패치되지 않습니다{/}"
package zoneproof.rules.eks_version_unsupported

deny contains {"args": {
	"name": input.name,
	"version": input.asset.version,
	"standard": input.lifecycle.standard_until,
	"extended": extended,
	"ended": ended,
}} if {
	input.lifecycle.support in {"extended", "ended"}
}

default extended := ""

extended := input.lifecycle.extended_until if input.lifecycle.support == "extended"

default ended := ""

ended := input.lifecycle.extended_until if input.lifecycle.support == "ended"
