package lessons

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// An Expression is a CEL expression. The zero Expression is one that wasn't
// given.
type Expression struct {
	Source   string
	compiled func() (compiled, error) // the work is done once, when first asked for
}

// compiled is an expression that can be evaluated.
type compiled struct {
	program func() (cel.Program, error) // planned when first evaluated: half of the work
	uses    map[string]bool             // the variables it looks at
	counts  *comparison                 // what it compares with a number, if it does just that
	names   []string                    // names and images it compares objects with
}

// IsZero reports whether no expression was given.
func (e Expression) IsZero() bool { return e.compiled == nil }

// look is what is known of the expression. One that wasn't given, or can't be
// compiled, looks at nothing; evaluating it says why.
func (e Expression) look() compiled {
	if e.compiled == nil {
		return compiled{}
	}
	c, _ := e.compiled()
	return c
}

// costLimit stops an expression that would hold up the screen, in the API server's
// units: twice what that allows one call. A look at a thousand pods costs tens of
// thousands.
const costLimit = 2_000_000

// A compileError is a mistake in an expression, at a place in it.
type compileError struct {
	line, column int // from 1
	text         string
}

func (e *compileError) Error() string { return e.text }

// A compiler makes an expression of source, which must give one of the types.
type compiler func(source string, results ...*cel.Type) (Expression, error)

// compile is the compiler that finds mistakes at once.
func compile(source string, results ...*cel.Type) (Expression, error) {
	e, _ := compileLater(source, results...)
	_, err := e.compiled()
	return e, err
}

// compileLater is the compiler for expressions that were proven before: compiling
// all of a course takes longer than a learner should wait for the first frame.
func compileLater(source string, results ...*cel.Type) (Expression, error) {
	return Expression{source, sync.OnceValues(func() (compiled, error) { return compileNow(source, results) })}, nil
}

func compileNow(source string, results []*cel.Type) (compiled, error) {
	env, err := environmentOnce()
	if err != nil {
		return compiled{}, err
	}
	ast, issues := env.Compile(source)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return compiled{}, &compileError{first.Location.Line(), first.Location.Column() + 1, explain(first.Message)}
	}
	if !gives(ast.OutputType(), results) {
		return compiled{}, &compileError{1, 1, fmt.Sprintf("it gives %s, not %s", ast.OutputType(), names(results))}
	}
	program := sync.OnceValues(func() (cel.Program, error) {
		return env.Program(ast, cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost), cel.CostLimit(costLimit))
	})
	uses := map[string]bool{}
	for _, reference := range ast.NativeRep().ReferenceMap() {
		if reference.Name != "" {
			uses[reference.Name] = true
		}
	}
	return compiled{program, uses, comparisonIn(ast), namesIn(ast)}, nil
}

var undeclared = regexp.MustCompile(`^undeclared reference to '(load|timeline|start)'`)

// explain rewords what CEL says where it would mislead: a variable such as
// timeline.seconds is one name to CEL, so of a wrong field it says that there
// is no timeline.
func explain(text string) string {
	if found := undeclared.FindStringSubmatch(text); found != nil {
		return found[1] + " has no such field"
	}
	text = strings.ReplaceAll(text, " (in container '')", "")
	return cut(text, 300)
}

// gives reports whether an expression of a type may give one of results. What
// type a cluster's field has is only known when it is looked at.
func gives(t *cel.Type, results []*cel.Type) bool {
	if t.IsExactType(cel.DynType) || len(results) == 0 {
		return true
	}
	for _, result := range results {
		if t.IsExactType(result) {
			return true
		}
	}
	return false
}

func names(results []*cel.Type) string {
	texts := make([]string, len(results))
	for i, t := range results {
		texts[i] = t.String()
	}
	return strings.Join(texts, " or ")
}

func (e Expression) eval(s *scope) (ref.Val, error) {
	if e.compiled == nil {
		return nil, errors.New("no expression")
	}
	c, err := e.compiled()
	if err != nil {
		return nil, err
	}
	program, err := c.program()
	if err != nil {
		return nil, err
	}
	value, _, err := program.Eval(s)
	return value, err
}

func (e Expression) truth(s *scope) (bool, error) {
	value, err := e.eval(s)
	if err != nil {
		return false, err
	}
	truth, ok := value.(types.Bool)
	if !ok {
		return false, fmt.Errorf("it gives %s, not bool", value.Type().TypeName())
	}
	return bool(truth), nil
}

// text returns a value as a learner reads it, without terminal controls.
func (e Expression) text(s *scope) (string, error) {
	value, err := e.eval(s)
	if err != nil {
		return "", err
	}
	return Plain(sayValue(value)), nil
}

// sayValue writes a value as text: lists as their items with commas between.
func sayValue(value ref.Val) string {
	switch v := value.(type) {
	case types.Double:
		return fmt.Sprintf("%.4g", float64(v))
	case types.Null:
		return ""
	case traits.Lister:
		var items []string
		for it := v.Iterator(); it.HasNext() == types.True && len(items) < 20; {
			items = append(items, sayValue(it.Next()))
		}
		return strings.Join(items, ", ")
	}
	return fmt.Sprint(value.Value())
}

// reason shortens what CEL says about a failed evaluation.
func reason(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return cut(Plain(text), 120)
}
