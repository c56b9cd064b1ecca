package serve

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"podium/i18n"
	"podium/ownfile"
)

// readKeys reads a file of authorized keys. A line with options is an error: what
// it is meant to hold its key to would not be done.
func readKeys(file string) ([]ssh.PublicKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("serve.keys-unreadable", "File", file, "Problem", reason(err)))
	}
	var keys []ssh.PublicKey
	for i, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, _, options, _, err := ssh.ParseAuthorizedKey(line)
		if err != nil || len(options) > 0 {
			return nil, i18n.Errorf(err, i18n.M("serve.keys-line", "File", file, "Line", i+1))
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, i18n.Errorf(nil, i18n.M("serve.keys-empty", "File", file))
	}
	return keys, nil
}

// hostKey reads the host's key, which clients remember, or makes it.
func hostKey(file string) (gossh.Signer, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = newHostKey(file)
	}
	if err == nil {
		var signer gossh.Signer
		if signer, err = gossh.ParsePrivateKey(data); err == nil {
			return signer, nil
		}
	}
	return nil, i18n.Errorf(err, i18n.M("serve.host-key", "File", file, "Problem", reason(err)))
}

func newHostKey(file string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := gossh.MarshalPrivateKey(private, "podium")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	data := pem.EncodeToMemory(block)
	return data, ownfile.Write(file, data)
}

// reason is an error's own words without the path, which the sentence has.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
