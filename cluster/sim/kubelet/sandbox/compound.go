package sandbox

import (
	"context"
	"errors"
	"io"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// command runs one command of any form and sets the status.
func (s *shell) command(ctx context.Context, cmd syntax.Command) error {
	switch c := cmd.(type) {
	case nil:
		s.status = 0
		return nil
	case *syntax.CallExpr:
		return s.call(ctx, c)
	case *syntax.BinaryCmd:
		return s.binary(ctx, c)
	case *syntax.Block:
		return s.stmts(ctx, c.Stmts)
	case *syntax.Subshell:
		return s.inSubshell(ctx, c.Stmts)
	case *syntax.IfClause:
		return s.ifClause(ctx, c)
	case *syntax.WhileClause:
		return s.whileClause(ctx, c)
	case *syntax.ForClause:
		return s.forClause(ctx, c)
	case *syntax.CaseClause:
		return s.caseClause(ctx, c)
	case *syntax.FuncDecl:
		s.funcs[c.Name.Value] = c.Body
		s.status = 0
		return nil
	case *syntax.ArithmCmd:
		n, err := expand.Arithm(s.config(ctx), c.X)
		return s.arithmeticDone(n, err)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			n, err := expand.Arithm(s.config(ctx), x)
			if err := s.arithmeticDone(n, err); err != nil {
				return err
			}
		}
		return nil
	case *syntax.DeclClause:
		return s.declare(ctx, c)
	case *syntax.TestClause:
		return s.testClause(ctx, c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			return s.stmt(ctx, c.Stmt)
		}
		return nil
	default:
		s.complain("this kind of command is not supported here")
		s.status = 2
		return nil
	}
}

func (s *shell) arithmeticDone(n int, err error) error {
	if err != nil {
		s.complain("%s", err)
		s.status = 1
		return nil
	}
	s.status = boolStatus(n != 0)
	return nil
}

func (s *shell) inSubshell(ctx context.Context, list []*syntax.Stmt) error {
	if s.depth >= maxDepth {
		s.complain("%s", errTooDeep)
		return exitFlow{2}
	}
	sub := s.subshell()
	s.status = sub.finish(ctx, sub.stmts(ctx, list))
	return nil
}

func (s *shell) binary(ctx context.Context, c *syntax.BinaryCmd) error {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		return s.pipeline(ctx, c)
	}
	s.tested++
	err := s.stmt(ctx, c.X)
	s.tested--
	if err != nil || (c.Op == syntax.AndStmt) != (s.status == 0) {
		return err
	}
	return s.stmt(ctx, c.Y)
}

// pipeline runs both sides at once. When one side ends, the other sees the end
// of its input or a closed output, so neither waits for ever.
func (s *shell) pipeline(ctx context.Context, c *syntax.BinaryCmd) error {
	forked, ok := s.machine.fork()
	if !ok {
		return s.cannotFork()
	}
	defer forked()
	r, w := io.Pipe()
	left, right := s.subshell(), s.subshell()
	left.files[1] = stream{w: w}
	if c.Op == syntax.PipeAll {
		left.files[2] = stream{w: w}
	}
	right.files[0] = stream{r: r}
	right.scanner = nil
	stop := context.AfterFunc(ctx, func() { _ = r.CloseWithError(context.Canceled) })
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.Close()
		defer left.survive(&left.status)
		left.finish(ctx, left.stmt(ctx, c.X))
	}()
	func() {
		defer r.Close()
		defer right.survive(&right.status)
		right.status = right.finish(ctx, right.stmt(ctx, c.Y))
	}()
	<-done
	s.status = right.status
	return nil
}

func (s *shell) condition(ctx context.Context, list []*syntax.Stmt) (bool, error) {
	s.tested++
	err := s.stmts(ctx, list)
	s.tested--
	return s.status == 0, err
}

func (s *shell) ifClause(ctx context.Context, c *syntax.IfClause) error {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 { // else
			return s.stmts(ctx, c.Then)
		}
		ok, err := s.condition(ctx, c.Cond)
		if err != nil {
			return err
		}
		if ok {
			return s.stmts(ctx, c.Then)
		}
	}
	s.status = 0
	return nil
}

