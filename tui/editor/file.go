package editor

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/google/renameio/v2/maybe"

	"podium/i18n"
)

// sizeLimit bounds a file that is edited: the API server takes no object of
// more than 1.5 MiB (etcd's request limit).
const sizeLimit = 1 << 20

// file is what must be known of a file to write it back as it was.
type file struct {
	name  string // as the learner typed it
	path  string // with links followed, so that saving keeps them
	mode  fs.FileMode
	crlf  bool // lines ended in CR LF
	ended bool // the last line had an end
}

// load reads a file into lines. A file that isn't there is empty and will be
// made by saving. The error has a sentence.
func load(name string) (file, []string, error) {
	f := file{name: name, path: name, mode: 0o644, ended: true}
	if path, err := filepath.EvalSymlinks(name); err == nil {
		f.path = path
	}
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, []string{""}, nil
	case err != nil:
		return f, nil, unreadable(name, err)
	case !info.Mode().IsRegular():
		return f, nil, i18n.Errorf(nil, i18n.M("editor.no-file", "Name", name))
	case info.Size() > sizeLimit:
		return f, nil, i18n.Errorf(nil, i18n.M("editor.large", "Name", name))
	}
	f.mode = info.Mode().Perm()
	data, err := read(f.path)
	if err != nil {
		return f, nil, unreadable(name, err)
	}
	if len(data) > sizeLimit {
		return f, nil, i18n.Errorf(nil, i18n.M("editor.large", "Name", name))
	}
	if bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(data) {
		return f, nil, i18n.Errorf(nil, i18n.M("editor.binary", "Name", name))
	}
	text := string(data)
	f.crlf = strings.Contains(text, "\r\n")
	if f.crlf {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	f.ended = text == "" || strings.HasSuffix(text, "\n")
	return f, strings.Split(strings.TrimSuffix(text, "\n"), "\n"), nil
}

// read reads at most one byte more than a file may have.
func read(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, sizeLimit+1))
}

// save puts lines in the file's place in one step, with the mode it had.
func (f file) save(lines []string) error {
	text := strings.Join(lines, "\n")
	if f.ended && text != "" {
		text += "\n"
	}
	if f.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	err := maybe.WriteFile(f.path, []byte(text), f.mode)
	if err == nil {
		err = os.Chmod(f.path, f.mode) // the umask may have taken something
	}
	if err != nil {
		return i18n.Errorf(err, i18n.M("editor.unwritable", "Name", f.name, "Reason", reason(err)))
	}
	return nil
}

func unreadable(name string, err error) error {
	return i18n.Errorf(err, i18n.M("editor.unreadable", "Name", name, "Reason", reason(err)))
}

// reason is an error's own words without the path, which the sentence has.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
