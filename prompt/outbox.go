package prompt

import (
	"io"
	"sync"
)

// outboxLimit is how much may wait for a program that does not read: more than
// any paste into a prompt, little enough to forget.
const outboxLimit = 1 << 20

// outbox is what is to be written to a program: keys, and the terminal's
// replies to its questions. Adding never waits, so that a program that asks
// without reading the answers can't stop the emulator. What goes beyond the
// limit is dropped.
type outbox struct {
	mu     sync.Mutex
	more   *sync.Cond
	data   []byte
	closed bool
}

func newOutbox() *outbox {
	o := &outbox{}
	o.more = sync.NewCond(&o.mu)
	return o
}

// Write implements io.Writer; it never fails and never waits.
func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.data)+len(p) <= outboxLimit {
		o.data = append(o.data, p...)
		o.more.Signal()
	}
	return len(p), nil
}

// close lets deliver return.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.more.Broadcast()
}

// deliver writes what comes in to w until the outbox is closed or w fails.
func (o *outbox) deliver(w io.Writer) {
	for {
		o.mu.Lock()
		for len(o.data) == 0 && !o.closed {
			o.more.Wait()
		}
		data := o.data
		o.data = nil
		closed := o.closed
		o.mu.Unlock()
		if closed {
			return
		}
		if _, err := w.Write(data); err != nil {
			return
		}
	}
}
