// Package servetest has the SSH clients that the tests of serving use.
package servetest

import (
	"crypto/ed25519"
	"crypto/rand"
	"image"
	"io"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// patience is how long a connection may take, on a machine that does much else.
const patience = 5 * time.Minute

// Key makes a learner's key.
func Key(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// Keys is the text of a file that lets these keys in.
func Keys(keys ...ssh.Signer) []byte {
	var text []byte
	for _, k := range keys {
		text = append(text, ssh.MarshalAuthorizedKey(k.PublicKey())...)
	}
	return text
}

// Dial connects to a server on the loopback. The caller closes the client.
func Dial(address, user string, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	return ssh.Dial("tcp", address, &ssh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: patience, //nolint:gosec // loopback
	})
}

// A Visit is a client's session on a terminal.
type Visit struct {
	Client  *ssh.Client
	Session *ssh.Session
	In      io.Writer // what is typed
}

// Enter begins a session whose screen of a size is written to out. Its end is the
// test's.
func Enter(t testing.TB, address, user string, key ssh.Signer, size image.Point, env map[string]string, out io.Writer) Visit {
	t.Helper()
	client, err := Dial(address, user, ssh.PublicKeys(key))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	session.Stdout = out
	in, err := session.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range env {
		if err := session.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.RequestPty("xterm-256color", size.Y, size.X, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	return Visit{client, session, in}
}
