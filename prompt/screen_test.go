package prompt

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// pieces are what noise is made of: parts of sequences, whole ones and text.
func pieces() []string {
	return []string{
		"plain", "\r\n", "\n", "\t", "\b", "가나다", "\x1b[31m", "\x1b[m", "\x1b[2J", "\x1b[3J", "\x1b[H", "\x1b[5;5H", "\x1b[999;999H",
		"\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[2;3r", "\x1b[r", "\x1bM", "\x1bD", "\x1bE", "\x1b7", "\x1b8", "\x1b[?69h", "\x1b[3;5s",
		"\x1b[9@", "\x1b[9P", "\x1b[9X", "\x1b[9L", "\x1b[9M", "\x1b[99S", "\x1b[99T", "\x1b[999b", "\x1b(0lqk", "\x0e", "\x0f", "\x1b[20h", "\x1b[3g",
		"\x1bH", "\u200d", "\u0301", "👨‍👩‍👧", "\x1b]52;c;x\a", "\x1b]", "\x1bP$q\x1b\\", "\x1b_", "\x1b\\", "\x1bc", "\x1b[!p", "\x1b#8", "\x1b[", "\x1b", ";", "5", "\x9b", "\xff",
		"\xed", "\u009b", "\x18", "\x1b[?6h", "\x1b[?7l", "\x1b[?7h", "\x1b[?25l", "\x1b[6n", "\x1b[0J", "\x1b[1J", "\x1b[1K", "\x1b[41m", strings.Repeat("x", 200),
	}
}

func TestTheScreenSurvivesNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same noise every time
	all := pieces()
	for range 400 {
		var noise strings.Builder
		for range random.IntN(80) {
			noise.WriteString(all[random.IntN(len(all))])
		}
		survives(t, []byte(noise.String()), random.IntN(60)+1, random.IntN(20)+1)
	}
}

func TestCharactersStayWholeWhereverOutputIsCut(t *testing.T) {
	text := "\x1b[7m저장 é 되돌리기 👍🏽 끝\x1b[m"
	want := "저장 é 되돌리기 👍🏽 끝"
	shown := func(outputs ...string) string {
		s := newScreen(60, 4)
		defer endReplies(s.emu)
		for _, output := range outputs {
			s.write([]byte(output))
		}
		rows, _ := s.live()
		return ansi.Strip(rows[len(rows)-1])
	}
	for i := range len(text) {
		if got := shown(text[:i], text[i:]); got != want {
			t.Errorf("read in two parts at %d it is drawn as %q", i, got)
		}
	}
	for before := range slice + 1 { // the screen itself takes long output in parts
		if got := shown(strings.Repeat("a", before) + "\x1b[4;1H" + text); !strings.HasPrefix(got, want) {
			t.Errorf("behind %d characters it is drawn as %q", before, got)
		}
	}
}

// survives checks that output neither stops the screen nor makes it draw
// anything but text and colours, nor rows that are too wide.
func survives(t *testing.T, output []byte, width, height int) {
	t.Helper()
	s := newScreen(width, height)
	done, replies := make(chan struct{}), s.emu
	go func() { defer close(done); drain(replies) }()
	s.write(output[:len(output)/2])
	s.resize(width+3, height+2)
	s.write(output[len(output)/2:])
	rows, cursor := s.live()
	if cursor.X < 0 || cursor.X >= s.emu.Width() || cursor.Y < 0 || cursor.Y >= s.emu.Height() {
		t.Errorf("%q: the cursor is at %v", output, cursor)
	}
	past, _ := s.take()
	for _, row := range append(past, append(rows, s.rest()...)...) {
		if cleaned := onlyColours(row); cleaned != row {
			t.Errorf("%q: %q would be drawn, harmless is %q", output, row, cleaned)
		}
		if got := ansi.StringWidth(fit(row, width)); got > width {
			t.Errorf("%q: a row of %d cells in %d", output, got, width)
		}
	}
	endReplies(s.emu)
	<-done
}