// body runs a loop's body once and says whether the loop goes on.
func (s *shell) body(ctx context.Context, list []*syntax.Stmt) (goOn bool, err error) {
	if err := s.budget.step(ctx); err != nil {
		return false, exitFlow{130}
	}
	err = s.stmts(ctx, list)
	var flow loopFlow
	if !errors.As(err, &flow) {
		return err == nil, err
	}
	if flow.levels > 1 {
		flow.levels--
		return false, flow
	}
	return flow.again, nil
}

func (s *shell) whileClause(ctx context.Context, c *syntax.WhileClause) error {
	status := 0
	for {
		ok, err := s.condition(ctx, c.Cond)
		if err != nil {
			return err
		}
		if ok == c.Until {
			s.status = status
			return nil
		}
		goOn, err := s.body(ctx, c.Do)
		status = s.status
		if !goOn {
			return err
		}
	}
}

func (s *shell) forClause(ctx context.Context, c *syntax.ForClause) error {
	if loop, ok := c.Loop.(*syntax.CStyleLoop); ok {
		return s.cStyle(ctx, loop, c.Do)
	}
	loop, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		return nil
	}
	words := s.params
	if loop.InPos.IsValid() {
		var err error
		if words, err = s.fields(ctx, loop.Items...); err != nil {
			return s.expansionFailed(err)
		}
	}
	s.status = 0
	for _, word := range words {
		s.setVar(loop.Name.Value, word)
		if goOn, err := s.body(ctx, c.Do); !goOn {
			return err
		}
	}
	return nil
}

func (s *shell) cStyle(ctx context.Context, loop *syntax.CStyleLoop, do []*syntax.Stmt) error {
	value := func(x syntax.ArithmExpr) (int, error) {
		if x == nil {
			return 1, nil
		}
		return expand.Arithm(s.config(ctx), x)
	}
	if _, err := value(loop.Init); err != nil {
		return s.expansionFailed(err)
	}
	for {
		n, err := value(loop.Cond)
		if err != nil {
			return s.expansionFailed(err)
		}
		if n == 0 {
			return nil
		}
		if goOn, err := s.body(ctx, do); !goOn {
			return err
		}
		if _, err := value(loop.Post); err != nil {
			return s.expansionFailed(err)
		}
	}
}

func (s *shell) caseClause(ctx context.Context, c *syntax.CaseClause) error {
	word, err := s.literal(ctx, c.Word)
	if err != nil {
		return s.expansionFailed(err)
	}
	s.status = 0
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			pat, err := expand.Pattern(s.config(ctx), p)
			if err != nil {
				return s.expansionFailed(err)
			}
			if matches(pat, word) {
				return s.stmts(ctx, item.Stmts)
			}
		}
	}
	return nil
}

// matches applies a shell pattern to the whole of text.
func matches(pat, text string) bool {
	expr, err := pattern.Regexp(pat, pattern.EntireString)
	if err != nil {
		return pat == text
	}
	re, err := compile(expr)
	return err == nil && re.MatchString(text)
}

// declare runs export, readonly, local, declare and typeset.
func (s *shell) declare(ctx context.Context, c *syntax.DeclClause) error {
	exported := c.Variant.Value == "export"
	var names []string
	for _, a := range c.Args {
		if a.Name == nil {
			word, err := s.literal(ctx, a.Value)
			if err != nil {
				return s.expansionFailed(err)
			}
			if word == "-x" {
				exported = true
			}
			if !strings.HasPrefix(word, "-") {
				name, value, has := strings.Cut(word, "=")
				names = append(names, name)
				if has {
					s.setVar(name, value)
				}
			}
			continue
		}
		names = append(names, a.Name.Value)
		if !a.Naked {
			if err := s.assign(ctx, a); err != nil {
				return s.expansionFailed(err)
			}
		}
	}
	for _, name := range names {
		v := s.vars[name]
		v.Exported = v.Exported || exported
		s.vars[name] = v
	}
	if len(names) == 0 && exported {
		for _, pair := range s.environ() {
			name, value, _ := strings.Cut(pair, "=")
			_, _ = io.WriteString(s.out(), "export "+name+"='"+value+"'\n")
		}
	}
	s.status = 0
	return nil
}
