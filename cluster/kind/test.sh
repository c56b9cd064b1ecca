#!/usr/bin/env bash
# What `make test-kind` runs: everything about real clusters, on a machine with a
# container engine. Clusters are made by podium itself, under names of their own,
# and nothing of them is left. PODIUM_NODE_IMAGE names another node image.
set -euo pipefail
cd "$(dirname "$0")/../.."

if PODIUM_HOME=$(mktemp -d) bin/podium images pull; then
	echo 'images: pulled, or there already'
elif command -v debootstrap >/dev/null; then
	make bin/testimages.tar
	PODIUM_HOME=$(mktemp -d) bin/podium images load bin/testimages.tar
	echo 'images: made from Debian packages'
else
	echo 'No image can be pulled here, and there is no debootstrap to make the lessons'\'' images with.' >&2
	exit 1
fi
go test -tags realkind -timeout 2h -count 1 -v -run "${RUN:-.}" ./cluster/kind
[ -n "${RUN:-}" ] || bin/podium verify --provider kind
