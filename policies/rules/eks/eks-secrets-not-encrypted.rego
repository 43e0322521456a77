# METADATA
# title: Secrets not encrypted under a key of the account
# description: An in-scope cluster encrypts its Secrets under a key that AWS owns, or leaves them unencrypted in etcd.
# custom:
#   id: eks-secrets-not-encrypted
#   kind: [eks-cluster]
#   zones: [cde, security-impacting, connected]
#   severity: low
#   requirements: ["2.2.1"]
#   title: { ko: 계정의 키로 암호화되지 않은 Secret }
#   why:
#     en: Configuration standards for clusters, such as the CIS benchmark, ask for a key of one's own. Its use can be audited and it can be revoked; a key that AWS owns can be neither. Before Kubernetes 1.28 Secrets lie in etcd unencrypted without it.
#     ko: CIS 벤치마크와 같은 클러스터 구성 표준은 자체 키를 요구합니다. 자체 키는 사용 내역을 감사하고 취소할 수 있지만 AWS가 소유한 키는 그럴 수 없습니다. Kubernetes 1.28 이전에는 자체 키가 없으면 Secret이 etcd에 암호화되지 않은 채 놓입니다.
#   remediation:
#     en: Associate an encryption configuration for `secrets` with a KMS key of the account, and write existing Secrets again.
#     ko: 계정의 KMS 키로 `secrets` 암호화 구성을 연결하고 기존 Secret을 다시 저장하십시오.
#   messages:
#     en: "`{name}` {?aws}encrypts Secrets under a key that AWS owns{/}{?none}does not encrypt Secrets in etcd{/}"
#     ko: "`{name}`이(가) Secret을 {?aws}AWS가 소유한 키로만 암호화합니다{/}{?none}etcd에서 암호화하지 않습니다{/}"
package zoneproof.rules.eks_secrets_not_encrypted

deny contains {"args": {
	"name": input.name,
	"aws": input.secrets_key == "aws",
	"none": input.secrets_key == "none",
}} if {
	input.secrets_key in {"aws", "none"}
}
