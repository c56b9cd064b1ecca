package prompt

import (
	"strings"
	"testing"
)

func TestTheCaretMovesByWholeCharacters(t *testing.T) {
	const (
		jamo   = "\u1112\u1161\u11ab" // 한, as macOS file names have it
		family = "👨‍👩‍👧"
	)
	var l Line
	l.Insert("a한" + jamo + family + "e\u0301")
	var columns []int
	for range 6 {
		_, column := l.View(80)
		columns = append(columns, column)
		l.Left()
	}
	if want := []int{8, 7, 5, 3, 1, 0}; !equal(columns, want) {
		t.Errorf("the caret stood at %v, want %v", columns, want)
	}
	l.Right()
	l.Right()
	l.Delete()
	if want := "a한" + family + "e\u0301"; l.Value() != want {
		t.Errorf("after Delete %q", l.Value())
	}
	l.End()
	l.Backspace()
	l.Backspace()
	l.Backspace()
	if l.Value() != "a" {
		t.Errorf("after three Backspaces %q", l.Value())
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestEditingALine(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(*Line)
		want string // with | for the caret
	}{
		"insert":           {func(l *Line) { l.Insert("x") }, "kubectl get 파드 -Ax|"},
		"home":             {func(l *Line) { l.Home() }, "|kubectl get 파드 -A"},
		"word left":        {func(l *Line) { l.WordLeft(); l.WordLeft() }, "kubectl get |파드 -A"},
		"word right":       {func(l *Line) { l.Home(); l.WordRight(); l.WordRight() }, "kubectl get| 파드 -A"},
		"word right ends":  {func(l *Line) { l.WordRight() }, "kubectl get 파드 -A|"},
		"delete word":      {func(l *Line) { l.WordLeft(); l.DeleteWord() }, "kubectl get |-A"},
		"kill before":      {func(l *Line) { l.WordLeft(); l.KillBefore() }, "|-A"},
		"kill after":       {func(l *Line) { l.WordLeft(); l.KillAfter() }, "kubectl get 파드 |"},
		"backspace empty":  {func(l *Line) { l.Set(""); l.Backspace(); l.Left(); l.DeleteWord() }, "|"},
		"delete at end":    {func(l *Line) { l.Delete(); l.Right() }, "kubectl get 파드 -A|"},
		"replace":          {func(l *Line) { l.Replace(len("kubectl get "), "pods ") }, "kubectl get pods |"},
		"controls go":      {func(l *Line) { l.Set("a\x1b[31mb\x07c\nd\te\u202e") }, "abcd e|"},
		"replace nonsense": {func(l *Line) { l.Home(); l.Replace(5, "x") }, "|kubectl get 파드 -A"},
	} {
		t.Run(name, func(t *testing.T) {
			var l Line
			l.Set("kubectl get 파드 -A")
			test.do(&l)
			if got := l.Value()[:l.Caret()] + "|" + l.Value()[l.Caret():]; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestALongLineShowsThePartAroundTheCaret(t *testing.T) {
	var l Line
	l.Set("가나다라마바사")
	for _, test := range []struct {
		move    func()
		visible string
		caret   int
	}{
		{l.End, "바사", 4},
		{func() { l.Left(); l.Left() }, "라마바", 4},
		{l.Home, "가나다", 0},
		{l.Right, "가나다", 2},
	} {
		test.move()
		if visible, caret := l.View(7); !strings.HasPrefix(visible, test.visible) || caret != test.caret {
			t.Errorf("shows %q with the caret at %d, want %q and %d", visible, caret, test.visible, test.caret)
		}
	}
}

func newInput(entries ...string) *Input {
	h := &History{}
	for _, e := range entries {
		_ = h.Add(e)
	}
	return NewInput(h)
}

// enterAll runs what a paste entered, as a screen does, and returns it.
func enterAll(in *Input, enter bool) []string {
	var ran []string
	for enter {
		statement, complete, _ := in.Enter()
		if complete {
			ran = append(ran, statement)
		}
		enter = complete && in.Next()
	}
	return ran
}

func TestPasteRunsItsCompleteLinesInTurn(t *testing.T) {
	for name, test := range map[string]struct {
		paste   string
		ran     []string
		left    string
		pending bool
	}{
		"one line":        {"k get po", nil, "X k get po Y", false},
		"two lines":       {"a\r\nb\n", []string{"X a", "b"}, " Y", false},
		"a tail":          {"a\nb\nc", []string{"X a", "b"}, "c Y", false},
		"a heredoc":       {"cat <<'E'\na\nE\nb\n", []string{"X cat <<'E'\na\nE", "b"}, " Y", false},
		"an open heredoc": {"cat <<'E'\na\n", nil, " Y", true},
		"an open quote":   {"echo 'a\nb'\nc\n", []string{"X echo 'a\nb'", "c"}, " Y", false},
		"a pipe":          {"k get po |\ngrep a\n", []string{"X k get po |\ngrep a"}, " Y", false},
		"a backslash":     {"k get \\\npo\n", []string{"X k get \\\npo"}, " Y", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInput()
			in.Set("X  Y")
			in.Left()
			in.Left()
			ran := enterAll(in, in.Paste(test.paste))
			if strings.Join(ran, "§") != strings.Join(test.ran, "§") || in.Value() != test.left || in.Continued() != test.pending {
				t.Errorf("ran %q, left %q, pending %v", ran, in.Value(), in.Pending())
			}
		})
	}
}

func TestAnUnfinishedStatementGoesOn(t *testing.T) {
	in := newInput()
	for _, line := range []string{"kubectl apply -f - <<'EOF'", "kind: Pod"} {
		in.Set(line)
		if _, complete, _ := in.Enter(); complete || !in.Continued() {
			t.Fatalf("%q is taken as complete", line)
		}
	}
	in.Set("EOF")
	statement, complete, _ := in.Enter()
	if want := "kubectl apply -f - <<'EOF'\nkind: Pod\nEOF"; !complete || statement != want {
		t.Errorf("got %q", statement)
	}
	in.Up()
	if in.Value() != "EOF" || strings.Join(in.Pending(), "|") != "kubectl apply -f - <<'EOF'|kind: Pod" {
		t.Errorf("the history brings back %q after %q", in.Value(), in.Pending())
	}
	again, complete, _ := in.Enter()
	if !complete || again != statement {
		t.Errorf("entered again it is %q", again)
	}
	in.Set("echo 'open")
	_, _, _ = in.Enter()
	in.Cancel()
	if in.Continued() || in.Value() != "" {
		t.Error("Cancel left something")
	}
}

func TestAHeredocGoesOnUntilItsDelimiter(t *testing.T) {
	for name, lines := range map[string][]string{
		"a space before it":    {"cat << E", "a", "", "E"},
		"unquoted":             {"kubectl apply -f - <<EOF", "kind: Pod", "EOF"},
		"quoted":               {"kubectl apply -f - <<'EOF'", "a: $B", "EOF"},
		"double quotes":        {`kubectl apply -f - << "EOF"`, "EOF"},
		"tabs":                 {"cat <<-E", "a", "E"},
		"into a pipe":          {"cat <<E | grep a", "a", "E"},
		"before another":       {"cat <<E && kubectl get po", "a", "E"},
		"two of them":          {"cat <<A && cat <<B", "a", "A", "B"},
		"from a page":          {"$ kubectl apply -f - <<EOF", "kind: Pod", "EOF"},
		"quotes inside":        {"cat <<E", "it's \"", "E"},
		"a delimiter inside":   {"cat <<E", "E ", " E", "EE", "E"},
		"a backslash inside":   {"cat <<'E'", `a \`, "E"},
		"Korean":               {"cat <<끝", "안녕", "끝"},
		"after other commands": {"kubectl get po; cat <<E", "E"},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInput()
			for i, line := range lines {
				in.Set(line)
				statement, complete, _ := in.Enter()
				last := i == len(lines)-1
				if complete != last || in.Continued() == last {
					t.Fatalf("after %q: complete %v, continued %v", lines[:i+1], complete, in.Continued())
				}
				if _, err := Parse(statement); last && err != nil {
					t.Errorf("%q: %v", statement, err)
				}
				if !last && !Incomplete(parseError(strings.Join(lines[:i+1], "\n"))) {
					t.Errorf("%q does not ask for more", lines[:i+1])
				}
			}
			whole := strings.Join(lines, "\n")
			pasted := newInput()
			if ran := enterAll(pasted, pasted.Paste(whole+"\n")); len(ran) != 1 || ran[0] != whole {
				t.Errorf("pasted it ran %q", ran)
			}
		})
	}
}

func parseError(line string) error {
	_, err := Parse(line)
	return err
}

func TestWalkingTheHistoryKeepsTheDraft(t *testing.T) {
	in := newInput("one", "two\nlines", "three")
	in.Set("draft")
	want := []string{"three", "lines", "one", "one"}
	for _, w := range want {
		in.Up()
		if in.Value() != w {
			t.Errorf("Up shows %q, want %q", in.Value(), w)
		}
	}
	for _, w := range []string{"lines", "three", "draft", "draft"} {
		in.Down()
		if in.Value() != w {
			t.Errorf("Down shows %q, want %q", in.Value(), w)
		}
	}
	if in.Continued() {
		t.Error("lines of another entry are left")
	}
}

func TestSearchingTheHistory(t *testing.T) {
	in := newInput("kubectl get po", "kubectl get svc", "kubectl get po -w", "ls")
	in.Set("draft")
	in.Search()
	in.Refine("get p")
	if query, on, found := in.Searching(); query != "get p" || !on || !found || in.Value() != "kubectl get po -w" {
		t.Errorf("found %q", in.Value())
	}
	in.Search()
	if in.Value() != "kubectl get po" {
		t.Errorf("the next is %q", in.Value())
	}
	in.Search()
	if in.Value() != "kubectl get po" {
		t.Errorf("beyond the last is %q", in.Value())
	}
	in.Refine("x")
	if _, _, found := in.Searching(); found {
		t.Error("found what is not there")
	}
	in.Refine("")
	if in.Value() != "kubectl get po -w" {
		t.Errorf("after taking a letter away: %q", in.Value())
	}
	in.Accept()
	in.Down()
	if in.Value() != "ls" {
		t.Errorf("the entry after the found one is %q", in.Value())
	}
	in.Search()
	in.Refine("svc")
	in.AbandonSearch()
	if _, on, _ := in.Searching(); on || in.Value() != "ls" {
		t.Errorf("abandoned with %q", in.Value())
	}
}
