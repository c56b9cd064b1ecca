package editor

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/theme"
)

// mode is what the keys mean.
type mode int

const (
	writing mode = iota
	leaving      // unsaved changes: save, throw away or stay
	command      // a vi command, after Esc and a colon
)

// model is one file being edited.
type model struct {
	file  file
	lang  i18n.Language
	theme *theme.Theme

	text  buffer
	saved []string // the lines as they are in the file

	mode    mode
	vi      string       // the vi command so far
	message i18n.Message // said in the last row until the next key

	width, height int
	top, shift    int // first row and column shown
}

func newModel(f file, lines []string, lang i18n.Language) model {
	return model{
		// Attributes only: the editor can't know what colours stand around it.
		file: f, lang: lang, theme: theme.New(true, false, false),
		text: newBuffer(lines), saved: lines, width: 80, height: 24,
	}
}

// Init implements tea.Model.
func (m model) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.PasteMsg:
		if m.mode == writing {
			m.text.insert(msg.Content, "")
		}
	case tea.KeyPressMsg:
		m.message = i18n.Message{}
		switch m.mode {
		case leaving:
			m, cmd = m.leaveKey(msg)
		case command:
			m, cmd = m.commandKey(msg)
		default:
			m, cmd = m.writeKey(msg)
		}
	}
	m.scroll()
	return m, cmd
}

// changed reports whether there is something to save.
func (m model) changed() bool { return !slices.Equal(m.text.lines, m.saved) }

func (m model) save() model {
	if err := m.file.save(m.text.lines); err != nil {
		m.message = i18n.Explain(err)
		return m
	}
	m.saved = m.text.lines
	m.message = i18n.M("editor.saved", "Name", m.file.name)
	return m
}

// quit leaves, or asks first when changes would be lost.
func (m model) quit() (model, tea.Cmd) {
	if !m.changed() {
		return m, tea.Quit
	}
	m.mode = leaving
	return m, nil
}

// moves are the keys that move the caret.
var moves = map[string]func(*model){
	"up": func(m *model) { m.text.vertical(-1) }, "down": func(m *model) { m.text.vertical(1) },
	"ctrl+p": func(m *model) { m.text.vertical(-1) }, "ctrl+n": func(m *model) { m.text.vertical(1) },
	"left": func(m *model) { m.text.left() }, "right": func(m *model) { m.text.right() },
	"ctrl+b": func(m *model) { m.text.left() }, "ctrl+f": func(m *model) { m.text.right() },
	"ctrl+left": func(m *model) { m.text.wordLeft() }, "ctrl+right": func(m *model) { m.text.wordRight() },
	"alt+left": func(m *model) { m.text.wordLeft() }, "alt+right": func(m *model) { m.text.wordRight() },
	"home": func(m *model) { m.text.home() }, "end": func(m *model) { m.text.end() },
	"ctrl+a": func(m *model) { m.text.home() }, "ctrl+e": func(m *model) { m.text.end() },
	"pgup": func(m *model) { m.text.vertical(-m.page()) }, "pgdown": func(m *model) { m.text.vertical(m.page()) },
	"ctrl+home": func(m *model) { m.text.vertical(-len(m.text.lines)); m.text.at = 0 },
	"ctrl+end":  func(m *model) { m.text.vertical(len(m.text.lines)); m.text.end() },
}

// edits are the keys that change the text.
var edits = map[string]func(*buffer){
	"enter": (*buffer).enter, "ctrl+m": (*buffer).enter, "ctrl+j": (*buffer).enter, "shift+enter": (*buffer).enter,
	"tab": (*buffer).tab, "ctrl+i": (*buffer).tab, "shift+tab": (*buffer).untab,
	"backspace": (*buffer).backspace, "ctrl+h": (*buffer).backspace, "shift+backspace": (*buffer).backspace,
	"delete": (*buffer).remove, "ctrl+d": (*buffer).remove,
	"ctrl+k": (*buffer).removeLine, "ctrl+z": (*buffer).undo,
	"space": func(b *buffer) { b.insert(" ", "type") }, "shift+space": func(b *buffer) { b.insert(" ", "type") },
}

func (m model) writeKey(key tea.KeyPressMsg) (model, tea.Cmd) {
	name := stroke(key)
	switch name {
	case "ctrl+s", "ctrl+o":
		return m.save(), nil
	case "ctrl+q", "ctrl+x", "esc":
		return m.quit()
	case "ctrl+c":
		m.message = i18n.M("editor.how-to-leave")
		return m, nil
	}
	if move := moves[name]; move != nil {
		move(&m)
	} else if edit := edits[name]; edit != nil {
		edit(&m.text)
	} else if key.Text != "" && !key.Mod.Contains(tea.ModCtrl) {
		m.text.insert(key.Text, "type")
	}
	return m, nil
}

// stroke names a key by its place on the keyboard where a modifier is held, so
// that Ctrl-S works on a Korean layout.
func stroke(key tea.KeyPressMsg) string {
	if key.Code >= 0x80 && key.BaseCode != 0 && key.Mod.Contains(tea.ModCtrl) {
		key.Code = key.BaseCode
	}
	return key.Keystroke()
}

// leaveKey answers the question about unsaved changes. No letter alone decides:
// another keyboard layout would send another one.
func (m model) leaveKey(key tea.KeyPressMsg) (model, tea.Cmd) {
	switch stroke(key) {
	case "enter", "ctrl+s":
		if m = m.save(); m.changed() {
			m.mode = writing
			return m, nil
		}
		return m, tea.Quit
	case "ctrl+q", "ctrl+x":
		return m, tea.Quit
	}
	m.mode = writing
	if key.Text == ":" {
		m.mode, m.vi = command, ""
	}
	return m, nil
}

// commandKey takes a key of a vi command: w, q, wq, x or q!.
func (m model) commandKey(key tea.KeyPressMsg) (model, tea.Cmd) {
	switch stroke(key) {
	case "enter":
	case "backspace":
		if m.vi == "" {
			m.mode = writing
		} else {
			m.vi = m.vi[:startOf(m.vi, len(m.vi))]
		}
		return m, nil
	case "esc", "ctrl+c":
		m.mode = writing
		return m, nil
	default:
		m.vi += strings.TrimSpace(key.Text)
		return m, nil
	}
	m.mode = writing
	switch m.vi {
	case "w", "w!":
		m = m.save()
	case "wq", "wq!", "x":
		if m = m.save(); !m.changed() {
			return m, tea.Quit
		}
	case "q":
		return m.quit()
	case "q!":
		return m, tea.Quit
	default:
		m.message = i18n.M("editor.command", "Command", m.vi)
	}
	return m, nil
}
