package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"podium/i18n"
)

// A desk is the folder of one learner in one course: what was reached, and the
// lessons' files as the learner left them.
type desk string

func (d desk) progress() string { return filepath.Join(string(d), "progress.json") }
func (d desk) cards() string    { return filepath.Join(string(d), "cards.json") }
func (d desk) files() string    { return filepath.Join(string(d), "files") }

// desk returns the learner's desk for the course that was chosen. What podium
// kept before it told learners apart becomes the account's own.
func (o *options) desk(h home) desk {
	own := h.learner(o.learner)
	if o.learner == accountName() {
		h.adopt(own)
	}
	if o.course == "" {
		return desk(own)
	}
	return desk(filepath.Join(own, "courses", courseKey(o.course)))
}

func (h home) learner(name string) string { return filepath.Join(string(h), "learners", name) }

// adopt moves what lay in the home itself to a learner who has nothing yet.
func (h home) adopt(own string) {
	if _, err := os.Lstat(own); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, name := range []string{"progress.json", "files", "history"} {
		if _, err := os.Lstat(filepath.Join(string(h), name)); err != nil {
			continue
		}
		if err := os.MkdirAll(own, 0o700); err == nil {
			_ = os.Rename(filepath.Join(string(h), name), filepath.Join(own, name)) // stays where it was, and nothing is lost
		}
	}
}

// courseKey is a course's name among others: its folder's, and a mark of where
// that is.
func courseKey(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	name := regexp.MustCompile(`[^\pL\pN._-]+`).ReplaceAllString(filepath.Base(dir), "-")
	return name + "-" + hex.EncodeToString(sum[:4])
}

// learnerName reports whether a folder may be called so: a letter or a digit, and
// up to 63 letters, digits and ._@ - after it. A regular expression would take
// three milliseconds to compile, before the first frame.
func learnerName(name string) bool {
	n := 0
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (n == 0 || !strings.ContainsRune("._@ -", r)) {
			return false
		}
		n++
	}
	return n > 0 && n <= 64
}

// accountName is who works at this computer, as far as it says.
func accountName() string {
	name := ""
	if account, err := user.Current(); err == nil {
		name = account.Username
	}
	name = cmp.Or(name, os.Getenv("USER"), os.Getenv("USERNAME"))
	name = name[strings.LastIndexAny(name, `\/`)+1:] // DOMAIN\name
	if !learnerName(name) {
		return "learner"
	}
	return name
}

// chosenCourse makes the course's folder absolute: that is what its progress is
// kept by, wherever podium is started.
func (o *options) chosenCourse() error {
	if o.course == "" {
		return nil
	}
	dir, err := filepath.Abs(o.course)
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(dir); err == nil && !info.IsDir() {
			err = errors.New("not a folder")
		}
	}
	if err != nil {
		return usageError{i18n.Errorf(err, i18n.M("cli.no-course", "Dir", o.course, "Problem", plain(err)))}
	}
	o.course = dir
	return nil
}
