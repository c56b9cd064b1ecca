package sandbox

import (
	"context"
	"io/fs"
	"strconv"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// testBuiltin is test and [.
func testBuiltin(_ context.Context, s *shell, args []string) error {
	words := args[1:]
	if args[0] == "[" {
		if len(words) == 0 || words[len(words)-1] != "]" {
			s.complain("[: missing ]")
			s.status = 2
			return nil
		}
		words = words[:len(words)-1]
	}
	t := &tester{s: s, words: words}
	ok := t.or()
	if t.bad || len(t.words) > 0 {
		s.complain("%s: unknown operand", args[0])
		s.status = 2
		return nil
	}
	s.status = boolStatus(ok)
	return nil
}

// tester reads test's words by precedence: -o, -a, !, primaries.
type tester struct {
	s     *shell
	words []string
	depth int
	bad   bool
}

// next takes a word; "" when there is none.
func (t *tester) next() string {
	if len(t.words) == 0 {
		return ""
	}
	w := t.words[0]
	t.words = t.words[1:]
	return w
}

func (t *tester) or() bool {
	ok := t.and()
	for len(t.words) > 0 && t.words[0] == "-o" {
		t.words = t.words[1:]
		ok = t.and() || ok
	}
	return ok
}

func (t *tester) and() bool {
	ok := t.not()
	for len(t.words) > 0 && t.words[0] == "-a" {
		t.words = t.words[1:]
		ok = t.not() && ok
	}
	return ok
}

func (t *tester) not() bool {
	if t.depth++; t.depth > maxDepth {
		t.bad, t.words = true, nil
		return false
	}
	if len(t.words) > 1 && t.words[0] == "!" {
		t.words = t.words[1:]
		return !t.not()
	}
	return t.primary()
}

func (t *tester) primary() bool {
	if len(t.words) == 0 {
		return false
	}
	if len(t.words) >= 3 && isBinary(t.words[1]) {
		ok := t.s.compare(t.words[0], t.words[1], t.words[2])
		t.words = t.words[3:]
		return ok
	}
	if len(t.words) >= 2 && isUnary(t.words[0]) {
		ok := t.s.unary(t.words[0], t.words[1])
		t.words = t.words[2:]
		return ok
	}
	if t.words[0] == "(" {
		t.words = t.words[1:]
		ok := t.or()
		if t.next() != ")" {
			t.bad = true
		}
		return ok
	}
	return t.next() != ""
}

func isBinary(op string) bool {
	switch op {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "=~":
		return true
	}
	return false
}

func isUnary(op string) bool {
	switch op {
	case "-e", "-a", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h", "-n", "-z", "-t", "-c", "-b", "-p", "-S", "-v":
		return true
	}
	return false
}

func (s *shell) compare(x, op, y string) bool {
	switch op {
	case "=", "==":
		return x == y
	case "!=":
		return x != y
	case "<":
		return x < y
	case ">":
		return x > y
	case "-nt", "-ot":
		a, errA := s.machine.FS.Stat(s.path(x))
		b, errB := s.machine.FS.Stat(s.path(y))
		if op == "-ot" {
			a, b, errA, errB = b, a, errB, errA
		}
		return errA == nil && (errB != nil || a.ModTime().After(b.ModTime()))
	}
	a, errA := strconv.Atoi(x)
	b, errB := strconv.Atoi(y)
	if errA != nil || errB != nil {
		s.complain("out of range")
		return false
	}
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	default:
		return a >= b
	}
}

func (s *shell) unary(op, x string) bool {
	switch op {
	case "-n":
		return x != ""
	case "-z":
		return x == ""
	case "-v":
		return environment{s}.Get(x).IsSet()
	case "-t":
		return false
	case "-L", "-h":
		info, err := s.machine.FS.Lstat(s.path(x))
		return err == nil && info.Mode()&fs.ModeSymlink != 0
	}
	info, err := s.machine.FS.Stat(s.path(x))
	if err != nil {
		return false
	}
	switch op {
	case "-f":
		return info.Mode().IsRegular()
	case "-d":
		return info.IsDir()
	case "-s":
		return info.Size() > 0
	case "-x":
		return info.Mode()&0o111 != 0
	case "-c":
		return info.Mode()&fs.ModeCharDevice != 0
	case "-b", "-p", "-S":
		return false
	default:
		return true
	}
}

// testClause is [[ … ]].
func (s *shell) testClause(ctx context.Context, c *syntax.TestClause) error {
	ok, err := s.testExpr(ctx, c.X)
	if err != nil {
		return s.expansionFailed(err)
	}
	s.status = boolStatus(ok)
	return nil
}

func (s *shell) testExpr(ctx context.Context, x syntax.TestExpr) (bool, error) {
	switch x := x.(type) {
	case *syntax.Word:
		word, err := s.literal(ctx, x)
		return word != "", err
	case *syntax.ParenTest:
		return s.testExpr(ctx, x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			ok, err := s.testExpr(ctx, x.X)
			return !ok, err
		}
		w, ok := x.X.(*syntax.Word)
		if !ok {
			return false, nil
		}
		word, err := s.literal(ctx, w)
		return s.unary(x.Op.String(), word), err
	case *syntax.BinaryTest:
		return s.binaryTest(ctx, x)
	}
	return false, nil
}

func (s *shell) binaryTest(ctx context.Context, x *syntax.BinaryTest) (bool, error) {
	if x.Op == syntax.AndTest || x.Op == syntax.OrTest {
		ok, err := s.testExpr(ctx, x.X)
		if err != nil || ok == (x.Op == syntax.OrTest) {
			return ok, err
		}
		return s.testExpr(ctx, x.Y)
	}
	left, okL := x.X.(*syntax.Word)
	right, okR := x.Y.(*syntax.Word)
	if !okL || !okR {
		return false, nil
	}
	a, err := s.literal(ctx, left)
	if err != nil {
		return false, err
	}
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		pat, err := expand.Pattern(s.config(ctx), right)
		return matches(pat, a) == (x.Op != syntax.TsNoMatch), err
	}
	b, err := s.literal(ctx, right)
	if err != nil {
		return false, err
	}
	if x.Op == syntax.TsReMatch {
		re, err := compile(b)
		return err == nil && re.MatchString(a), err
	}
	return s.compare(a, x.Op.String(), b), nil
}
