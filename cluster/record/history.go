package record

import (
	"iter"
	"slices"

	"podium/cluster"
)

// chunk is how many changes are sealed together: appending copies less than one
// chunk, and forgetting drops one chunk.
const chunk = 512

// A history is a list of changes that can grow without copying what is there.
// It is a value: two histories grown from one share all but their ends, and
// neither sees the other's.
type history struct {
	sealed [][]cluster.Change // each chunk long
	tail   []cluster.Change   // shorter than chunk
}

func (h history) len() int { return len(h.sealed)*chunk + len(h.tail) }

// append returns h with changes at its end. Nothing that h holds is written to.
func (h history) append(changes []cluster.Change) history {
	h.tail = slices.Concat(h.tail, changes)
	if len(h.tail) < chunk {
		return h
	}
	h.sealed = slices.Clip(h.sealed)
	for len(h.tail) >= chunk {
		h.sealed = append(h.sealed, h.tail[:chunk:chunk])
		h.tail = h.tail[chunk:]
	}
	h.tail = slices.Clone(h.tail) // or it would keep the sealed part's array
	return h
}

// dropFirst returns h without its oldest chunk, and that chunk.
func (h history) dropFirst() (history, []cluster.Change) {
	first := h.sealed[0]
	h.sealed = h.sealed[1:]
	return h, first
}

// all yields the changes, oldest first.
func (h history) all() iter.Seq[cluster.Change] {
	return func(yield func(cluster.Change) bool) {
		for _, part := range h.sealed {
			for _, c := range part {
				if !yield(c) {
					return
				}
			}
		}
		for _, c := range h.tail {
			if !yield(c) {
				return
			}
		}
	}
}
