package prompt

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"podium/i18n"
)

// nowhere is the one file outside the lesson's folder that may be named.
const nowhere = "/dev/null"

// inside refuses paths that leave the lesson's folder by their form alone.
func inside(path string) error {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return refuse("prompt.outside", "Path", path)
	}
	return nil
}

// folder is the lesson's folder. Every file the prompt's own words open is
// opened through it, so that no link and no .. leads out.
type folder struct {
	path string
	root *os.Root
}

// openFolder opens the folder; the caller closes its root.
func openFolder(path string) (folder, error) {
	if path == "" {
		path = "."
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return folder{}, i18n.Errorf(err, i18n.M("prompt.no-folder", "Path", path))
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return folder{}, i18n.Errorf(err, i18n.M("prompt.no-folder", "Path", path))
	}
	return folder{path: path, root: root}, nil
}

// relative turns a path as the interpreter hands it over, which may be joined
// to the folder's, back into the learner's.
func (f folder) relative(path string) string {
	if path == f.path {
		return "."
	}
	if rest, ok := strings.CutPrefix(path, f.path+string(filepath.Separator)); ok {
		return rest
	}
	return path
}

// open opens a file as os.OpenFile does. Its errors have a sentence.
func (f folder) open(path string, flag int, perm fs.FileMode) (*os.File, error) {
	if path == nowhere {
		return os.OpenFile(os.DevNull, flag&^os.O_TRUNC, perm)
	}
	path = f.relative(path)
	if err := inside(path); err != nil {
		return nil, err
	}
	file, err := f.root.OpenFile(path, flag, perm)
	if err != nil {
		return nil, fileError(path, err)
	}
	return file, nil
}

func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return i18n.Errorf(err, i18n.M("prompt.no-file", "Path", path))
	case strings.Contains(err.Error(), "path escapes"): // os.Root exports no error for it
		return i18n.Errorf(err, i18n.M("prompt.outside", "Path", path))
	}
	return i18n.Errorf(err, i18n.M("prompt.file", "Path", path, "Reason", reason(err)))
}

// reason is an error's own words without the path, which the sentence has.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// check reports whether path may be opened by a program that is given its name.
// It need not exist.
func (f folder) check(path string) error {
	if err := inside(path); err != nil {
		return err
	}
	_, err := f.root.Stat(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fileError(path, err)
}

// options hands the folder to the interpreter for redirections and patterns. A
// file that can't be opened ends the script: the interpreter would say so in its
// own words otherwise.
func (f folder) options() []interp.RunnerOption {
	return []interp.RunnerOption{
		interp.OpenHandler(func(_ context.Context, path string, flag int, perm fs.FileMode) (io.ReadWriteCloser, error) {
			file, err := f.open(path, flag, perm)
			if err != nil {
				return nil, err
			}
			return file, nil
		}),
		interp.ReadDirHandler2(func(_ context.Context, path string) ([]fs.DirEntry, error) {
			path = f.relative(path)
			if inside(path) != nil {
				return nil, nil //nolint:nilerr // a pattern that leads out matches nothing
			}
			return fs.ReadDir(f.root.FS(), filepath.ToSlash(path))
		}),
		interp.StatHandler(func(_ context.Context, path string, follow bool) (fs.FileInfo, error) {
			path = f.relative(path)
			if follow {
				return f.root.Stat(path)
			}
			return f.root.Lstat(path)
		}),
		interp.AccessHandler(func(_ context.Context, path string, _ interp.AccessMode) error {
			_, err := f.root.Stat(f.relative(path))
			return err
		}),
	}
}
