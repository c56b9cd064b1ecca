package prompt

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"podium/i18n"
)

// checker holds a parsed statement against what the prompt allows, and collects
// its commands.
type checker struct {
	calls []call
}

// statements checks a list; alone tells that no pipe is around it.
func (c *checker) statements(list []*syntax.Stmt, alone bool) error {
	for _, stmt := range list {
		if err := c.statement(stmt, alone); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) statement(stmt *syntax.Stmt, alone bool) error {
	switch {
	case stmt.Background || stmt.Coprocess || stmt.Disown:
		return refuse("prompt.no-background")
	case stmt.Negated:
		return refuse("prompt.no-control")
	}
	switch cmd := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		return c.call(cmd, stmt.Redirs, alone)
	case *syntax.BinaryCmd:
		if len(stmt.Redirs) > 0 || cmd.Op != syntax.AndStmt && cmd.Op != syntax.OrStmt && cmd.Op != syntax.Pipe {
			return refuse("prompt.no-redirect", "Op", cmd.Op.String())
		}
		alone = alone && cmd.Op != syntax.Pipe
		if err := c.statement(cmd.X, alone); err != nil {
			return err
		}
		return c.statement(cmd.Y, alone)
	case *syntax.DeclClause:
		return refuse("prompt.no-variables")
	case nil:
		return refuse("prompt.no-redirect", "Op", stmt.Redirs[0].Op.String())
	}
	return refuse("prompt.no-control")
}

func (c *checker) call(cmd *syntax.CallExpr, redirects []*syntax.Redirect, alone bool) error {
	if len(cmd.Assigns) > 0 {
		return refuse("prompt.no-variables")
	}
	for _, word := range cmd.Args {
		if err := static(word); err != nil {
			return err
		}
	}
	args, err := fields(cmd.Args)
	if err != nil || len(args) == 0 {
		return i18n.Errorf(err, i18n.M("prompt.no-control"))
	}
	if err := known(args); err != nil {
		return err
	}
	this := call{args: args, plain: alone && len(redirects) == 0}
	for _, r := range redirects {
		file, err := c.redirect(r)
		if err != nil {
			return err
		}
		if file != "" {
			this.redirects = append(this.redirects, file)
		}
	}
	c.calls = append(c.calls, this)
	return nil
}

// known says whether the prompt has the command, and what to use if it hasn't.
func known(args []string) error {
	switch role := words[args[0]]; {
	case role == roleKubectl:
		return ownCluster(args[1:])
	case role == rolePodium:
		return onlyNodes(args[1:])
	case role != 0:
		return nil
	}
	switch args[0] {
	case "watch":
		return refuse("prompt.no-watch")
	case "cd", "mkdir", "pushd", "popd":
		return refuse("prompt.no-folders", "Word", args[0])
	case "export", "set", "unset", "alias", "source", ".", "eval":
		return refuse("prompt.no-variables")
	case "jq", "yq", "awk", "sed", "xargs", "tr", "tee", "less", "more":
		return refuse("prompt.no-filter", "Word", args[0], "Filters", filters())
	case "quit", "logout":
		return refuse("prompt.no-quit", "Word", args[0])
	}
	if slices.Contains(shownVerbs, args[0]) {
		return refuse("prompt.forgot-kubectl", "Line", "kubectl "+strings.Join(args, " "))
	}
	return refuse("prompt.not-here", "Word", args[0], "Filters", filters())
}

// onlyNodes refuses what of podium's own commands belongs to another terminal:
// its screen is on already, and up and down are not the lesson's to do.
func onlyNodes(args []string) error {
	if len(args) == 0 || args[0] != "node" {
		return refuse("prompt.only-nodes")
	}
	return nil
}

// shownVerbs are kubectl's verbs that beginners type without kubectl.
var shownVerbs = []string{
	"get", "describe", "apply", "create", "delete", "scale", "rollout", "logs", "exec", "explain", "expose", "label", "annotate", "patch", "run",
}

// static refuses words whose value is not in the line itself.
func static(word *syntax.Word) error { return staticParts(word.Parts) }

func staticParts(parts []syntax.WordPart) error {
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
		case *syntax.SglQuoted:
			if part.Dollar {
				return refuse("prompt.no-variables")
			}
		case *syntax.DblQuoted:
			if part.Dollar {
				return refuse("prompt.no-variables")
			}
			if err := staticParts(part.Parts); err != nil {
				return err
			}
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return refuse("prompt.no-substitution")
		default:
			return refuse("prompt.no-variables")
		}
	}
	return nil
}

// redirect checks a redirection and returns the file it names, if any.
func (c *checker) redirect(r *syntax.Redirect) (string, error) {
	fd := ""
	if r.N != nil {
		fd = r.N.Value
	}
	unusable := refuse("prompt.no-redirect", "Op", fd+r.Op.String())
	if fd != "" && fd != "1" && fd != "2" && fd != "0" {
		return "", unusable
	}
	if r.Op == syntax.Hdoc || r.Op == syntax.DashHdoc {
		// One without lines has no word.
		if r.Hdoc != nil && staticParts(r.Hdoc.Parts) != nil {
			return "", refuse("prompt.quote-heredoc")
		}
		return "", nil
	}
	if err := static(r.Word); err != nil {
		return "", err
	}
	target, err := fields([]*syntax.Word{r.Word})
	if err != nil || len(target) != 1 {
		return "", unusable
	}
	switch r.Op {
	case syntax.DplOut: // 2>&1
		if target[0] != "1" && target[0] != "2" {
			return "", unusable
		}
		return "", nil
	case syntax.WordHdoc:
		return "", nil
	case syntax.RdrOut, syntax.AppOut, syntax.RdrIn:
		if target[0] == nowhere {
			return "", nil
		}
		return target[0], inside(target[0])
	}
	return "", unusable
}
