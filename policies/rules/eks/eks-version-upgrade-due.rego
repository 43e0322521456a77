# METADATA
# title: Kubernetes version due for an upgrade
# description: An in-scope cluster runs a Kubernetes version that EKS released longer ago than `clusters.upgrade-within-months` allows, and AWS still supports it as part of the service.
# custom:
#   id: eks-version-upgrade-due
#   kind: [eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["12.3.4"]
#   title: { ko: 업그레이드 시기가 지난 Kubernetes 버전 }
#   why:
#     en: Technologies in use are reviewed so that they are replaced before support ends. A version has 14 months of standard support, and an upgrade that begins in the last of them is done in a hurry.
#     ko: 사용 중인 기술은 지원이 끝나기 전에 바꿀 수 있도록 검토해야 합니다. 한 버전의 표준 지원은 14개월이며 마지막 달에 시작하는 업그레이드는 서두르게 됩니다.
#   remediation:
#     en: Upgrade the control plane, the add-ons and the nodes to a newer version, one minor version at a time.
#     ko: 컨트롤 플레인, 애드온, 노드를 한 번에 한 마이너 버전씩 더 새로운 버전으로 업그레이드하십시오.
#   messages:
#     en: "`{name}` runs Kubernetes {version}, released on EKS on {released}: an upgrade was due by {due}, and standard support ends on {until}"
#     ko: "`{name}`이(가) {released}에 EKS에 출시된 Kubernetes {version}을(를) 실행합니다: 업그레이드 기한은 {due}이었고 표준 지원은 {until}에 끝납니다"
package zoneproof.rules.eks_version_upgrade_due

deny contains {"args": {
	"name": input.name,
	"version": input.asset.version,
	"released": input.lifecycle.released,
	"due": input.lifecycle.upgrade_by,
	"until": input.lifecycle.standard_until,
}} if {
	input.lifecycle.overdue

	# past standard support eks-version-unsupported says so, more gravely
	input.lifecycle.support == "standard"
}
