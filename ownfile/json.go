package ownfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Save writes v as JSON to path as [Write] does, and makes its folder.
func Save(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = Write(path, append(data, '\n'))
	}
	return err
}

// Load reads into v what [Save] wrote of a value with a field "version", of which
// newest is the latest that is understood. Where there is no file v stays as it
// is. A file that can't be understood is set aside, never written over: then
// aside is its new name, and v is of no use, as after any error.
func Load(path string, newest int, v any) (aside string, err error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	var head struct {
		Version int `json:"version"`
	}
	if err = json.Unmarshal(data, &head); err == nil && (head.Version < 1 || head.Version > newest) {
		err = fmt.Errorf("version %d", head.Version)
	}
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err == nil {
		return "", nil
	}
	aside, failed := SetAside(path)
	if failed != nil {
		return "", errors.Join(err, failed)
	}
	return aside, err
}
