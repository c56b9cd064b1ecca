package lab

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"podium/i18n"
)

// Mode says what becomes of a file that the learner changed.
type Mode bool

// The modes.
const (
	Keep    Mode = false // it stays as it is
	Restore Mode = true  // the lesson's own takes its place; it is kept beside it
)

// yours ends the name under which a learner's work is kept beside the lesson's.
const yours = ".yours"

// Place writes a lesson's files into the learner's folder, which it makes.
func Place(folder string, files map[string]string, mode Mode) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return unwritable(folder, err)
	}
	root, err := os.OpenRoot(folder) // a lesson pack can name no file outside
	if err != nil {
		return unwritable(folder, err)
	}
	defer root.Close()
	for name, text := range files {
		if err := place(root, name, []byte(text), mode); err != nil {
			return unwritable(filepath.Join(folder, name), err)
		}
	}
	return nil
}

func unwritable(path string, err error) error {
	return i18n.Errorf(err, i18n.M("lab.files", "Path", path, "Problem", err.Error()))
}

func place(root *os.Root, name string, text []byte, mode Mode) error {
	have, err := root.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case bytes.Equal(have, text) || mode == Keep:
		return nil
	default:
		if err := root.Rename(name, name+yours); err != nil {
			return err
		}
	}
	return root.WriteFile(name, text, 0o600)
}
