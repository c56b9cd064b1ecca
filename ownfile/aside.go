package ownfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// asideTries bounds how many broken files are kept.
const asideTries = 100

// SetAside renames a file that can't be understood, so that it is neither read
// again nor written over, and returns its new name.
func SetAside(path string) (string, error) {
	for i := 1; i <= asideTries; i++ {
		aside := fmt.Sprintf("%s.broken-%d", path, i)
		if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return aside, os.Rename(path, aside)
	}
	return "", fmt.Errorf("%s: %d broken ones are kept already", path, asideTries)
}
