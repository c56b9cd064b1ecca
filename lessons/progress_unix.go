//go:build !windows

package lessons

import "github.com/google/renameio/v2"

func writeFile(path string, data []byte) error { return renameio.WriteFile(path, data, 0o600) }
