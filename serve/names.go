package serve

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"podium/i18n"
	"podium/ownfile"
)

// learnerName is what a learner can be called: a name that is the same as a
// namespace's, so that no two names share one.
var learnerName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const longestName = 32

// names says whose key has which name. A key has one name for good, and a name
// one key: what lies under it is its owner's alone.
type names struct {
	file string
	mu   sync.Mutex
	keys map[string]string // names, by the fingerprints of their keys
}

func openNames(file string) (*names, error) {
	n := &names{file: file, keys: map[string]string{}}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &n.keys)
	}
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("serve.names", "File", file, "Problem", reason(err)))
	}
	return n, nil
}

// claim returns the name of a key whose owner asked for user. A new key takes
// the name if it is free; [LabUser] takes whatever name the key has.
func (n *names) claim(user string, key ssh.PublicKey) (string, error) {
	if key == nil {
		return "", i18n.Errorf(nil, i18n.M("serve.no-key"))
	}
	print := gossh.FingerprintSHA256(key)
	n.mu.Lock()
	defer n.mu.Unlock()
	has, known := n.keys[print]
	switch {
	case known && (user == LabUser || user == has):
		return has, nil
	case known:
		return "", i18n.Errorf(nil, i18n.M("serve.other-name", "Name", has))
	case user == LabUser:
		user = nameOf(key)
	case len(user) < 2 || len(user) > longestName || !learnerName.MatchString(user) || strings.HasPrefix(user, "learner-"):
		return "", i18n.Errorf(nil, i18n.M("serve.bad-name"))
	}
	for _, taken := range n.keys {
		if taken == user {
			return "", i18n.Errorf(nil, i18n.M("serve.taken", "Name", user))
		}
	}
	next := maps.Clone(n.keys)
	next[print] = user
	if err := ownfile.Save(n.file, next); err != nil {
		return "", i18n.Errorf(err, i18n.M("serve.names", "File", n.file, "Problem", reason(err)))
	}
	n.keys = next
	return user, nil
}

// nameOf makes a name of a key that says none.
func nameOf(key ssh.PublicKey) string {
	sum := sha256.Sum256(key.Marshal())
	return "guest-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

func (n *names) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(maps.Values(n.keys))
}
