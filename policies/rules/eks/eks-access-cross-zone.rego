# METADATA
# title: Another zone's principal may use the cluster
# description: An access entry of an in-scope cluster admits a user or role of an account behind another border or without a zone, and no declared flow to the API server covers it.
# custom:
#   id: eks-access-cross-zone
#   kind: [access-entry, eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["7.2.1", "7.2.2"]
#   title: { ko: 클러스터를 쓸 수 있는 다른 구역의 주체 }
#   why:
#     en: Who may take on a role is decided in the role's account. An entry for another zone's role lets that zone decide who administers the cluster, whatever the network says.
#     ko: 누가 역할을 맡을 수 있는지는 그 역할의 계정에서 정합니다. 다른 구역의 역할에 대한 액세스 항목은 네트워크와 상관없이 누가 클러스터를 관리할지를 그 구역이 정하게 합니다.
#   remediation:
#     en: Delete the access entry, or use a role of the cluster's own account. If it is meant, declare a flow from the account's zone to the cluster's on tcp/443.
#     ko: 액세스 항목을 지우거나 클러스터와 같은 계정의 역할을 쓰십시오. 의도한 것이라면 계정의 구역에서 클러스터의 구역으로 가는 tcp/443 흐름을 선언하십시오.
#   messages:
#     en: "`{cluster}` admits `{principal}` of account {account} ({border}){?admin} as administrator of all the cluster{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{cluster}`이(가) 계정 {account}({border})의 `{principal}`을(를){?admin} 클러스터 전체 관리자로{/} 허용합니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.eks_access_cross_zone

deny contains {
	"args": {
		"cluster": input.asset.cluster,
		"principal": input.access.principal,
		"account": input.access.account,
		"border": input.access.border,
		"admin": object.get(input.access, "admin", false),
		"expired": input.access.expired,
	},
	"border": sprintf("%s -> %s", [input.access.border, input.zone.border]),
} if {
	input.access.crosses
	count(input.access.beyond) > 0
}
