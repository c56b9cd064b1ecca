package why

import (
	"iter"
	"slices"
	"sort"
	"time"
)

// chunk is how many entries are sealed together: appending copies less than one
// chunk, and forgetting drops one.
const chunk = 256

// A log is a list of dated entries, oldest first, that grows without copying
// what is there. It is a value: two logs grown from one share all but their
// ends, and neither sees the other's.
type log[T interface{ when() time.Time }] struct {
	sealed [][]T // each chunk long
	tail   []T   // shorter than chunk
}

// append returns l with entries at its end and, beyond most, without its oldest.
func (l log[T]) append(most int, entries ...T) log[T] {
	if len(entries) == 0 {
		return l
	}
	l.tail = slices.Concat(l.tail, entries)
	if len(l.tail) >= chunk {
		l.sealed = slices.Clip(l.sealed)
	}
	for len(l.tail) >= chunk {
		l.sealed = append(l.sealed, l.tail[:chunk:chunk])
		l.tail = l.tail[chunk:]
	}
	l.sealed = l.sealed[max(0, len(l.sealed)-most/chunk):]
	return l
}

// until returns l as it was at a time.
func (l log[T]) until(t time.Time) log[T] {
	later := func(part []T) int { return sort.Search(len(part), func(i int) bool { return part[i].when().After(t) }) }
	n := sort.Search(len(l.sealed), func(i int) bool { return l.sealed[i][chunk-1].when().After(t) })
	if n == len(l.sealed) {
		l.tail = slices.Clip(l.tail[:later(l.tail)])
		return l
	}
	part := l.sealed[n]
	return log[T]{sealed: slices.Clip(l.sealed[:n]), tail: slices.Clip(part[:later(part)])}
}

func (l log[T]) len() int { return len(l.sealed)*chunk + len(l.tail) }

// back yields the entries, newest first.
func (l log[T]) back() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, e := range slices.Backward(l.tail) {
			if !yield(e) {
				return
			}
		}
		for _, part := range slices.Backward(l.sealed) {
			for _, e := range slices.Backward(part) {
				if !yield(e) {
					return
				}
			}
		}
	}
}
