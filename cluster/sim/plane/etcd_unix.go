//go:build unix

package main

import (
	"errors"
	"io/fs"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
)

// listenEtcd puts etcd on a socket in the private home directory and returns
// the API server's flags for it.
func listenEtcd(config *embed.Config, home string, _ *credentials) ([]string, error) {
	path, err := socketPath(home, fileEtcd)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	config.ListenClientUrls = []url.URL{{Scheme: "unix", Path: path}}
	// Only a name: nobody looks it up, and etcd refuses a socket here.
	config.AdvertiseClientUrls = []url.URL{{Scheme: "http", Host: "localhost:2379"}}
	return []string{"--etcd-servers=unix://" + path}, nil
}
