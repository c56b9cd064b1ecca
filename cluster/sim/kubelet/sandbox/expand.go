package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// config is how words expand in this shell: variables, command substitutions
// and globs are all the sandbox's own.
func (s *shell) config(ctx context.Context) *expand.Config {
	cfg := &expand.Config{
		Env:     environment{s},
		NoUnset: s.options.nounset,
		CmdSubst: func(w io.Writer, cs *syntax.CmdSubst) error {
			return s.capture(ctx, w, cs.Stmts)
		},
		ProcSubst: func(*syntax.ProcSubst) (string, error) {
			return "", errors.New("process substitution is not supported here")
		},
	}
	if !s.options.noglob {
		cfg.ReadDir2 = func(dir string) ([]fs.DirEntry, error) {
			return s.machine.FS.ReadDir(s.path(slashed(dir)))
		}
	}
	return cfg
}

// slashed undoes what package expand does to a path on Windows.
func slashed(name string) string {
	return filepath.ToSlash(strings.TrimPrefix(name, filepath.VolumeName(name)))
}

func (s *shell) path(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(s.dir, name)
}

// environment is a shell's variables as package expand wants them.
type environment struct{ s *shell }

func (e environment) Get(name string) expand.Variable {
	str := func(v string) expand.Variable {
		return expand.Variable{Set: true, Kind: expand.String, Str: v}
	}
	list := func(v []string) expand.Variable {
		return expand.Variable{Set: true, Kind: expand.Indexed, List: v}
	}
	switch name {
	case "#":
		return str(strconv.Itoa(len(e.s.params)))
	case "@", "*":
		return list(e.s.params)
	case "?":
		return str(strconv.Itoa(e.s.status))
	case "$":
		return str(strconv.Itoa(max(e.s.pid, 1)))
	case "PPID":
		return str("0")
	case "0":
		return str(e.s.name)
	case "RANDOM":
		return str(strconv.Itoa(int(e.s.budget.random())))
	case "HOSTNAME":
		return str(e.s.machine.Hostname)
	}
	if n, err := strconv.Atoi(name); err == nil {
		if n >= 1 && n <= len(e.s.params) {
			return str(e.s.params[n-1])
		}
		return expand.Variable{}
	}
	if user, ok := strings.CutPrefix(name, "HOME "); ok {
		return str("/home/" + path.Base(user)) // left unset, package expand would ask the machine's user database
	}
	return e.s.vars[name]
}

func (e environment) Set(name string, v expand.Variable) error {
	size := len(v.Str)
	for _, item := range v.List {
		size += len(item)
	}
	for key, item := range v.Map {
		size += len(key) + len(item)
	}
	if size > maxValue || len(e.s.vars) > 4096 {
		return fmt.Errorf("%s: out of memory", name)
	}
	if was := e.s.vars[name]; was.ReadOnly {
		return fmt.Errorf("%s: is read only", name)
	}
	v.Set = v.Set || v.Kind != expand.Unknown
	e.s.vars[name] = v
	return nil
}

func (e environment) Each(each func(name string, v expand.Variable) bool) {
	for name, v := range e.s.vars {
		if !each(name, v) {
			return
		}
	}
}

func (s *shell) setVar(name, value string) {
	v := s.vars[name]
	v.Set, v.Kind, v.Str, v.List, v.Map = true, expand.String, value, nil, nil
	if err := (environment{s}).Set(name, v); err != nil {
		s.complain("%s", err)
	}
}

func (s *shell) getVar(name string) string { return environment{s}.Get(name).String() }

// environ is the environment of a command that this shell starts.
func (s *shell) environ() []string {
	var list []string
	for name, v := range s.vars {
		if v.Exported && v.IsSet() && v.Kind == expand.String {
			list = append(list, name+"="+v.Str)
		}
	}
	slices.Sort(list)
	return list
}

// maxFields bounds the words of one command.
const maxFields = 10000

func (s *shell) fields(ctx context.Context, words ...*syntax.Word) ([]string, error) {
	var list []string
	var expanded []*syntax.Word
	for _, w := range words {
		braced, err := braces(w)
		if err != nil {
			return nil, err
		}
		for _, b := range braced {
			if err := s.fits(b); err != nil {
				return nil, err
			}
		}
		expanded = append(expanded, braced...)
	}
	total := 0
	for field, err := range expand.FieldsSeq(s.config(ctx), expanded...) {
		if err != nil {
			return nil, err
		}
		if total += len(field); len(list) >= maxFields || total > maxCaptured {
			return nil, errors.New("argument list too long")
		}
		list = append(list, field)
	}
	return list, nil
}

func (s *shell) literal(ctx context.Context, w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	if err := s.fits(w); err != nil {
		return "", err
	}
	return expand.Literal(s.config(ctx), w)
}

