package lessons

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"

	"podium/i18n"
)

// A reader reads lesson.yaml and knows where in it everything stands.
type reader struct {
	file    string
	lines   []string // of the file
	m       *mistakes
	safe    func(string) error
	nodes   int // visited so far
	compile compiler
	fill    func(string) string // puts a fault's values into a file; nil for a lesson

	files []listed // as listed
	steps []listed // step IDs

	goalsAt [][]place // of each step's goals
}

// A listed is a name and where it stands.
type listed struct {
	name string
	at   place
}

func (r *reader) place(n *yaml.Node) place { return place{r.file, n.Line, n.Column} }

func (r *reader) at(n *yaml.Node, what i18n.Message) { r.m.at(r.place(n), what) }

var yamlLine = regexp.MustCompile(`line (\d+)`)

// lesson reads the whole file into l.
func (r *reader) lesson(text string, l *Lesson) {
	root, ok := r.root(text)
	if !ok {
		return
	}
	r.fields(root, fieldTable{
		"files": r.listFiles,
		"namespaces": func(n *yaml.Node) {
			r.each(n, maxFiles, func(n *yaml.Node) { l.Namespaces = append(l.Namespaces, r.namespace(n)) })
		},
		"clear": func(n *yaml.Node) { l.Clear = r.commands(n) },
		"setup": func(n *yaml.Node) { l.Setup = r.commands(n) },
		"comparison": func(n *yaml.Node) {
			r.each(n, maxRows, func(n *yaml.Node) { l.Rows = append(l.Rows, r.id(n)) })
		},
		"steps": func(n *yaml.Node) {
			r.each(n, maxSteps, func(n *yaml.Node) { l.Steps = append(l.Steps, r.step(n)) })
		},
	})
	if len(l.Steps) == 0 && len(r.m.found) == 0 {
		r.m.in(r.file, i18n.M("lesson.empty"))
	}
}

// root reads the file as YAML.
func (r *reader) root(text string) (*yaml.Node, bool) {
	r.lines = strings.Split(text, "\n")
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		line := 1
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			line, _ = strconv.Atoi(at[1])
		}
		problem := strings.TrimPrefix(yamlLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), ""), ": ")
		r.m.at(place{r.file, line, 1}, i18n.M("lesson.yaml", "Reason", cut(Plain(problem), 200)))
		return nil, false
	}
	if len(root.Content) == 0 {
		r.m.in(r.file, i18n.M("lesson.empty"))
		return nil, false
	}
	return root.Content[0], true
}

func (r *reader) listFiles(n *yaml.Node) {
	r.each(n, maxFiles, func(n *yaml.Node) {
		r.files = append(r.files, listed{r.text(n), r.place(n)})
	})
}

// A fieldTable says what reads each field of a mapping.
type fieldTable map[string]func(*yaml.Node)

// fields reads a mapping: every field once, and none that isn't in the table.
func (r *reader) fields(n *yaml.Node, table fieldTable) {
	n = r.follow(n)
	if n == nil || !r.is(n, yaml.MappingNode, "lesson.wantmapping") {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		read, known := table[name.Value]
		switch {
		case !known:
			r.at(name, i18n.M("lesson.unknownfield", "Field", cut(Plain(name.Value), 60), "Known", strings.Join(sortedFields(table), ", ")))
		case seen[name.Value]:
			r.at(name, i18n.M("lesson.twice", "Field", name.Value))
		default:
			seen[name.Value] = true
			read(value)
		}
	}
}

