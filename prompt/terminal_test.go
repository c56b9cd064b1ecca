package prompt

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"podium/i18n"
)

// stage is a terminal whose changes can be waited for.
type stage struct {
	*Terminal
	t       *testing.T
	width   int
	changed chan struct{}
	done    <-chan struct{}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, width: 40, changed: make(chan struct{}, 1)}
	s.Terminal = NewTerminal(func() {
		select {
		case s.changed <- struct{}{}:
		default:
		}
	})
	t.Cleanup(s.Close)
	return s
}

func (s *stage) run(cmd *exec.Cmd) {
	s.t.Helper()
	done, err := s.Start(s.t.Context(), cmd, s.width, 8)
	if err != nil {
		s.t.Fatal(err)
	}
	s.done = done
}

func (s *stage) text() string {
	return strings.Join(s.Picture(200, 10_000, 0).Rows, "\n")
}

// wait returns when the picture holds text.
func (s *stage) wait(text string) {
	s.t.Helper()
	limit := time.After(patience)
	for !strings.Contains(ansi.Strip(s.text()), text) {
		select {
		case <-s.changed:
		case <-limit:
			s.t.Fatalf("never saw %q in:\n%s", text, s.text())
		}
	}
}

func (s *stage) ended() Outcome {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatalf("the command never ended:\n%s", s.text())
	}
	return s.Last()
}

func TestACommandsOutputStaysAboveTheNext(t *testing.T) {
	s := newStage(t)
	s.Print("\x1b[1m$ first\x1b[0m\x1b]0;no\a")
	s.run(self(t, "say", "\x1b[31mred\x1b[0m one\ntwo\n"))
	if o := s.ended(); o.Exit != 0 || o.Output != "red one\ntwo\n" || o.Ended.Before(o.Started) {
		t.Errorf("outcome %+v", o)
	}
	s.Print("$ second")
	s.run(self(t, "fail"))
	if o := s.ended(); o.Exit != 7 {
		t.Errorf("exit %d, want 7", o.Exit)
	}
	want := "\x1b[1m$ first\x1b[0m\n\x1b[31mred\x1b[m one\ntwo\n$ second"
	if got := s.text(); got != want {
		t.Errorf("the picture is\n%q, want\n%q", got, want)
	}
	s.Clear()
	if got := s.text(); got != "" {
		t.Errorf("after Clear there is %q", got)
	}
}

func TestLongOutputScrollsIntoThePast(t *testing.T) {
	s := newStage(t)
	var all strings.Builder
	for i := range 300 {
		fmt.Fprintf(&all, "row %d\n", i)
	}
	s.run(self(t, "say", all.String()))
	s.ended()
	if got := s.text() + "\n"; got != all.String() {
		t.Errorf("rows are missing or out of order:\n%s", got)
	}
	p := s.Picture(40, 5, 10)
	if p.Rows[4] != "row 289" || p.Above != 285 || p.Below != 10 {
		t.Errorf("ten rows back: %q above %d below %d", p.Rows, p.Above, p.Below)
	}
	if p := s.Picture(4, 1, 0); p.Rows[0] != "row " {
		t.Errorf("a narrow picture has %q", p.Rows)
	}
}

func TestNothingReachesTheOuterTerminalButTextAndColours(t *testing.T) {
	for name, output := range map[string]string{
		"title": "\x1b]0;title\a", "clipboard": "\x1b]52;c;aGk=\x1b\\", "notification": "\x1b]9;hello\a", "link": "\x1b]8;;http://x\atext\x1b]8;;\a",
		"image": "\x1bPq#0~~\x1b\\", "kitty image": "\x1b_Gf=24;AAAA\x1b\\", "bell": "\a", "C1 as UTF-8": "\u009b31m\u009d0;t\u009c", "C1 as a byte": "\x9d0;title\x9c",
		"direction": "\u202eabc", "unterminated": "\x1b]52;c;" + strings.Repeat("A", 100_000), "window": "\x1b[8;1;1t\x1b[3;0;0t", "huge": "\x1b[999999999b\x1b[99999999S",
		"reset": "\x1bc\x1b[!p", "mouse": "\x1b[?1003h\x1b[?1006h",
	} {
		t.Run(name, func(t *testing.T) {
			screen := newScreen(40, 5)
			go drain(screen.emu)
			defer endReplies(screen.emu)
			screen.write([]byte("a" + output + "\r\nb\r\n"))
			rows, _ := screen.live()
			for _, row := range append(screen.rows, rows...) {
				if cleaned := onlyColours(row); cleaned != row {
					t.Errorf("%q would be drawn, harmless is %q", row, cleaned)
				}
			}
		})
	}
}

