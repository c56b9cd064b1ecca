package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// socketLimit is the longest path of a socket: sun_path has 104 bytes on macOS,
// the shortest of the systems, its ending zero included.
const socketLimit = 103

// socketPath returns where the socket called name lives: under home, or, where
// that cannot be a socket's path and part of a URL, in a private directory named
// after it.
func socketPath(home, name string) (string, error) {
	path := filepath.Join(home, name)
	if fits(path) {
		return path, nil
	}
	dir := socketDir(home)
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", err
	}
	// The temporary directory is everybody's: take only what is ours and private.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !private(info) {
		return "", fmt.Errorf("%s is not a private directory of yours: remove it", dir)
	}
	return filepath.Join(dir, name), nil
}

func socketDir(home string) string {
	sum := sha256.Sum256([]byte(home))
	dir := filepath.Join(os.TempDir(), "podium-"+hex.EncodeToString(sum[:6]))
	if !fits(filepath.Join(dir, fileNetwork)) {
		dir = filepath.Join("/tmp", filepath.Base(dir))
	}
	return dir
}

// fits reports whether path can be a socket's and stand in a URL, and in a list
// of them, as it is.
func fits(path string) bool {
	return len(path) <= socketLimit && !strings.ContainsFunc(path, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`%?#,"<>[]{}|^`, r)
	})
}

// removeSockets removes what socketPath gave out for home.
func removeSockets(home string) {
	for _, dir := range []string{home, socketDir(home)} {
		for _, name := range []string{fileNetwork, fileEtcd} {
			_ = os.Remove(filepath.Join(dir, name))
		}
	}
	_ = os.Remove(socketDir(home)) // only if it is there and empty
}
