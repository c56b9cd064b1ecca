#!/usr/bin/env bash
# What `make test-kind` runs: everything about real clusters, on a machine with a
# container engine. Clusters are made by podium itself, under names of their own,
# and nothing of them is left. PODIUM_NODE_IMAGE names another node image.
# ENGINES='docker podman nerdctl' tests on each of these, one after the other, and
# proves all lessons on the first; otherwise it is the engine that podium chooses.
set -euo pipefail
cd "$(dirname "$0")/../.."

read -ra engines <<<"${ENGINES:-${KIND_EXPERIMENTAL_PROVIDER:-}}"
[ ${#engines[@]} -gt 0 ] || engines=('')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PODIUM_HOME=$work/home

# Each engine keeps its own images. Where none can be pulled, the first gets some
# that are made here, and the others what the first has, as in a classroom.
images() {
	if bin/podium images pull; then
		echo 'images: pulled, or there already'
	elif [ "$1" != "${engines[0]}" ]; then
		KIND_EXPERIMENTAL_PROVIDER=${engines[0]} bin/podium images save "$work/images.tar"
		bin/podium images load "$work/images.tar"
		rm "$work/images.tar"
		echo "images: from ${engines[0]}"
	elif command -v debootstrap >/dev/null; then
		make bin/testimages.tar
		bin/podium images load bin/testimages.tar
		echo 'images: made from Debian packages'
	else
		echo 'No image can be pulled here, and there is no debootstrap to make the lessons'\'' images with.' >&2
		exit 1
	fi
}

for engine in "${engines[@]}"; do
	[ -z "$engine" ] || echo "engine: $engine"
	export KIND_EXPERIMENTAL_PROVIDER=$engine
	images "$engine"
	go test -tags realkind -timeout 2h -count 1 -v -run "${RUN:-.}" ./cluster/kind
	[ -z "${RUN:-}" ] || continue
	lessons=()
	[ "$engine" = "${engines[0]}" ] || lessons=(tour)
	bin/podium verify --provider kind "${lessons[@]}"
done
