package lessons

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// A comparison is an expression of the form "what == 4" or "what >= 4": a goal
// that is one can say by itself how far it is.
type comparison struct {
	left    Expression
	atLeast bool // >= and not ==
	want    int
}

// comparisonIn returns what a whole expression compares with a number, or nil.
func comparisonIn(compiled *cel.Ast) *comparison {
	root := compiled.NativeRep().Expr()
	if root.Kind() != ast.CallKind {
		return nil
	}
	c := root.AsCall()
	if name := c.FunctionName(); name != operators.Equals && name != operators.GreaterEquals {
		return nil
	}
	left, right := c.Args()[0], c.Args()[1]
	if right.Kind() != ast.LiteralKind || left.Kind() == ast.LiteralKind {
		return nil
	}
	want, ok := right.AsLiteral().(types.Int)
	if !ok {
		return nil
	}
	source, err := cel.ExprToString(left, compiled.NativeRep().SourceInfo())
	if err != nil {
		return nil
	}
	e, err := compile(source, cel.IntType)
	if err != nil {
		return nil
	}
	return &comparison{left: e, atLeast: c.FunctionName() == operators.GreaterEquals, want: int(want)}
}

// judge evaluates a comparison once for both its truth and how far it is. It is
// false where the left side has turned out to be no whole number.
func (c *comparison) judge(s *scope) (Verdict, bool) {
	value, err := c.left.eval(s)
	have, ok := value.(types.Int)
	if err != nil || !ok {
		return Verdict{}, false
	}
	met := int(have) == c.want || c.atLeast && int(have) > c.want
	if met {
		return Verdict{Met: true}, true
	}
	return Verdict{Seen: howMany(int(have), c.want)}, true
}
