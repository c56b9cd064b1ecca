package prompt

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"podium/i18n"
)

// Terminal is what stands above the prompt's line: the rows of the commands
// that have ended, and below them the screen of the one that runs, in a
// pseudo-terminal of its own. It is safe for concurrent use.
type Terminal struct {
	dirty func()

	mu      sync.Mutex
	past    *past
	screen  *screen // of the running command; nil between commands
	session *session
	output  *transcript
	pressed bool // Ctrl-C was the last key that the running command was sent
	shown   bool // dirty has been called since the last picture
	last    Outcome
	ctx     context.Context // of everything this terminal runs
	cancel  context.CancelFunc
}

// interrupted is the exit code of a command that Ctrl-C ended, in every shell.
const interrupted = 130

// Outcome is how a command ended.
type Outcome struct {
	Exit           int    // 130 if it failed upon the learner's Ctrl-C, whatever it said itself
	Output         string // what it wrote, without sequences, its newest 64 KiB
	Started, Ended time.Time
}

// Picture is what a pane draws: rows of text with SGR sequences and no other,
// none wider than asked for.
type Picture struct {
	Rows    []string
	Cursor  uv.Position // in Rows, if Visible
	Visible bool        // a command runs and shows its cursor
	Full    bool        // a program has the whole screen: draw nothing around it
	Above   int         // rows that could be seen by going back further
	Below   int         // rows that are newer than the last one shown
}

// NewTerminal returns an empty terminal. dirty is called, from any goroutine,
// when the picture is no longer the one last taken: once, and again only after
// [Terminal.Picture] was called. It must not call the terminal. The caller
// closes the terminal.
func NewTerminal(dirty func()) *Terminal {
	ctx, cancel := context.WithCancel(context.Background())
	return &Terminal{dirty: dirty, past: newPast(), ctx: ctx, cancel: cancel}
}

// Start runs cmd in a pseudo-terminal of width × height cells. The returned
// channel is closed when the command has ended, its last output is in the
// picture and [Terminal.Last] tells the outcome. Cancelling ctx interrupts the
// command and kills it after a grace period. One command runs at a time: the
// error of a second one, and of one that can't be started, has a sentence.
func (t *Terminal) Start(ctx context.Context, cmd *exec.Cmd, width, height int) (<-chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session != nil || t.ctx.Err() != nil {
		return nil, i18n.Errorf(nil, i18n.M("prompt.busy"))
	}
	session, err := open(cmd, width, height)
	if err != nil {
		return nil, err
	}
	t.session, t.screen, t.output = session, newScreen(width, height), &transcript{}
	t.pressed = false
	started := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(t.ctx, cancel)
	// Of the emulator the screen begins with; one that follows it answers nobody.
	replies := t.screen.emu
	go func() {
		defer cancel()
		defer unlink()
		exit := session.serve(ctx, replies, func() { endReplies(replies) }, t.show)
		t.finish(session, Outcome{Exit: exit, Started: started, Ended: time.Now()})
	}()
	return session.done, nil
}

// show takes output of the running command, called by its session.
func (t *Terminal) show(output []byte) {
	t.mu.Lock()
	t.output.write(output)
	t.screen.write(output)
	t.keep()
	t.mu.Unlock()
	t.touch()
}

// keep moves rows that left the screen to the past.
func (t *Terminal) keep() {
	rows, cleared := t.screen.take()
	if cleared {
		t.past.clear()
	}
	t.past.add(rows...)
}

func (t *Terminal) finish(session *session, outcome Outcome) {
	t.mu.Lock()
	outcome.Output = t.output.String()
	// kubectl, for one, ends with 1 as if something had gone wrong.
	if t.pressed && outcome.Exit != 0 {
		outcome.Exit = interrupted
	}
	t.last = outcome
	t.past.add(t.screen.rest()...)
	t.session, t.screen, t.output = nil, nil, nil
	t.mu.Unlock()
	close(session.done)
	t.touch()
}

func (t *Terminal) touch() {
	t.mu.Lock()
	call := !t.shown && t.dirty != nil
	t.shown = true
	t.mu.Unlock()
	if call {
		t.dirty()
	}
}

