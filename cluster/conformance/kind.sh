#!/usr/bin/env bash
# What `make test-kind-scenarios` runs: every scenario on a real cluster, compared
# with the recordings; UPDATE=1 adds what it does to them. It makes a cluster of
# its own and deletes it, unless PODIUM_CONFORMANCE_KUBECONFIG names one: a control
# plane and two workers with nothing else on them. PODIUM_NODE_IMAGE names another node
# image, SCENARIOS plays some only (a,b,c).
set -euo pipefail
cd "$(dirname "$0")/../.."

images=(nginx:1.27 nginx:1.28 busybox:1.36 podium.dev/leaker:1)
name=podium-conformance
kind() { go run sigs.k8s.io/kind "$@"; }

# Some scenarios are about what a registry answers. Where none can be reached, the
# nodes get one on this machine that has the images and nothing else.
serve_registry() {
	local at image node
	at=$(docker network inspect kind -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' | tr ' ' '\n' | grep -m 1 -F .):5011
	GOBIN=$home go install github.com/google/go-containerregistry/cmd/crane@v0.20.6
	mkdir -p "$home/registry"
	"$home/crane" registry serve --address "$at" --disk "$home/registry" >"$home/registry.log" 2>&1 &
	registry=$!
	timeout 20 sh -c "until '$home/crane' catalog --insecure '$at' >/dev/null 2>&1; do sleep 0.1; done"
	for image in nginx:1.27 nginx:1.28 busybox:1.36; do
		docker save "$image" -o "$home/image.tar"
		"$home/crane" push --insecure "$home/image.tar" "$at/library/$image"
	done
	for node in $(kind get nodes --name $name); do
		docker exec -i "$node" sh -c 'mkdir -p /etc/containerd/certs.d/_default; cat > /etc/containerd/certs.d/_default/hosts.toml' <<-END
			server = "http://$at"
			[host."http://$at"]
			  capabilities = ["pull", "resolve"]
		END
	done
}

if [ -z "${PODIUM_CONFORMANCE_KUBECONFIG:-}" ]; then
	for image in "${images[@]}"; do
		docker image inspect "$image" >/dev/null 2>&1 || docker pull "$image" || {
			make bin/testimages.tar
			docker load -i bin/testimages.tar
			break
		}
	done
	home=$(mktemp -d)
	registry=
	trap 'kind delete cluster --name $name --kubeconfig "$home/kubeconfig"; [ -z "$registry" ] || kill "$registry"; rm -rf "$home"' EXIT
	kind create cluster --name $name --kubeconfig "$home/kubeconfig" --config cluster/conformance/kind.yaml ${PODIUM_NODE_IMAGE:+--image "$PODIUM_NODE_IMAGE"} --wait 3m
	kind load docker-image --name $name "${images[@]}"
	docker pull -q nginx:1.27 >/dev/null 2>&1 || serve_registry
	export PODIUM_CONFORMANCE_KUBECONFIG=$home/kubeconfig
fi
go test -tags kind -count 1 -timeout 90m -v -run '^TestARealCluster' ./cluster/conformance -scenario "${SCENARIOS:-}"
