package prompt

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// kind says what a piece of output does.
type kind int

const (
	text   kind = iota // printable: characters of one width
	style              // colours, modes, queries: leaves the cursor where it is
	moves              // moves the cursor, by a control character or a sequence
	clears             // erases everything that was ever shown (ED 3)
)

// piece is a part of a command's output that may reach the emulator.
type piece struct {
	kind  kind
	text  []byte
	width int // cells of one character, for text
}

// gate splits output into pieces and drops what a program in the pane has no
// business with: titles, the clipboard, notifications, hyperlinks, images and
// every other string sequence, and numbers no screen has. What is cut off at
// the end of one part of the output is kept for the next.
type gate struct {
	pending []byte
}

// sift returns the pieces of output. They are valid until the next call.
func (g *gate) sift(output []byte) []piece {
	input, cut := whole(slices.Concat(g.pending, output))
	var pieces []piece
	for len(input) > 0 {
		if n := ascii(input); n > 0 {
			pieces = append(pieces, piece{kind: text, text: input[:n], width: 1})
			input = input[n:]
			continue
		}
		if c := input[0]; c >= 0x80 && c < 0xc0 { // no UTF-8 begins so
			input = input[1:]
			continue
		}
		seq, width, n, state := ansi.DecodeSequence(input, ansi.NormalState, nil)
		if state != ansi.NormalState {
			break
		}
		if p, ok := judge(seq, width); ok {
			pieces = append(pieces, p)
		}
		input = input[max(n, 1):]
	}
	if len(input) > longest {
		input = nil
	}
	g.pending = slices.Concat(input, cut)
	return pieces
}

// whole cuts off a character that isn't complete at the end of b: the decoder
// would take its bytes for a part of the character before it.
func whole(b []byte) (all, cut []byte) {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if !utf8.RuneStart(b[i]) {
			continue
		}
		if !utf8.FullRune(b[i:]) {
			return b[:i], b[i:]
		}
		break
	}
	return b, nil
}

// ascii counts the printable ASCII characters at the start of b, all but the
// last before something else, which a combining mark may belong to.
func ascii(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= ' ' && b[n] < 0x7f {
		n++
	}
	if n > 1 && n < len(b) && b[n] >= utf8.RuneSelf {
		n--
	} else if n == 1 && n < len(b) && b[n] >= utf8.RuneSelf {
		return 0
	}
	return n
}

func judge(seq []byte, width int) (piece, bool) {
	if len(seq) == 0 {
		return piece{}, false
	}
	if width > 0 || seq[0] >= 0xc0 {
		return piece{kind: text, text: seq, width: width}, width > 0
	}
	switch {
	case seq[0] != ansi.ESC:
		return piece{kind: moves, text: seq}, seq[0] < ' ' && seq[0] != ansi.BEL
	case len(seq) < 2:
		return piece{}, false
	case seq[1] == '[':
		return sequence(seq)
	case seq[1] == ']':
		return piece{kind: style, text: seq}, colourQuery(seq)
	case bytes.IndexByte([]byte("P_^X\\"), seq[1]) >= 0:
		return piece{}, false
	}
	return piece{kind: moves, text: seq}, true
}

// sequence judges a CSI sequence.
func sequence(seq []byte) (piece, bool) {
	final, digits, longestRun := seq[len(seq)-1], 0, 0
	for _, c := range seq[2:] {
		if c < '0' || c > '9' {
			digits = 0
			continue
		}
		digits++
		longestRun = max(longestRun, digits)
	}
	// Four digits reach mode 2004 and beyond the largest screen; REP with
	// more than three would write for seconds.
	if longestRun > 4 || longestRun > 3 && final == 'b' {
		return piece{}, false
	}
	switch final {
	case 'm', 'n', 'c', 'q', 'u', 'p':
		return piece{kind: style, text: seq}, true
	case 't': // window operations
		return piece{}, false
	case 'J':
		if bytes.Equal(seq[2:], []byte("3J")) {
			return piece{kind: clears, text: seq}, true
		}
	}
	return piece{kind: moves, text: seq}, true
}

// colourQuery reports whether seq asks for the default colours, which programs
// do to choose their theme. Setting them is not for a program in a pane.
func colourQuery(seq []byte) bool {
	body := bytes.TrimRight(seq[2:], "\a\x1b\\")
	return bytes.Equal(body, []byte("10;?")) || bytes.Equal(body, []byte("11;?"))
}
