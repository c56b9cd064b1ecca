package ownfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces a file by renaming, which Windows does as one step for two
// names in one folder; renameio refuses to promise it and is not built there.
func Write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