// follow returns what an alias stands for. It gives up on a file whose aliases
// make it larger than any lesson.
func (r *reader) follow(n *yaml.Node) *yaml.Node {
	if r.nodes++; r.nodes > maxNodes {
		if r.nodes == maxNodes+1 {
			r.at(n, i18n.M("lesson.toomuch"))
		}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func (r *reader) is(n *yaml.Node, kind yaml.Kind, otherwise string) bool {
	if n.Kind != kind {
		r.at(n, i18n.M(otherwise))
		return false
	}
	return true
}

// fits reports whether a whole tree, aliases followed, is within what a lesson
// may hold.
func (r *reader) fits(n *yaml.Node) bool {
	if n = r.follow(n); n == nil {
		return false
	}
	for _, inner := range n.Content {
		if !r.fits(inner) {
			return false
		}
	}
	return true
}

// each reads the items of a list.
func (r *reader) each(n *yaml.Node, most int, read func(*yaml.Node)) {
	n = r.follow(n)
	if n == nil || !r.is(n, yaml.SequenceNode, "lesson.wantlist") {
		return
	}
	if len(n.Content) > most {
		r.at(n, i18n.M("lesson.toolong", "Most", most))
		return
	}
	for _, item := range n.Content {
		if item = r.follow(item); item != nil {
			read(item)
		}
	}
}

// text reads a scalar.
func (r *reader) text(n *yaml.Node) string {
	n = r.follow(n)
	if n == nil || !r.is(n, yaml.ScalarNode, "lesson.wanttext") {
		return ""
	}
	if strings.TrimSpace(n.Value) == "" {
		r.at(n, i18n.M("lesson.wanttext"))
	}
	if len(n.Value) > maxLine {
		r.at(n, i18n.M("lesson.toolong", "Most", maxLine))
		return ""
	}
	return n.Value
}

// number reads a whole number within bounds.
func (r *reader) number(n *yaml.Node, least, most int) int {
	value, err := strconv.Atoi(r.text(n))
	if err != nil || value < least || value > most {
		r.at(n, i18n.M("lesson.wantnumber", "Least", least, "Most", most))
		return least
	}
	return value
}

// id reads a name that other parts of the lesson use.
func (r *reader) id(n *yaml.Node) string {
	id := r.text(n)
	if id != "" && !idName.MatchString(id) {
		r.at(n, i18n.M("lesson.badid", "ID", cut(Plain(id), 60)))
	}
	return id
}

// namespace reads the name of one that the learner makes and a reset removes: none
// that a cluster has from its birth.
func (r *reader) namespace(n *yaml.Node) string {
	name := r.text(n)
	if len(validation.IsDNS1123Label(name)) > 0 || name == "default" || strings.HasPrefix(name, "kube-") || strings.HasPrefix(name, "podium") {
		r.at(n, i18n.M("lesson.badnamespace", "Name", cut(Plain(name), 60)))
	}
	return name
}

// commands reads lines for the prompt, each of which must be one a learner
// could run.
func (r *reader) commands(n *yaml.Node) []string {
	var lines []string
	r.each(n, maxLines, func(n *yaml.Node) {
		line := r.text(n)
		if line == "" {
			return
		}
		r.safely(n, line)
		lines = append(lines, line)
	})
	return lines
}

// safely holds a command to what a lesson may do.
func (r *reader) safely(n *yaml.Node, line string) {
	if r.safe == nil {
		return
	}
	if err := r.safe(line); err != nil {
		r.at(n, i18n.M("lesson.unsafe", "Why", i18n.Explain(err)))
	}
}

// ways reads a list of lists of commands.
func (r *reader) ways(n *yaml.Node) [][]string {
	var all [][]string
	r.each(n, maxGoals, func(n *yaml.Node) { all = append(all, r.commands(n)) })
	return all
}

// copies reads the files that the lesson puts into the learner's folder.
func (r *reader) copies(lessons fs.FS, folder string, manifests fs.FS) map[string]string {
	files := map[string]string{}
	for _, f := range r.files {
		from, name := lessons, path.Join(folder, f.name)
		if shared, ok := strings.CutPrefix(f.name, "/"); ok {
			from, name = manifests, shared
		} else if strings.Contains(f.name, "/") || strings.Contains(f.name, `\`) {
			r.m.at(f.at, i18n.M("lesson.filepath", "Name", cut(Plain(f.name), 80)))
			continue
		}
		base := path.Base(name)
		switch _, twice := files[base]; {
		case from == nil || !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`):
			r.m.at(f.at, i18n.M("lesson.filepath", "Name", cut(Plain(f.name), 80)))
			continue
		case twice:
			r.m.at(f.at, i18n.M("lesson.filetwice", "Name", base))
			continue
		}
		text, _, problem := readPlain(from, name)
		if !problem.IsZero() {
			r.m.at(f.at, i18n.M("lesson.filebad", "Name", f.name, "Why", problem))
			continue
		}
		if r.fill != nil {
			text = r.fill(text)
		}
		files[base] = text
		checkManifests(name, text, r.m)
	}
	return files
}

// expression compiles a CEL expression. A mistake in it is told at its line.
func (r *reader) expression(n *yaml.Node, results ...*cel.Type) Expression {
	source := r.text(n)
	if source == "" {
		return Expression{}
	}
	e, err := r.compile(source, results...)
	if err == nil {
		return e
	}
	n = r.follow(n)
	if n == nil {
		return Expression{}
	}
	at := r.place(n)
	var mistake *compileError
	if errors.As(err, &mistake) {
		at = r.inside(n, mistake.line, mistake.column)
	}
	r.m.at(at, i18n.M("lesson.cel", "Reason", Plain(err.Error())))
	return Expression{}
}

// inside returns where in the file a line and column (from 1) of a scalar's text
// stand: YAML indents it, and folds its lines into one.
func (r *reader) inside(n *yaml.Node, line, column int) place {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		at := r.place(n)
		at.column += column - 1
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			at.column++
		}
		return at
	}
	text := strings.Split(n.Value, "\n")
	offset := column - 1 // characters of the text before the mistake
	for _, before := range text[:min(line-1, len(text))] {
		offset += len([]rune(before)) + 1
	}
	indent := 0
	for i := n.Line; i < len(r.lines); i++ { // the text begins on the line after the mark
		row := []rune(r.lines[i])
		if i == n.Line {
			indent = len(row) - len([]rune(strings.TrimLeft(r.lines[i], " ")))
		}
		length := max(0, len(row)-indent)
		if offset <= length {
			return place{r.file, i + 1, indent + offset + 1}
		}
		offset -= length + 1
	}
	return r.place(n)
}