func drain(emu *vt.Emulator) {
	b := make([]byte, 1024)
	for {
		if _, err := emu.Read(b); err != nil {
			return
		}
	}
}

func TestWideCharactersWrapWhole(t *testing.T) {
	for _, test := range []struct {
		width int
		out   string
		want  string
	}{
		{10, "가나다라마바사", "가나다라마|바사"},
		{9, "가나다라마바사", "가나다라|마바사"},
		{9, "a가나다라마바사", "a가나다라|마바사"},
		{6, "가나다\r\n라", "가나다|라"},
		{6, "가나다\x1b[31m라\x1b[m", "가나다|라"},
		{6, "abcde가", "abcde|가"},
		{6, "abcdef가", "abcdef|가"},
		{6, "한글", "한글"},
	} {
		t.Run(fmt.Sprint(test.width, test.out), func(t *testing.T) {
			screen := newScreen(test.width, 5)
			defer endReplies(screen.emu)
			for i := range len(test.out) { // one byte at a time, as slow programs write
				screen.write([]byte(test.out[i : i+1]))
			}
			rows, _ := screen.live()
			if got := ansi.Strip(strings.Join(rows, "|")); got != test.want {
				t.Errorf("drawn as %q, want %q", got, test.want)
			}
		})
	}
}

func TestCtrlCEndsAWatchAtOnce(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "watch"))
	s.wait("web-1 1/1")
	began := time.Now()
	s.Interrupt()
	if o := s.ended(); o.Exit != 130 {
		t.Errorf("exit %d, want 130", o.Exit)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %s", took)
	}
}

func TestCtrlCWorksOnAKoreanKeyboard(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "watch"))
	s.wait("web-1")
	s.Key(uv.KeyPressEvent{Code: 'ㅊ', BaseCode: 'c', Mod: uv.ModCtrl})
	s.ended()
}

func TestClosingEndsACommandThatIgnoresInterrupts(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "deaf"))
	s.wait("deaf")
	s.Close()
	if o := s.ended(); o.Exit != 137 {
		t.Errorf("exit %d, want 137", o.Exit)
	}
	if _, err := s.Start(t.Context(), self(t, "say"), 10, 1); err == nil {
		t.Error("a closed terminal started a command")
	}
}

func TestCancellingEndsTheCommand(t *testing.T) {
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	done, err := s.Start(ctx, self(t, "watch"), 40, 5)
	if err != nil {
		t.Fatal(err)
	}
	s.done = done
	if _, err := s.Start(ctx, self(t, "say"), 40, 5); err == nil {
		t.Error("two commands ran at once")
	}
	cancel()
	s.ended()
	if s.Running() {
		t.Error("it still runs")
	}
}

func TestKeysAndPasteReachARawProgram(t *testing.T) {
	s := newStage(t)
	s.width = 200
	s.run(self(t, "raw"))
	s.wait("ready")
	s.Key(uv.KeyPressEvent{Code: 'a', ShiftedCode: 'A', Mod: uv.ModShift, Text: "A"})
	s.Key(uv.KeyPressEvent{Code: uv.KeyEnter})
	s.Text("가")
	s.Interrupt()
	s.wait("<41><0d><ea><b0><80><03>")
	s.Paste("x\x1b[201~y")
	s.wait("<32><30><30><7e><78><5b><32><30><31><7e><79><1b><5b><32><30><31><7e>") // bracketed; the text can't end it
	s.Text("q")
	s.ended()
}

func TestResizeReachesTheProgram(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "size"))
	s.wait("40x8")
	s.Resize(50, 6)
	s.wait("50x6")
	s.ended()
}

func TestShrinkingKeepsTheNewestRows(t *testing.T) {
	screen := newScreen(10, 6)
	defer endReplies(screen.emu)
	screen.write([]byte("1\r\n2\r\n3\r\n4\r\n5"))
	screen.resize(10, 3)
	rows, cursor := screen.live()
	past, _ := screen.take()
	if got := strings.Join(append(past, rows...), ""); got != "12345" || cursor.Y != 2 || cursor.X != 1 {
		t.Errorf("rows %q and %q, cursor %v", past, rows, cursor)
	}
}

