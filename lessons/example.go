package lessons

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"

	"podium/i18n"
)

//go:embed example
var example embed.FS

// WriteExample writes a small lesson that works, to be changed into another one,
// into a folder that it makes. The folder's name must be one a lesson can have,
// and nothing in it is written over.
func WriteExample(dir string) error {
	if !folderName.MatchString(filepath.Base(dir)) {
		return i18n.Errorf(nil, i18n.M("lesson.newname", "Name", cut(Plain(filepath.Base(dir)), 80)))
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return i18n.Errorf(nil, i18n.M("lesson.newthere", "Dir", dir))
	}
	files, err := fs.Sub(example, "example")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.CopyFS(dir, files)
	}
	if err != nil {
		return i18n.Errorf(err, i18n.M("lesson.newfailed", "Dir", dir, "Problem", err.Error()))
	}
	return nil
}
