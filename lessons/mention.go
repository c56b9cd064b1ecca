package lessons

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"go.yaml.in/yaml/v3"

	"podium/i18n"
)

// A vocabulary is every word that a lesson's manifests and commands hold: what
// goals and words mention beyond it, the learner would look for in vain.
type vocabulary struct {
	heard map[string]bool
	files map[string]bool // the learner finds, or makes on the way
}

// joints cut a word of a command at what joins names in it, ever finer: c=image,
// a=b,c=d, kind/name, and JSON.
var joints = []*regexp.Regexp{
	regexp.MustCompile(`=`), regexp.MustCompile(`[=,]+`), regexp.MustCompile(`[=/,]+`),
	regexp.MustCompile(`[={},\[\]"']+:?`), regexp.MustCompile(`[=/,:{}\[\]"']+`),
}

func vocabularyOf(l *Lesson) vocabulary {
	v := vocabulary{heard: map[string]bool{}, files: map[string]bool{}}
	for name, text := range l.Files {
		v.files[name] = l.Fault == nil // a fault's own are behind the scenes
		v.manifest(text)
	}
	for _, line := range slices.Concat(l.Clear, l.Setup) {
		v.command(line)
	}
	for _, s := range l.Steps {
		for _, lines := range slices.Concat([][]string{s.Start, s.Run, s.Solution}, s.Also, s.Wrong) {
			for _, line := range lines {
				v.command(line)
			}
		}
	}
	return v
}

func (v vocabulary) manifest(text string) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil { // no YAML: its words are all there is to it
			v.command(text)
			return
		}
		v.node(&node, maxNodes)
	}
}

func (v vocabulary) node(n *yaml.Node, most int) int {
	if n.Kind == yaml.ScalarNode {
		v.heard[n.Value] = true
	}
	for _, inner := range n.Content {
		if most = v.node(inner, most-1); most <= 0 {
			break
		}
	}
	return most
}

func (v vocabulary) command(line string) {
	words := strings.Fields(line)
	for i, word := range words {
		v.heard[strings.Trim(word, `"'`)] = true
		for _, joint := range joints {
			for _, part := range joint.Split(word, -1) {
				v.heard[part] = true
			}
		}
		if (word == ">" || word == ">>") && i+1 < len(words) {
			v.files[words[i+1]] = true
		}
	}
}

// goals checks what goals name: an object, a label, an image.
func (v vocabulary) goals(r *reader, l *Lesson) {
	for i, s := range l.Steps {
		for j, g := range s.Goals {
			for _, name := range append(named(g.Match, nil), g.Expr.look().names...) {
				if !v.heard[name] {
					r.m.at(r.goalsAt[i][j], i18n.M("lesson.unheard", "ID", g.ID, "Name", cut(Plain(name), 80)))
				}
			}
		}
	}
}

// namedIn are the fields of an object whose values are names that somebody gave.
var namedIn = []string{"name", "image", "labels", "matchLabels", "selector", "nodeSelector"}

// named collects the names in a part of a manifest.
func named(match any, under []string) []string {
	var found []string
	switch value := match.(type) {
	case map[string]any:
		for _, key := range sortedKeys(value) {
			found = append(found, named(value[key], append(under[:len(under):len(under)], key))...)
		}
	case []any:
		for _, item := range value {
			found = append(found, named(item, under)...)
		}
	case string:
		last, above := under[len(under)-1], ""
		if len(under) > 1 {
			above = under[len(under)-2]
		}
		if slices.Contains(namedIn, last) || slices.Contains(namedIn, above) {
			found = append(found, value)
		}
	}
	return found
}

// words checks what a document's code mentions: files and objects.
func (v vocabulary) words(d document, m *mistakes) {
	for _, line := range d.lines {
		for _, c := range commandsIn(line) {
			v.edited(c.words)
		}
	}
	for i, line := range d.lines {
		for _, c := range commandsIn(line) {
			said := mentionsOf(c.words)
			for _, file := range said.files {
				if !v.files[file] {
					m.at(place{d.file, i + 1, c.column}, i18n.M("words.nofile", "Name", cut(Plain(file), 80)))
				}
			}
			for _, object := range said.objects {
				if !v.heard[object.name] {
					m.at(place{d.file, i + 1, c.column}, i18n.M("words.noobject", "Name", cut(Plain(fmt.Sprint(object.kind, "/", object.name)), 80)))
				}
			}
		}
	}
}

// edited notes the files that the learner makes in the editor or by >.
func (v vocabulary) edited(words []string) {
	for i, word := range words {
		if i > 0 && (words[0] == "edit" || words[0] == "vi" || words[0] == "nano" || words[i-1] == ">" || words[i-1] == ">>") {
			v.files[word] = true
		}
	}
}

// namesIn collects the texts that an expression compares an object's name, a
// label or an image with.
func namesIn(compiled *cel.Ast) []string {
	var found []string
	ast.PostOrderVisit(compiled.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.Equals {
			return
		}
		args := e.AsCall().Args()
		for i, arg := range args {
			other := args[1-i]
			if other.Kind() != ast.LiteralKind || arg.Kind() != ast.SelectKind {
				continue
			}
			text, ok := other.AsLiteral().(types.String)
			if ok && text != "" && givenName(arg.AsSelect()) {
				found = append(found, string(text))
			}
		}
	}))
	return found
}

// givenName reports whether a field holds what somebody named: metadata.name, a
// label, a container's image.
func givenName(s ast.SelectExpr) bool {
	if s.FieldName() == "image" {
		return true
	}
	of := s.Operand()
	return of.Kind() == ast.SelectKind && (of.AsSelect().FieldName() == "labels" ||
		of.AsSelect().FieldName() == "metadata" && s.FieldName() == "name")
}
