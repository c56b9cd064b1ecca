package lessons

import (
	"errors"
	"io/fs"
	"path"

	"podium/i18n"
	"podium/manifests"
)

// imagesFile is a lesson's own catalogue of images for simulated nodes.
const imagesFile = "images.yaml"

// Images returns the catalogues of a course's lessons, by the names of their
// folders. One with mistakes is left out: [Load] tells them.
func Images(fsys fs.FS) map[string]string {
	all := map[string]string{}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return all
	}
	for _, entry := range entries {
		if !entry.IsDir() || !folderName.MatchString(entry.Name()) || len(all) == maxLessons {
			continue
		}
		m := &mistakes{}
		if text := readImages(fsys, entry.Name(), m); text != "" && m.err() == nil {
			all[entry.Name()] = text
		}
	}
	return all
}

// readImages reads a lesson's catalogue, if it has one, and tells its mistakes.
func readImages(fsys fs.FS, folder string, m *mistakes) string {
	file := path.Join(folder, imagesFile)
	if missing(fsys, file) {
		return ""
	}
	text, ok := readText(fsys, file, m)
	if !ok {
		return ""
	}
	_, err := manifests.ParseImages(text)
	for _, mistake := range imageMistakes(err) {
		m.at(place{file, mistake.Line, 1}, i18n.M("lesson.image."+string(mistake.Problem), "Value", cut(Plain(mistake.Value), 120), "Known", join(manifests.Programs)))
	}
	return text
}

// imageMistakes takes an error of [manifests.ParseImages] apart.
func imageMistakes(err error) []*manifests.ImageMistake {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*manifests.ImageMistake
		for _, one := range joined.Unwrap() {
			all = append(all, imageMistakes(one)...)
		}
		return all
	}
	var one *manifests.ImageMistake
	if errors.As(err, &one) {
		return []*manifests.ImageMistake{one}
	}
	return nil
}
