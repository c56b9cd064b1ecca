package prompt

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	// pastRows and pastBytes bound what is kept of commands that have ended.
	pastRows  = 5000
	pastBytes = 4 << 20
	// transcriptBytes is how much of a command's output the lesson engine sees.
	transcriptBytes = 64 << 10
)

// past is the rows above the running command's screen, oldest first.
type past struct {
	rows  []string
	bytes int
}

func newPast() *past { return &past{} }

func (p *past) add(rows ...string) {
	for _, row := range rows {
		p.rows = append(p.rows, row)
		p.bytes += len(row)
	}
	drop := 0
	for len(p.rows)-drop > pastRows || p.bytes > pastBytes && drop < len(p.rows) {
		p.bytes -= len(p.rows[drop])
		drop++
	}
	if drop > 0 {
		clear(p.rows[:drop]) // lets the strings go before append moves the rest
		p.rows = p.rows[drop:]
	}
}

func (p *past) clear() { p.rows, p.bytes = nil, 0 }

// transcript keeps the newest of what a command wrote.
type transcript struct {
	data []byte
	cut  bool
}

func (t *transcript) write(b []byte) {
	t.data = append(t.data, b...)
	if len(t.data) > 2*transcriptBytes {
		t.data = append(t.data[:0], t.data[len(t.data)-transcriptBytes:]...)
		t.cut = true
	}
}

// String returns the transcript without sequences. Where older output is
// missing it begins with a whole line.
func (t *transcript) String() string {
	data := t.data
	if len(data) > transcriptBytes {
		data, t.cut = data[len(data)-transcriptBytes:], true
	}
	if t.cut {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			data = data[i+1:]
		}
	}
	return plain(data)
}

// onlyColours removes from a row every sequence that is not SGR, and every
// control character.
func onlyColours(row string) string {
	var b strings.Builder
	state := ansi.NormalState
	for len(row) > 0 {
		seq, width, n, next := ansi.DecodeSequence(row, state, nil)
		state = next
		sgr := strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m")
		if sgr || width > 0 && harmless(seq) {
			b.WriteString(seq)
		}
		row = row[max(n, 1):]
	}
	return b.String()
}
