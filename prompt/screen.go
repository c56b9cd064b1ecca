package prompt

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

const (
	// slice is how many bytes the emulator is given at once: rows that leave
	// its top are collected after each, so a slice may not hold more newlines
	// than its scrollback keeps.
	slice = 256
	// longest is how long an escape sequence may be before it is thrown away.
	longest = 4 << 10
)

// screen is the terminal of one command: an emulator behind a gate that lets
// through text, cursor movement and colours, and nothing that speaks to the
// world outside the pane. It is not safe for concurrent use.
type screen struct {
	emu     *vt.Emulator
	gate    gate
	hidden  bool // the program hid its cursor
	mute    bool // the emulator gave up once: what it answers reaches nobody
	wrap    bool // a wide character ended at the last column; the next one starts a row
	rows    []string
	cleared bool
	drawn   []string // the rows last drawn, until something is written
}

func newScreen(width, height int) *screen {
	s := &screen{}
	s.reset(width, height)
	return s
}

func (s *screen) reset(width, height int) {
	s.emu = vt.NewEmulator(max(width, 2), max(height, 1))
	s.emu.SetScrollbackSize(slice)
	s.emu.SetCallbacks(vt.Callbacks{CursorVisibility: func(visible bool) { s.hidden = !visible }})
}

// write shows output of the command. Rows that leave the top of the screen are
// added to s.rows.
func (s *screen) write(output []byte) {
	s.drawn = nil
	for chunk := range parts(output) {
		for _, piece := range s.gate.sift(chunk) {
			s.put(piece)
		}
		s.collect()
	}
}

func parts(b []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			n := min(slice, len(b))
			if !yield(b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// put gives one piece to the emulator. The emulator loses half of a wide
// character at the right edge, so the line is broken for it there, as every
// real terminal does.
func (s *screen) put(p piece) {
	switch p.kind {
	case clears:
		s.emit(p.text)
		s.emu.ClearScrollback()
		s.rows, s.cleared = nil, true
		return
	case moves:
		s.wrap = false
	case text:
		edge := p.width == 2 && s.emu.CursorPosition().X > s.emu.Width()-2
		if s.wrap || edge {
			s.emit([]byte("\r\n"))
		}
		s.wrap = p.width == 2 && s.emu.CursorPosition().X == s.emu.Width()-2
	case style:
	}
	s.emit(p.text)
}

// emit writes to the emulator, whose parser is exercised by whatever a pod
// prints: should it ever give up, the screen starts anew instead of podium
// ending.
func (s *screen) emit(b []byte) {
	defer func() {
		if recover() != nil {
			width, height := s.emu.Width(), s.emu.Height()
			endReplies(s.emu)
			s.reset(width, height)
			endReplies(s.emu) // nobody reads the new one's: its answers are lost, not waited for
			s.mute = true
		}
	}()
	_, _ = s.emu.Write(b)
}

func (s *screen) collect() {
	scrolled := s.emu.Scrollback()
	for _, line := range scrolled.Lines() {
		s.rows = append(s.rows, render(line))
	}
	scrolled.Clear()
}

// take returns the rows that left the top since it was last called, and whether
// everything before them was cleared.
func (s *screen) take() (rows []string, cleared bool) {
	rows, cleared = s.rows, s.cleared
	s.rows, s.cleared = nil, false
	return rows, cleared
}

// live returns the rows on the screen down to the last one in use, and the
// cursor in them.
func (s *screen) live() (rows []string, cursor uv.Position) {
	cursor = s.emu.CursorPosition()
	if s.drawn != nil {
		return s.drawn, cursor
	}
	width, height := s.emu.Width(), s.emu.Height()
	line := make(uv.Line, width)
	for y := range height {
		for x := range width {
			line[x] = uv.EmptyCell
			if cell := s.emu.CellAt(x, y); cell != nil {
				line[x] = *cell
			}
		}
		rows = append(rows, render(line))
	}
	used := cursor.Y + 1
	for y, row := range rows {
		if row != "" {
			used = max(used, y+1)
		}
	}
	if s.emu.IsAltScreen() {
		used = height
	}
	s.drawn = rows[:used]
	return s.drawn, cursor
}

// rest returns what the finished command left on the screen.
func (s *screen) rest() []string {
	s.drawn = nil
	s.emit([]byte("\x1b[?1049l\x1b[?1047l"))
	rows, _ := s.live()
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// resize keeps the rows around the cursor: those that no longer fit above it
// leave through the top.
func (s *screen) resize(width, height int) {
	width, height = max(width, 2), max(height, 1)
	cursor := s.emu.CursorPosition()
	if extra := cursor.Y - height + 1; extra > 0 && !s.emu.IsAltScreen() {
		s.emit(fmt.Appendf(nil, "\x1b[%d;1H%s\x1b[%d;%dH", s.emu.Height(), strings.Repeat("\n", extra), cursor.Y-extra+1, cursor.X+1))
		s.collect()
	}
	s.wrap, s.drawn = false, nil
	s.emu.Resize(width, height)
}

// endReplies makes reads of an emulator's replies return io.EOF.
func endReplies(emu *vt.Emulator) {
	if pipe, ok := emu.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
}

// render turns cells into a row with colours and no other sequence, without
// the blanks at its end.
func render(line uv.Line) string {
	end := len(line)
	for end > 0 && (line[end-1].IsZero() || line[end-1].Equal(&uv.EmptyCell)) {
		end--
	}
	line = line[:end]
	if slices.ContainsFunc(line, suspect) {
		line = blanked(line)
	}
	return line.Render()
}

// suspect cells would steer the terminal, or join their neighbours: a mark that
// has no character of its own takes a column here and none when drawn.
func suspect(cell uv.Cell) bool {
	return !harmless(cell.Content) || cell.Width == 0 && cell.Content != ""
}

func blanked(line uv.Line) uv.Line {
	safe := slices.Clone(line)
	for i, cell := range safe {
		if suspect(cell) {
			safe[i].Width = max(cell.Width, 1)
			safe[i].Content = strings.Repeat(" ", safe[i].Width)
		}
	}
	return safe
}

// harmless reports whether content draws characters and does nothing else:
// C1 controls can arrive as well-formed UTF-8, and direction overrides would
// turn the rest of the screen's row around.
func harmless(content string) bool {
	for _, r := range content {
		if !drawn(r) {
			return false
		}
	}
	return true
}

func drawn(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError:
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return false
	}
	return true
}

// plain is text as the lesson engine reads it: no sequences, no control
// characters but newline and tab.
func plain(output []byte) string {
	text := ansi.Strip(string(bytes.ToValidUTF8(output, nil)))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || drawn(r) {
			return r
		}
		return -1
	}, text)
}
