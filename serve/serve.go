// Package serve lets people into podium over SSH: to watch the presenter's lab,
// or into a lab of their own. It knows keys, names and connections; what is
// drawn, and what a lab is, its caller says.
package serve

import (
	"context"
	"errors"
	"image"
	"io"
	"net"
	"os/exec"
	"slices"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"podium/i18n"
)

// The users that are no learner's name.
const (
	WatchUser = "watch" // looks on
	LabUser   = "lab"   // has a lab of their own, under the name of their key
)

// Options say who may come in and what they find.
type Options struct {
	HostKey string // a file; made when it isn't there
	Keys    string // a file of authorized keys, read at every login
	Names   string // a file that keeps whose key has which name

	// Watch draws for somebody who watches, until they leave or ctx ends.
	Watch func(ctx context.Context, g Guest) error

	// Lab returns what a learner's lab is, not yet started; its terminal is the
	// server's to give. Cancelling ctx ends it. Nil lets nobody in but watchers.
	Lab func(ctx context.Context, g Guest) (*exec.Cmd, error)

	MostWatchers, MostLabs int // at once
}

// A Guest is somebody who came in.
type Guest struct {
	Name  string // a learner's; "" for who watches
	Lang  i18n.Language
	Env   []string // TERM and COLORTERM, and no other
	In    io.Reader
	Out   io.Writer
	Size  image.Point
	Sizes <-chan image.Point // newest wins; closed when the guest has left
}

// A Server listens for guests. [Server.Serve] runs it.
type Server struct {
	options Options
	ssh     *ssh.Server
	names   *names
	cancel  context.CancelFunc
	ctx     context.Context //nolint:containedctx // of every guest's session
	grace   time.Duration   // for guests to leave when the server ends

	mu       sync.Mutex
	watchers int
	labs     map[string]*labSession // by learner
	sessions sync.WaitGroup
}

// limits on what somebody without a key can hold up.
const (
	handshakeLimit = 20 * time.Second
	mostStrangers  = 64
)

// New reads the keys and makes the host's own key unless there is one. Its error
// has a sentence.
func New(o Options) (*Server, error) {
	if _, err := readKeys(o.Keys); err != nil {
		return nil, err
	}
	signer, err := hostKey(o.HostKey)
	if err != nil {
		return nil, err
	}
	known, err := openNames(o.Names)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, names: known, labs: map[string]*labSession{}, grace: farewell + time.Second}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	gate := newGate(mostStrangers + o.MostWatchers + o.MostLabs)
	s.ssh = &ssh.Server{
		Version: "podium", HostSigners: []ssh.Signer{signer}, HandshakeTimeout: handshakeLimit,
		PublicKeyHandler: func(_ ssh.Context, key ssh.PublicKey) bool {
			keys, err := readKeys(o.Keys)
			return err == nil && slices.ContainsFunc(keys, func(k ssh.PublicKey) bool { return ssh.KeysEqual(k, key) })
		},
		PtyHandler:        keepPty,
		ConnCallback:      func(_ ssh.Context, c net.Conn) net.Conn { return gate.enter(c) },
		Handler:           s.handle,
		ChannelHandlers:   map[string]ssh.ChannelHandler{"session": oneSession}, // no forwarding of any kind
		RequestHandlers:   map[string]ssh.RequestHandler{"none": nil},
		SubsystemHandlers: map[string]ssh.SubsystemHandler{"none": nil}, // no sftp
	}
	return s, nil
}

// Serve lets guests in at l until ctx ends, then ends their sessions and returns
// when all have ended. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	end := func() {
		s.mu.Lock()
		s.cancel()
		s.mu.Unlock()
		_ = l.Close()
	}
	defer context.AfterFunc(ctx, end)()
	err := s.ssh.Serve(l)
	end()
	// Who doesn't read is written to in vain for ever, unless the connection ends.
	defer time.AfterFunc(s.grace, func() { _ = s.ssh.Close() }).Stop()
	s.sessions.Wait()
	_ = s.ssh.Close()
	if ctx.Err() != nil || errors.Is(err, ssh.ErrServerClosed) {
		return nil
	}
	return i18n.Errorf(err, i18n.M("serve.ended", "Problem", err.Error()))
}

// HostKey is the fingerprint by which clients know the server.
func (s *Server) HostKey() string { return gossh.FingerprintSHA256(s.ssh.HostSigners[0].PublicKey()) }

// Names returns every learner who was ever let in, in order.
func (s *Server) Names() []string { return s.names.all() }

// Present reports whether a learner is in the lab now.
func (s *Server) Present(learner string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.labs[learner] != nil
}

// Watching returns how many watch now.
func (s *Server) Watching() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watchers
}

// handle is one session from its beginning to its end.
func (s *Server) handle(session ssh.Session) {
	s.mu.Lock()
	ended := s.ctx.Err() != nil
	if !ended {
		s.sessions.Add(1)
	}
	s.mu.Unlock()
	if ended {
		return
	}
	defer s.sessions.Done()
	lang := languageOf(session.Environ())
	err := s.admit(session, lang)
	if err != nil && s.ctx.Err() == nil {
		_, _ = io.WriteString(session, "podium: "+lang.Say(i18n.Explain(err))+"\r\n")
		_ = session.Exit(1)
	}
}

func (s *Server) admit(session ssh.Session, lang i18n.Language) error {
	pty, ok := ptyOf(session)
	switch {
	case session.RawCommand() != "":
		return i18n.Errorf(nil, i18n.M("serve.no-command"))
	case !ok:
		return i18n.Errorf(nil, i18n.M("serve.no-terminal"))
	}
	ctx, cancel := context.WithCancel(session.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	_, windows, _ := session.Pty()
	g := Guest{
		Lang: lang, Env: terminalOf(pty.Term, session.Environ()), In: session, Out: session,
		Size: sizeOf(pty.Window), Sizes: sizes(ctx, windows),
	}
	if session.User() == WatchUser {
		return s.watch(ctx, g)
	}
	name, err := s.names.claim(session.User(), session.PublicKey())
	if err != nil {
		return err
	}
	g.Name = name
	return s.lab(ctx, g)
}

func (s *Server) watch(ctx context.Context, g Guest) error {
	s.mu.Lock()
	full := s.watchers >= s.options.MostWatchers
	if !full {
		s.watchers++
	}
	s.mu.Unlock()
	if full {
		return i18n.Errorf(nil, i18n.M("serve.full", "Most", s.options.MostWatchers))
	}
	defer func() {
		s.mu.Lock()
		s.watchers--
		s.mu.Unlock()
	}()
	// Bubble Tea writes plain newlines where its input is no terminal.
	g.Out = ssh.NewPtyWriter(g.Out)
	return s.options.Watch(ctx, g)
}