// Running reports whether a command runs.
func (t *Terminal) Running() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.session != nil
}

// Last returns how the command that ended last ended.
func (t *Terminal) Last() Outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// Resize gives the running command's screen a new size.
func (t *Terminal) Resize(width, height int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return
	}
	t.screen.resize(width, height)
	t.keep()
	_ = t.session.pty.Resize(max(width, 2), max(height, 1))
}

// Key sends a key to the running command.
func (t *Terminal) Key(key uv.KeyPressEvent) {
	// A key that types something is sent as what it types: the emulator knows
	// no shifted keys and no other alphabets. With Ctrl the key's place on the
	// keyboard counts, so that Ctrl-C works on a Korean layout.
	if key.Text != "" {
		t.Text(key.Text)
		return
	}
	if key.Code >= 0x80 && key.BaseCode != 0 && key.Mod.Contains(uv.ModCtrl) {
		key.Code = key.BaseCode
	}
	if key.Code == 'c' && key.Mod == uv.ModCtrl {
		t.Interrupt()
		return
	}
	t.send(func(emu *vt.Emulator) { emu.SendKey(key) })
}

// Text sends typed text to the running command.
func (t *Terminal) Text(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pressed = text == ctrlC
	switch {
	case t.session == nil:
	case t.screen.mute:
		_, _ = t.session.out.Write([]byte(text)) // an outbox takes everything
	default: // in line with the keys that the emulator encodes
		t.screen.emu.SendText(text)
	}
}

// Paste sends pasted text, marked as such if the command asked for that.
func (t *Terminal) Paste(text string) {
	text = strings.ReplaceAll(text, "\x1b", "") // can't end the paste's own bracket
	t.send(func(emu *vt.Emulator) { emu.Paste(text) })
}

// ctrlC is the character that a terminal turns into an interrupt.
const ctrlC = "\x03"

// Interrupt is Ctrl-C.
func (t *Terminal) Interrupt() { t.Text(ctrlC) }

func (t *Terminal) send(how func(*vt.Emulator)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session != nil {
		t.pressed = false
		how(t.screen.emu)
	}
}

// Print adds rows to the past: the line a command was typed on, or a sentence.
// Sequences other than SGR are removed.
func (t *Terminal) Print(text string) {
	t.mu.Lock()
	for row := range strings.SplitSeq(text, "\n") {
		t.past.add(onlyColours(row))
	}
	t.mu.Unlock()
	t.touch()
}

// Clear forgets all rows of the past.
func (t *Terminal) Clear() {
	t.mu.Lock()
	t.past.clear()
	t.mu.Unlock()
	t.touch()
}

// Picture returns the newest rows that fit into width × height cells, or those
// back rows before them.
func (t *Terminal) Picture(width, height, back int) Picture {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shown = false
	var live []string
	var p Picture
	if t.screen != nil {
		live, p.Cursor = t.screen.live()
		p.Full = t.screen.emu.IsAltScreen()
	}
	past := t.past.rows
	if p.Full {
		past, back = nil, 0
	}
	total := len(past) + len(live)
	height = max(height, 0)
	p.Below = min(max(back, 0), max(total-height, 0))
	end := total - p.Below
	p.Above = max(end-height, 0)
	for i := p.Above; i < end; i++ {
		row := ""
		if i < len(past) {
			row = past[i]
		} else {
			row = live[i-len(past)]
		}
		p.Rows = append(p.Rows, fit(row, width))
	}
	p.Cursor.Y += len(past) - p.Above
	p.Visible = t.screen != nil && !t.screen.hidden && p.Cursor.Y >= 0 && p.Cursor.Y < len(p.Rows) && p.Cursor.X < width
	return p
}

func fit(row string, width int) string {
	if len(row) <= width || ansi.StringWidth(row) <= width {
		return row
	}
	return ansi.Truncate(row, max(width, 0), "")
}

// Close ends the running command, if any, and waits until nothing of it is
// left. The terminal runs nothing afterwards.
func (t *Terminal) Close() {
	t.cancel()
	t.mu.Lock()
	session := t.session
	t.mu.Unlock()
	if session != nil {
		<-session.done
	}
}
