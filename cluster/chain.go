package cluster

import (
	"slices"
	"strings"
)

// makes says which kind a controller makes for an object of a kind, so that the
// one owns the other (owner references with controller: true, set by
// k8s.io/kubernetes/pkg/controller).
var makes = map[string]string{
	"Deployment": "ReplicaSet", "ReplicaSet": "Pod", "DaemonSet": "Pod", "StatefulSet": "Pod",
	"CronJob": "Job", "Job": "Pod", "Service": "EndpointSlice",
}

// Chains returns every chain of owners that a kind is part of, each from the
// topmost owner down: Deployment, ReplicaSet, Pod. A kind that neither owns nor
// is owned by another is in none.
func (k Kind) Chains() [][]string {
	var chains [][]string
	for _, top := range kinds {
		if isMade(top.Kind) {
			continue
		}
		chain := []string{top.Kind}
		for below := makes[top.Kind]; below != ""; below = makes[below] {
			chain = append(chain, below)
		}
		if len(chain) > 1 && slices.Contains(chain, k.Kind) {
			chains = append(chains, chain)
		}
	}
	return chains
}

func isMade(kind string) bool {
	for _, below := range makes {
		if below == kind {
			return true
		}
	}
	return false
}

// FindKind returns the watched kind that a word names as kubectl understands it:
// its kind, its plural or its short name, in any case.
func FindKind(word string) (Kind, bool) {
	word = strings.ToLower(word)
	for _, k := range kinds {
		if slices.Contains(k.Names(), word) {
			return k, true
		}
	}
	return Kind{}, false
}

// Names are the words that kubectl takes for the kind, in small letters.
func (k Kind) Names() []string {
	names := []string{strings.ToLower(k.Kind), k.Resource}
	if k.Short != "" {
		names = append(names, k.Short)
	}
	return names
}
