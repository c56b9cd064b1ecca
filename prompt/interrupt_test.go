package prompt

import (
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
)

func TestACommandThatFailsUponCtrlCWasInterrupted(t *testing.T) {
	ctrlC := uv.KeyPressEvent{Code: 'c', Mod: uv.ModCtrl}
	for name, test := range map[string]struct {
		program string
		press   func(*stage)
		want    int
	}{
		"as kubectl does":       {"grumble", func(s *stage) { s.Key(ctrlC) }, 130},
		"on another keyboard":   {"grumble", func(s *stage) { s.Key(uv.KeyPressEvent{Code: 'ㅊ', BaseCode: 'c', Mod: uv.ModCtrl}) }, 130},
		"by the screen":         {"grumble", func(s *stage) { s.Interrupt() }, 130},
		"a success stays one":   {"yield", func(s *stage) { s.Key(ctrlC) }, 0},
		"it went on, then fell": {"shrug", func(s *stage) { s.Key(ctrlC); s.wait("again"); s.Text("x\n") }, 7},
		"no Ctrl-C":             {"shrug", func(s *stage) { s.Text("x\n") }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.run(self(t, test.program))
			s.wait("ready")
			test.press(s)
			if o := s.ended(); o.Exit != test.want {
				t.Errorf("exit %d, want %d", o.Exit, test.want)
			}
			s.run(self(t, "fail"))
			if o := s.ended(); o.Exit != 7 {
				t.Errorf("the next command has exit %d, want 7", o.Exit)
			}
		})
	}
}
