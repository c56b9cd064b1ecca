package traffic

import "time"

// An outage finds the longest run of failed requests. Outcomes come in any
// order, a timeout long after the answers to later requests; they are judged in
// the order in which the requests were sent. The zero outage is ready for use.
type outage struct {
	next   int // the first request without an outcome
	early  map[int]outcome
	since  time.Time // when the first failed request of the present run was sent; zero: none
	length time.Duration
}

// An outcome is what became of a request.
type outcome struct {
	sent      time.Time
	good      bool
	withdrawn bool
}

func (o *outage) add(seq int, result outcome) {
	if o.early == nil {
		o.early = map[int]outcome{}
	}
	o.early[seq] = result
	for {
		result, ok := o.early[o.next]
		if !ok {
			return
		}
		delete(o.early, o.next)
		o.next++
		switch {
		case result.withdrawn:
		case !result.good && o.since.IsZero():
			o.since = result.sent
		case result.good && !o.since.IsZero():
			o.length = max(o.length, result.sent.Sub(o.since))
			o.since = time.Time{}
		}
	}
}

// longest returns the longest run until now, the present one included.
func (o *outage) longest(now time.Time) time.Duration {
	if o.since.IsZero() {
		return o.length
	}
	return max(o.length, now.Sub(o.since))
}