func TestAFullScreenProgramHasThePictureAlone(t *testing.T) {
	s := newStage(t)
	s.Print("older")
	s.run(self(t, "full"))
	s.wait("whole screen")
	if p := s.Picture(40, 8, 0); !p.Full || len(p.Rows) != 8 || p.Above != 0 || !p.Visible || p.Cursor != uv.Pos(12, 0) {
		t.Errorf("picture %+v", p)
	}
	s.Text("\n")
	s.ended()
	if got := s.text(); !strings.HasPrefix(got, "older\nbefore") || strings.Contains(got, "whole") {
		t.Errorf("afterwards there is %q", got)
	}
}

func TestAFloodNeitherStallsNorGrows(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "flood"))
	s.wait("line 6000 ")
	began := time.Now()
	p := s.Picture(40, 8, 0)
	if took := time.Since(began); took > time.Second || len(p.Rows) != 8 {
		t.Errorf("a picture of %d rows took %s", len(p.Rows), took)
	}
	if p.Above > pastRows {
		t.Errorf("%d rows are kept", p.Above)
	}
	s.Interrupt()
	o := s.ended()
	if len(o.Output) > transcriptBytes || !strings.HasPrefix(o.Output, "line ") {
		t.Errorf("%d bytes of output, beginning %.20q", len(o.Output), o.Output)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB on the heap", m.HeapAlloc>>20)
	}
}

func TestAProgramThatNeverReadsAnswersCantStallTheScreen(t *testing.T) {
	s := newStage(t)
	s.run(self(t, "ask"))
	s.wait("asked")
	s.ended()
}

func TestDirtyIsCalledOnceUntilAPictureIsTaken(t *testing.T) {
	calls := 0
	term := NewTerminal(func() { calls++ })
	defer term.Close()
	term.Print("one")
	term.Print("two")
	if calls != 1 {
		t.Errorf("%d calls before a picture", calls)
	}
	term.Picture(10, 10, 0)
	term.Print("three")
	if calls != 2 {
		t.Errorf("%d calls after it", calls)
	}
}

func TestAProgramThatCantBeStartedIsASentence(t *testing.T) {
	s := newStage(t)
	_, err := s.Start(t.Context(), exec.Command(t.TempDir()+"/none"), 40, 5)
	if err == nil || !strings.Contains(err.Error(), "could not be started") {
		t.Errorf("error %v", err)
	}
}

func TestTheLineRunsInItsChild(t *testing.T) {
	s := newStage(t)
	s.width = 200
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/web.yaml", []byte("kind: Pod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Home: t.TempDir(), Folder: folder, Language: "ko"}
	for _, step := range []struct{ line, want string }{
		{"kubectl version --client", "Client Version"},
		{"kubectl tty x; k tty 'y z'", "tty true [y z]"},
		{"cat web.yaml | grep kind", "kind: Pod"},
		{"vi web.yaml", "editing [web.yaml]"},
		{"cat ../secret", "레슨 폴더 밖"},
		{"docker ps", "docker 명령이 없어요"},
	} {
		s.run(Child(t.Context(), o, step.line))
		s.ended()
		s.wait(step.want)
	}
}

func TestASentenceIsBrokenBetweenWords(t *testing.T) {
	const word = "docker"
	for _, language := range i18n.Languages {
		s := newStage(t)
		s.width = 30
		s.run(Child(t.Context(), Options{Home: t.TempDir(), Folder: t.TempDir(), Language: language}, word+" ps"))
		s.ended()
		sentence := language.Say(i18n.M("prompt.not-here", "Word", word, "Filters", filters()))
		if got := strings.Join(strings.Fields(s.text()), " "); !strings.Contains(got, sentence) {
			t.Errorf("%s:\n%s", language, s.text())
		}
	}
}

func TestCtrlCEndsAPipeOfWatches(t *testing.T) {
	s := newStage(t)
	s.run(Child(t.Context(), Options{Home: t.TempDir(), Folder: t.TempDir()}, "sleep 500; kubectl tty never"))
	began := time.Now()
	limit := time.NewTimer(300 * time.Millisecond) // until it handles signals
	<-limit.C
	s.Interrupt()
	o := s.ended()
	if took := time.Since(began); o.Exit != 130 || took > 3*time.Second {
		t.Errorf("exit %d after %s", o.Exit, took)
	}
	if strings.Contains(s.text(), "never") {
		t.Error("the rest of the line ran")
	}
}
