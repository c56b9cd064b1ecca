//go:build !windows

package state

import "github.com/google/renameio/v2"

// WriteFile writes data to path, all of it or nothing, for the user's eyes alone.
func WriteFile(path string, data []byte) error { return renameio.WriteFile(path, data, 0o600) }