// fits refuses ${x//a/b} whose result could not be held: the expansion itself
// has no limit.
func (s *shell) fits(w *syntax.Word) (err error) {
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ProcSubst:
			err = errors.New("process substitution is not supported here")
		case *syntax.ParamExp:
			if n.Repl == nil || n.Repl.With == nil || n.Param == nil || err != nil {
				break
			}
			with := 0
			syntax.Walk(n.Repl.With, func(part syntax.Node) bool {
				switch part := part.(type) {
				case *syntax.Lit:
					with += len(part.Value)
				case *syntax.SglQuoted:
					with += len(part.Value)
				case *syntax.ParamExp:
					with += len(s.getVar(part.Param.Value))
				case *syntax.CmdSubst:
					with += maxValue
				}
				return true
			})
			if (with+1)*(len(s.getVar(n.Param.Value))+1) > 4*maxCaptured {
				err = errors.New("out of memory")
			}
		case *syntax.CmdSubst:
			return false // checked when it runs
		}
		return err == nil
	})
	return err
}

var sequence = regexp.MustCompile(`^-?\d+$`)

// splitBraces marks {a,b} and {1..9} in the words where bash expands them. It is
// done once, after parsing: the tree is shared by the shells that run it.
func splitBraces(file *syntax.File) {
	var words []*syntax.Word
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			words = append(words, n.Args...)
		case *syntax.WordIter:
			words = append(words, n.Items...)
		}
		return true
	})
	for _, w := range words { // after the walk, which knows no brace expressions
		syntax.SplitBraces(w)
	}
}

// braces expands what splitBraces marked, refusing what would be too many words.
func braces(w *syntax.Word) ([]*syntax.Word, error) {
	if !slices.ContainsFunc(w.Parts, func(p syntax.WordPart) bool { _, ok := p.(*syntax.BraceExp); return ok }) {
		return []*syntax.Word{w}, nil
	}
	if product(w.Parts) > maxFields {
		return nil, errors.New("argument list too long")
	}
	var words []*syntax.Word
	for word, err := range expand.BracesSeq(nil, w) {
		if err != nil || len(words) >= maxFields {
			return nil, errors.New("argument list too long")
		}
		words = append(words, word)
	}
	return words, nil
}

// product is how many words the brace expressions of parts make, at most about
// 2^30.
func product(parts []syntax.WordPart) int {
	count := 1
	for _, p := range parts {
		b, ok := p.(*syntax.BraceExp)
		if !ok {
			continue
		}
		size := 0
		if b.Sequence && len(b.Elems) >= 2 {
			size = span(b.Elems[0].Lit(), b.Elems[1].Lit())
		} else {
			for _, e := range b.Elems {
				size = min(size+product(e.Parts), 1<<15)
			}
		}
		count = min(count*min(max(size, 1), 1<<15), 1<<15)
	}
	return count
}

func span(from, to string) int {
	if !sequence.MatchString(from) || !sequence.MatchString(to) {
		return 256 // letters
	}
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	if errA != nil || errB != nil {
		return 1 << 30
	}
	if a > b {
		a, b = b, a
	}
	if b-a < 0 {
		return 1 << 30
	}
	return b - a + 1
}

// expansionFailed reports why words could not be expanded; the shell ends, as
// POSIX asks of one that is not interactive.
func (s *shell) expansionFailed(err error) error {
	s.complain("%s", err)
	s.status = 1
	return exitFlow{1}
}

// assign sets one variable or array.
func (s *shell) assign(ctx context.Context, a *syntax.Assign) error {
	name := a.Name.Value
	v := s.vars[name]
	if a.Array != nil {
		v.Kind, v.Set, v.Str, v.List = expand.Indexed, true, "", nil
		for _, e := range a.Array.Elems {
			words, err := s.fields(ctx, e.Value)
			if err != nil {
				return err
			}
			v.List = append(v.List, words...)
		}
		return environment{s}.Set(name, v)
	}
	value, err := s.literal(ctx, a.Value)
	if err != nil {
		return err
	}
	if a.Index != nil {
		n, err := expand.Arithm(s.config(ctx), a.Index)
		if err != nil || n < 0 || n > maxFields {
			return fmt.Errorf("%s: bad array index", name)
		}
		list := slices.Clone(v.List)
		for len(list) <= n {
			list = append(list, "")
		}
		list[n] = value
		v.Kind, v.Set, v.List = expand.Indexed, true, list
		return environment{s}.Set(name, v)
	}
	if a.Append {
		value = v.String() + value
	}
	v.Kind, v.Set, v.Str, v.List = expand.String, true, value, nil
	return environment{s}.Set(name, v)
}

func compile(expr string) (*regexp.Regexp, error) {
	if len(expr) > 4096 {
		return nil, errors.New("pattern too long")
	}
	return regexp.Compile(expr)
}
