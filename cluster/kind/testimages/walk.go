package main

import "io/fs"

func walk(files fs.FS, root string, visit func(name string, content []byte)) error {
	return fs.WalkDir(files, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err == nil {
			visit(name, content)
		}
		return err
	})
}
