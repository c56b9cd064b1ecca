//go:build unix

package doctor

import "golang.org/x/sys/unix"

// free is how many bytes an ordinary user may still write beside path, or 0.
func free(path string) uint64 {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return 0
	}
	return uint64(s.Bavail) * uint64(s.Bsize) //nolint:unconvert,gosec // their types differ between systems; neither is negative
}
