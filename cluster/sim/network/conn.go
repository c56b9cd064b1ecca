package network

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// windowBytes bounds what one direction of a connection holds before its
// writer has to wait, like a socket's send and receive buffers together.
const windowBytes = 64 << 10

// newPair returns the two ends of a connection. Unlike net.Pipe it is buffered
// and can be half closed, which HTTP clients and port-forward rely on.
func newPair(client, server *net.TCPAddr) (clientEnd, serverEnd *conn) {
	up, down := &stream{}, &stream{}
	return newConn(down, up, client, server), newConn(up, down, server, client)
}

// conn is one end of a connection inside the network.
type conn struct {
	in, out       *stream
	local, remote *net.TCPAddr

	readBy, writeBy deadline

	once   sync.Once
	closed chan struct{}
}

func newConn(in, out *stream, local, remote *net.TCPAddr) *conn {
	return &conn{in: in, out: out, local: local, remote: remote, closed: make(chan struct{})}
}

// Read waits for bytes, the peer's end of file, this end's Close or the
// deadline, whichever is first.
func (c *conn) Read(p []byte) (int, error) {
	expired := c.readBy.passed()
	for {
		if isClosed(c.closed) {
			return 0, c.failed("read", net.ErrClosed)
		}
		if isClosed(expired) {
			return 0, c.failed("read", os.ErrDeadlineExceeded)
		}
		n, wait, err := c.in.take(p)
		if err != nil {
			return n, err // io.EOF stays bare: readers compare it with ==
		}
		if wait == nil {
			return n, nil
		}
		select {
		case <-wait:
		case <-expired:
		case <-c.closed:
		}
	}
}

// Write returns once every byte is in the peer's window.
func (c *conn) Write(p []byte) (int, error) {
	expired := c.writeBy.passed()
	for sent := 0; ; {
		if isClosed(c.closed) {
			return sent, c.failed("write", net.ErrClosed)
		}
		if isClosed(expired) {
			return sent, c.failed("write", os.ErrDeadlineExceeded)
		}
		n, wait, err := c.out.put(p[sent:])
		sent += n
		if err != nil {
			return sent, c.failed("write", err)
		}
		if wait == nil {
			return sent, nil
		}
		select {
		case <-wait:
		case <-expired:
		case <-c.closed:
		}
	}
}

// CloseWrite tells the peer that no more bytes come; reading goes on.
func (c *conn) CloseWrite() error {
	c.out.finish()
	return nil
}

// Close ends both directions. It may be called more than once.
func (c *conn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.out.finish()
		c.in.abandon()
		c.readBy.set(time.Time{})
		c.writeBy.set(time.Time{})
	})
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(t time.Time) error {
	c.readBy.set(t)
	c.writeBy.set(t)
	return nil
}

func (c *conn) SetReadDeadline(t time.Time) error  { c.readBy.set(t); return nil }
func (c *conn) SetWriteDeadline(t time.Time) error { c.writeBy.set(t); return nil }

// failed wraps err as the net package does, so that errors.Is and the
// Timeout/Temporary checks of crypto/tls and net/http see what they expect.
func (c *conn) failed(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// stream is one direction of a connection: a bounded queue of bytes.
type stream struct {
	mu       sync.Mutex
	bytes    []byte
	finished bool          // the writer has said that nothing more comes
	gone     bool          // the reader has closed
	changed  chan struct{} // closed at the next change; nil while nobody waits
}

// take moves bytes into p. A non-nil channel means that there were none yet.
func (s *stream) take(p []byte) (int, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p) == 0 {
		return 0, nil, nil
	}
	if len(s.bytes) == 0 {
		if s.finished {
			return 0, nil, io.EOF
		}
		return 0, s.nextChange(), nil
	}
	n := copy(p, s.bytes)
	s.bytes = s.bytes[n:]
	if len(s.bytes) == 0 {
		s.bytes = nil // an idle connection holds no buffer
	}
	s.announce()
	return n, nil, nil
}

// put queues what fits of p. A non-nil channel means that some did not fit.
func (s *stream) put(p []byte) (int, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished || s.gone {
		return 0, nil, os.NewSyscallError("write", syscall.EPIPE)
	}
	n := min(len(p), windowBytes-len(s.bytes))
	if n > 0 {
		s.bytes = append(s.bytes, p[:n]...)
		s.announce()
	}
	if n < len(p) {
		return n, s.nextChange(), nil
	}
	return n, nil, nil
}

func (s *stream) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished = true
	s.announce()
}

func (s *stream) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone, s.bytes = true, nil
	s.announce()
}

func (s *stream) nextChange() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *stream) announce() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// deadline is a moment that can be moved while others wait for it.
type deadline struct {
	mu    sync.Mutex
	timer *time.Timer
	done  chan struct{}
}

// passed returns the channel that is closed when the deadline has passed. A
// deadline set later into the past closes the channel already handed out:
// net/http stops a pending read that way when a connection is hijacked.
func (d *deadline) passed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done == nil {
		d.done = make(chan struct{})
	}
	return d.done
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.done // the timer has fired: its close comes first
	}
	d.timer = nil
	if d.done == nil || isClosed(d.done) {
		d.done = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	done := d.done
	wait := time.Until(t)
	if wait <= 0 {
		close(done)
		return
	}
	d.timer = time.AfterFunc(wait, func() { close(done) })
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
