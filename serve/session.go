package serve

import (
	"context"
	"image"
	"net"
	"strings"
	"sync"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"podium/i18n"
)

// keys of what is kept with a connection.
type contextKey string

const (
	ptyKey     contextKey = "pty"
	sessionKey contextKey = "session"
)

// keepPty keeps what a client said of its terminal. It makes none: watchers need
// none, and a lab gets one of its own.
func keepPty(ctx ssh.Context, _ ssh.Session, pty ssh.Pty) (func() error, error) {
	ctx.SetValue(ptyKey, pty)
	return func() error { return nil }, nil
}

func ptyOf(session ssh.Session) (ssh.Pty, bool) {
	pty, ok := session.Context().Value(ptyKey).(ssh.Pty)
	return pty, ok
}

// oneSession lets a connection have one session: what is kept with the
// connection is then the session's.
func oneSession(srv *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
	ctx.Lock()
	taken := ctx.Value(sessionKey) != nil
	if !taken {
		ctx.SetValue(sessionKey, true)
	}
	ctx.Unlock()
	if taken {
		_ = ch.Reject(gossh.ResourceShortage, "one session for each connection")
		return
	}
	ssh.DefaultSessionHandler(srv, conn, ch, ctx)
}

// languageOf is the language a client asks for as programs are asked: SSH sends
// the locale along where both sides agree to it.
func languageOf(environ []string) i18n.Language {
	var wishes []string
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, pair := range environ {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				wishes = append(wishes, value)
			}
		}
	}
	return i18n.Match(wishes...)
}

// terminalOf is the environment that says what the guest's terminal can draw.
// Nothing else a client sends is believed.
func terminalOf(term string, environ []string) []string {
	env := []string{"TERM=" + word(term, "xterm-256color")}
	for _, pair := range environ {
		if value, ok := strings.CutPrefix(pair, "COLORTERM="); ok && word(value, "") != "" {
			env = append(env, pair)
		}
	}
	return env
}

// word is s if it is a short word, else otherwise.
func word(s, otherwise string) string {
	odd := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_+.", r)
	})
	if s == "" || len(s) > 40 || odd >= 0 {
		return otherwise
	}
	return s
}

// The largest window that is drawn for: beyond it a client only wants to cost.
var largest = image.Pt(500, 200)

func sizeOf(w ssh.Window) image.Point {
	if w.Width <= 0 || w.Height <= 0 {
		return image.Pt(80, 24)
	}
	return image.Pt(min(w.Width, largest.X), min(w.Height, largest.Y))
}

// sizes hands on what the window's size has become, newest wins, so that the
// client's requests never wait.
func sizes(ctx context.Context, windows <-chan ssh.Window) <-chan image.Point {
	box := make(chan image.Point, 1)
	go func() {
		defer close(box)
		for {
			select {
			case w, ok := <-windows:
				if !ok {
					return
				}
				select {
				case <-box:
				default:
				}
				box <- sizeOf(w)
			case <-ctx.Done():
				// Whoever still resizes must find somebody who reads.
				go func() {
					for range windows {
					}
				}()
				return
			}
		}
	}()
	return box
}

// A gate bounds how many connections there are.
type gate struct{ seats chan struct{} }

func newGate(most int) *gate { return &gate{make(chan struct{}, most)} }

// enter returns a connection that leaves the gate when it is closed, or nil when
// there are too many.
func (g *gate) enter(c net.Conn) net.Conn {
	select {
	case g.seats <- struct{}{}:
		return &gated{Conn: c, gate: g}
	default:
		return nil
	}
}

type gated struct {
	net.Conn
	gate *gate
	once sync.Once
}

// Close implements [net.Conn].
func (c *gated) Close() error {
	c.once.Do(func() { <-c.gate.seats })
	return c.Conn.Close()
}
