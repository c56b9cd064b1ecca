package lessons

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"podium/i18n"
)

//go:embed [0-9]*
var builtIn embed.FS

// BuiltIn returns the folders of the lessons that podium carries.
func BuiltIn() fs.FS { return builtIn }

// Bounds on what a lesson pack may hold, far above what a lesson needs: a pack
// may come from anywhere.
const (
	maxFile    = 64 << 10 // bytes
	maxLessons = 200
	maxFiles   = 32
	maxSteps   = 100
	maxGoals   = 20
	maxHints   = 10
	maxRows    = 20   // of a comparison
	maxLines   = 50   // commands in one list
	maxLine    = 4096 // characters in one command or expression
	maxNodes   = 5000 // YAML nodes in one lesson.yaml, an alias counted as what it stands for
)

// Options is what lessons are read with.
type Options struct {
	// Manifests holds the files that lesson.yaml names with a leading slash.
	Manifests fs.FS

	// Safe says why a command may not run at the lab's prompt, or nil. The
	// commands of a lesson are held to what the learner is.
	Safe func(line string) error

	// Proven says that these lessons were loaded without it before, as podium's
	// own are by its tests: their expressions are compiled when first used.
	Proven bool

	// Strict also finds what would show only when somebody plays the lesson: steps
	// met at once or never, mentions of what isn't there. Without it a lesson may be
	// written in one language, which then stands in for the other.
	Strict bool

	// Seed chooses what varies in faults.
	Seed uint64
}

func (o Options) compiler() compiler {
	if o.Proven {
		return compileLater
	}
	return compile
}

var (
	folderName = regexp.MustCompile(`^([0-9]{3})-([a-z][a-z0-9-]*)$`)
	idName     = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// Load reads every lesson in fsys, in their order. Lessons with mistakes are
// left out, and the error holds one sentence for each mistake ([Mistakes]) with
// the file, the line and what to do.
func Load(fsys fs.FS, o Options) ([]Lesson, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("lesson.nofolder"))
	}
	var all []Lesson
	var failed []error
	seen := map[string]string{}
	for _, entry := range entries {
		name := entry.Name()
		link := entry.Type()&fs.ModeSymlink != 0
		if !entry.IsDir() && !link || name[0] < '0' || name[0] > '9' {
			continue
		}
		parts := folderName.FindStringSubmatch(name)
		m := &mistakes{}
		switch {
		case link:
			m.in(Plain(name), i18n.M("lesson.notregular"))
		case parts == nil:
			m.in(Plain(name), i18n.M("lesson.foldername"))
		case seen[parts[2]] != "":
			m.in(name, i18n.M("lesson.sameid", "Other", seen[parts[2]]))
		case len(all) == maxLessons:
			m.in(name, i18n.M("lesson.toomany", "Most", maxLessons))
		}
		if m.err() != nil {
			failed = append(failed, m.err())
			continue
		}
		seen[parts[2]] = name
		lesson, err := loadFolder(fsys, name, o)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		lesson.ID = parts[2]
		lesson.Order, _ = strconv.Atoi(parts[1])
		all = append(all, lesson)
	}
	if len(all) == 0 && len(failed) == 0 {
		failed = append(failed, i18n.Errorf(nil, i18n.M("lesson.nofolder")))
	}
	return all, errors.Join(failed...)
}

// loadFolder reads one lesson.
func loadFolder(fsys fs.FS, folder string, o Options) (Lesson, error) {
	m := &mistakes{}
	dir, err := fs.Sub(fsys, folder)
	if err != nil {
		return Lesson{}, i18n.Errorf(err, i18n.M("lesson.nofolder"))
	}
	lesson := Lesson{Dir: dir, Words: map[i18n.Language]Words{}}
	file, isFault := path.Join(folder, "lesson.yaml"), false
	if other := path.Join(folder, "fault.yaml"); missing(fsys, file) && !missing(fsys, other) {
		file, isFault = other, true
	}
	fill := func(text string) string { return text }
	r := &reader{file: file, m: m, safe: o.Safe, compile: o.compiler()}
	if text, ok := readText(fsys, file, m); ok {
		if isFault {
			lesson.Fault = &Fault{Seed: o.Seed, Values: values(folder, text, o.Seed)}
			fill = filler(lesson.Fault.Values)
			r.fill = fill
			r.fault(fill(text), &lesson)
		} else {
			r.lesson(text, &lesson)
		}
		lesson.Files = r.copies(fsys, folder, o.Manifests)
		if len(m.found) == 0 {
			r.rules(&lesson)
		}
	}
	readImages(fsys, folder, m)
	read := map[i18n.Language]document{}
	for _, language := range i18n.Languages {
		file := path.Join(folder, string(language)+".md")
		if !o.Strict && missing(fsys, file) && slices.ContainsFunc(i18n.Languages, func(other i18n.Language) bool {
			return !missing(fsys, path.Join(folder, string(other)+".md"))
		}) {
			continue // the other language's words stand in
		}
		if text, ok := readText(fsys, file, m); ok {
			read[language] = parseWords(file, fill(text), m)
		}
	}
	if len(m.found) == 0 {
		fitWords(&lesson, read, m, o.compiler())
	}
	if o.Strict && len(m.found) == 0 {
		r.strict(&lesson, read)
	}
	return lesson, m.err()
}

func missing(fsys fs.FS, file string) bool {
	_, err := fs.Lstat(fsys, file)
	return errors.Is(err, fs.ErrNotExist)
}

// readText reads a file of a lesson: no larger than a lesson needs, UTF-8, and
// without characters that command a terminal.
func readText(fsys fs.FS, file string, m *mistakes) (string, bool) {
	text, line, problem := readPlain(fsys, file)
	switch {
	case problem.IsZero():
		return text, true
	case line > 0:
		m.at(place{file, line, 1}, problem)
	default:
		m.in(file, problem)
	}
	return "", false
}

// readPlain returns a file's text, or what is wrong with it and in which line.
func readPlain(fsys fs.FS, file string) (text string, line int, problem i18n.Message) {
	text, problem = readFile(fsys, file)
	if !problem.IsZero() {
		return "", 0, problem
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if line, r, found := firstForbidden(text); found {
		return "", line, i18n.M("lesson.control", "Code", fmt.Sprintf("%04X", r))
	}
	return text, 0, i18n.Message{}
}

func readFile(fsys fs.FS, file string) (string, i18n.Message) {
	info, err := fs.Lstat(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", i18n.M("lesson.nofile")
	case err != nil:
		return "", i18n.M("lesson.unreadable")
	case !info.Mode().IsRegular():
		return "", i18n.M("lesson.notregular")
	case info.Size() > maxFile:
		return "", i18n.M("lesson.toolarge", "Most", maxFile>>10)
	}
	f, err := fsys.Open(file)
	if err != nil {
		return "", i18n.M("lesson.unreadable")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return "", i18n.M("lesson.unreadable")
	}
	return string(data), i18n.Message{}
}
