//go:build !windows

package ownfile

import "github.com/google/renameio/v2"

// Write writes data to path, all of it or nothing, for the user's eyes alone.
func Write(path string, data []byte) error { return renameio.WriteFile(path, data, 0o600) }
