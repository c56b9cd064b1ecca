package prompt

import "strings"

// Input is the prompt as it is typed into: the current line, the lines of an
// unfinished statement before it, lines that were pasted and wait for their
// turn, and the way through the history. It is not safe for concurrent use.
type Input struct {
	Line
	history *History
	pending []string // lines of a statement that isn't complete
	queue   []string // pasted lines that have not been entered
	tail    string   // what followed the last newline of a paste
	hasTail bool
	at      int      // the history entry shown; len(entries) is the draft
	draft   string   // what was typed before the history was walked
	above   []string // the unfinished statement it belonged to
	search  *search
}

// NewInput returns an empty input over a history, which it adds to.
func NewInput(history *History) *Input {
	return &Input{history: history, at: len(history.Entries())}
}

// Continued reports whether the line goes on with an unfinished statement: the
// prompt is then "> " instead of "$ ".
func (in *Input) Continued() bool { return len(in.pending) > 0 }

// Paste inserts text. Its complete lines are entered one after the other: the
// first by the caller, who calls [Input.Enter] if Paste returns true, the rest
// by [Input.Next] whenever a statement has ended.
func (in *Input) Paste(text string) bool {
	in.stopSearch()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	if len(lines) == 1 {
		in.Insert(text)
		return false
	}
	rest := in.value[in.caret:]
	in.KillAfter()
	in.Insert(lines[0])
	in.queue = append(in.queue, lines[1:len(lines)-1]...)
	in.tail, in.hasTail = lines[len(lines)-1]+rest, true
	return true
}

// Enter takes the line. It returns a complete statement, or false if there is
// more to come: an unfinished one continues with the next line, pasted or typed.
// A statement is added to the history; its error has a sentence and does not
// keep the statement from running.
func (in *Input) Enter() (statement string, complete bool, err error) {
	in.stopSearch()
	for {
		in.pending = append(in.pending, in.value)
		in.Set("")
		statement = strings.Join(in.pending, "\n")
		if _, parse := Parse(statement); parse == nil || !Incomplete(parse) {
			break
		}
		if !in.pull() {
			return "", false, nil
		}
	}
	in.pending = nil
	err = in.history.Add(statement)
	in.at, in.draft = len(in.history.Entries()), ""
	return statement, true, err
}

// pull moves the next pasted line into the input and reports whether it is to be
// entered at once.
func (in *Input) pull() bool {
	if len(in.queue) > 0 {
		in.Set(in.queue[0])
		in.queue = in.queue[1:]
		return true
	}
	if in.hasTail {
		in.Set(in.tail)
		in.tail, in.hasTail = "", false
	}
	return false
}

// Next is called when a statement has ended: it moves the next pasted line into
// the input and reports whether the caller is to enter it.
func (in *Input) Next() bool { return in.pull() }

// Cancel is Ctrl-C at the prompt: it forgets the line, the unfinished statement
// and what was pasted.
func (in *Input) Cancel() {
	in.stopSearch()
	in.Set("")
	in.pending, in.queue, in.tail, in.hasTail = nil, nil, "", false
	in.at, in.draft = len(in.history.Entries()), ""
}

// Up shows the statement before the one shown. Below the newest is what was
// being typed.
func (in *Input) Up() { in.walk(in.at - 1) }

// Down shows the statement after the one shown.
func (in *Input) Down() { in.walk(in.at + 1) }

func (in *Input) walk(to int) {
	in.stopSearch()
	entries := in.history.Entries()
	if to < 0 || to > len(entries) || to == in.at {
		return
	}
	if in.at == len(entries) {
		in.draft, in.above = in.value, in.pending
	}
	in.at = to
	if to == len(entries) {
		in.pending = in.above
		in.Set(in.draft)
		return
	}
	in.recall(entries[to])
}

// recall brings a statement back: its last line to be edited, the lines before
// it as the unfinished statement they are.
func (in *Input) recall(entry string) {
	lines := strings.Split(entry, "\n")
	in.pending = lines[: len(lines)-1 : len(lines)-1]
	in.Set(lines[len(lines)-1])
}

// Pending returns the lines of the unfinished statement, for drawing.
func (in *Input) Pending() []string { return in.pending }
