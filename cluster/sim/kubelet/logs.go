package kubelet

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"
)

// logBytes bounds what is kept of one container's output. The oldest lines go
// first, as they do when a kubelet rotates its log files.
const logBytes = 256 << 10

// logBook is the output of one run of a container.
type logBook struct {
	mu      sync.Mutex
	lines   []logLine
	dropped int // lines that went
	size    int
	closed  bool
	changed chan struct{} // closed at the next line; nil while nobody follows
}

type logLine struct {
	at   time.Time
	text []byte // with its line break
}

func (l *logBook) add(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.lines = append(l.lines, logLine{time.Now(), text})
	l.size += len(text)
	for l.size > logBytes && len(l.lines) > 1 {
		l.size -= len(l.lines[0].text)
		l.lines[0].text = nil
		l.lines = l.lines[1:]
		l.dropped++
	}
	l.announce()
}

// close ends the book: those who follow it reach its end.
func (l *logBook) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.announce()
}

func (l *logBook) announce() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// after returns the lines from number on, the number to go on with, and what to
// wait for; a nil channel means that no more come.
func (l *logBook) after(number int) ([]logLine, int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := max(number-l.dropped, 0)
	lines := l.lines[min(from, len(l.lines)):len(l.lines):len(l.lines)]
	next := l.dropped + len(l.lines)
	if l.closed {
		return lines, next, nil
	}
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return lines, next, l.changed
}

// logOptions are those of `kubectl logs`.
type logOptions struct {
	follow, timestamps bool
	tail               int // -1: all
	since              time.Time
	limit              int64 // bytes; 0: none
}

// write copies the book to w as the options say, flushing after each batch.
func (l *logBook) write(ctx context.Context, w io.Writer, flush func(), o logOptions) error {
	lines, next, more := l.after(0)
	if o.tail >= 0 && len(lines) > o.tail {
		lines = lines[len(lines)-o.tail:]
	}
	left := o.limit
	for {
		for _, line := range lines {
			if line.at.Before(o.since) {
				continue
			}
			text := line.text
			if o.timestamps {
				text = append([]byte(line.at.UTC().Format(time.RFC3339Nano)+" "), text...)
			}
			if o.limit > 0 {
				if left <= 0 {
					return nil
				}
				text = text[:min(int64(len(text)), left)]
				left -= int64(len(text))
			}
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		flush()
		if !o.follow || more == nil {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil
		}
		lines, next, more = l.after(next)
	}
}

// lineWriter cuts what a process writes into lines, and passes it on as it
// comes to whoever is attached.
type lineWriter struct {
	book *logBook

	mu       sync.Mutex
	part     []byte
	attached map[chan []byte]bool
}

const (
	// longestLine is where a line without an end is cut, as containerd's CRI does.
	longestLine = 16 << 10

	// attachedChunks is how many writes wait for a slow client; further ones
	// are dropped, because a container must not wait for who looks at it.
	attachedChunks = 256
)

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for client := range w.attached {
		select {
		case client <- bytes.Clone(p):
		default:
		}
	}
	w.part = append(w.part, p...)
	for {
		end := bytes.IndexByte(w.part, '\n') + 1
		if end == 0 && len(w.part) < longestLine {
			return len(p), nil
		}
		if end == 0 || end > longestLine {
			end = longestLine
		}
		w.book.add(bytes.Clone(w.part[:end]))
		w.part = append(w.part[:0:0], w.part[end:]...)
	}
}

// attach returns what is written from now on. detach ends that.
func (w *lineWriter) attach() (chunks <-chan []byte, detach func()) {
	client := make(chan []byte, attachedChunks)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.attached == nil {
		w.attached = map[chan []byte]bool{}
	}
	w.attached[client] = true
	return client, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.attached, client)
	}
}

// flush writes what has no line break yet.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.part) > 0 {
		w.book.add(w.part)
		w.part = nil
	}
}
