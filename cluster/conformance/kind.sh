#!/usr/bin/env bash
# What `make test-kind-scenarios` runs: every scenario on a real cluster, compared
# with the recordings; UPDATE=1 adds what it does to them. It makes a cluster of
# its own and deletes it, unless PODIUM_CONFORMANCE_KUBECONFIG names one: a control
# plane and two workers with nothing else on them. KIND_IMAGE names another node
# image, SCENARIOS plays some only (a,b,c).
set -euo pipefail
cd "$(dirname "$0")/../.."

images=(nginx:1.27 nginx:1.28 busybox:1.36 podium.dev/leaker:1)
name=podium-conformance
kind() { go run sigs.k8s.io/kind "$@"; }

if [ -z "${PODIUM_CONFORMANCE_KUBECONFIG:-}" ]; then
	for image in "${images[@]}"; do
		docker image inspect "$image" >/dev/null 2>&1 || docker pull "$image" || {
			make bin/testimages.tar
			docker load -i bin/testimages.tar
			break
		}
	done
	home=$(mktemp -d)
	trap 'kind delete cluster --name $name --kubeconfig "$home/kubeconfig"; rm -rf "$home"' EXIT
	kind create cluster --name $name --kubeconfig "$home/kubeconfig" --config cluster/conformance/kind.yaml ${KIND_IMAGE:+--image "$KIND_IMAGE"} --wait 3m
	kind load docker-image --name $name "${images[@]}"
	export PODIUM_CONFORMANCE_KUBECONFIG=$home/kubeconfig
fi
go test -tags kind -count 1 -timeout 90m -v -run '^TestARealCluster' ./cluster/conformance -scenario "${SCENARIOS:-}"
