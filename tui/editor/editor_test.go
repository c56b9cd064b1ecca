package editor

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
)

// desk is an editor driven by messages.
type desk struct {
	t    *testing.T
	path string
	model
	left bool
}

func open(t *testing.T, content string) *desk {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.yaml")
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	return openAt(t, path)
}

func openAt(t *testing.T, path string) *desk {
	t.Helper()
	f, lines, err := load(path)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, path: path, model: newModel(f, lines, i18n.English)}
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

func (d *desk) send(msg tea.Msg) {
	d.t.Helper()
	next, cmd := d.Update(msg)
	d.model = next.(model)
	if cmd != nil {
		if _, quit := cmd().(tea.QuitMsg); quit {
			d.left = true
		}
	}
}

var named = map[string]tea.Key{
	"enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "esc": {Code: tea.KeyEscape},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
	"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "space": {Code: tea.KeySpace, Text: " "},
	"ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl}, "ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl},
	"ctrl+end": {Code: tea.KeyEnd, Mod: tea.ModCtrl}, "ctrl+home": {Code: tea.KeyHome, Mod: tea.ModCtrl},
	"ctrl+ㄴ": {Code: 'ㄴ', BaseCode: 's', Mod: tea.ModCtrl},
}

// press sends keys by name; anything that is no name is typed.
func (d *desk) press(keys ...string) *desk {
	d.t.Helper()
	for _, k := range keys {
		if key, ok := named[k]; ok {
			d.send(tea.KeyPressMsg(key))
		} else if letter, ok := strings.CutPrefix(k, "ctrl+"); ok {
			d.send(tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl})
		} else {
			for _, r := range k {
				d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
	return d
}

func (d *desk) text() string { return strings.Join(d.model.text.lines, "\n") }

func (d *desk) onDisk() string {
	d.t.Helper()
	data, err := os.ReadFile(d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}

func TestTyping(t *testing.T) {
	for name, test := range map[string]struct {
		start string
		keys  []string
		want  string
	}{
		"letters":                {"b\n", []string{"a"}, "ab"},
		"Korean":                 {"\n", []string{"한글", "left", "x", "backspace", "backspace"}, "글"},
		"indentation is kept":    {"spec:\n  replicas: 1\n", []string{"down", "end", "enter", "x"}, "spec:\n  replicas: 1\n  x"},
		"in the middle":          {"  ab\n", []string{"end", "left", "enter"}, "  a\n  b"},
		"tab":                    {"a\n", []string{"tab", "right", "tab"}, "  a "},
		"shift tab":              {"    a\n", []string{"shift+tab", "end", "shift+tab", "shift+tab"}, "a"},
		"backspace unindents":    {"    a\n", []string{"home", "backspace"}, "  a"},
		"backspace joins":        {"a\nb\n", []string{"down", "backspace"}, "ab"},
		"delete joins":           {"a\nb\n", []string{"end", "delete"}, "ab"},
		"delete at the very end": {"a\n", []string{"end", "delete", "ctrl+home", "backspace"}, "a"},
		"kill line":              {"a\nb\nc\n", []string{"down", "ctrl+k"}, "a\nc"},
		"kill the only line":     {"a\n", []string{"ctrl+k", "ctrl+k", "b"}, "b"},
		"words":                  {"image: nginx:1.27\n", []string{"ctrl+right", "ctrl+right", "x"}, "image: nginx:x1.27"},
		"words back":             {"image: nginx\n", []string{"end", "ctrl+left", "x"}, "image: xnginx"},
		"home twice":             {"  a\n", []string{"end", "home", "x", "home", "home", "y"}, "y  xa"},
		"column is kept":         {"abcdef\nab\nabcdef\n", []string{"end", "down", "down", "x"}, "abcdef\nab\nabcdefx"},
		"wide column":            {"가나다\nabcdef\n", []string{"right", "right", "down", "x"}, "가나다\nabcdxef"},
		"undo":                   {"a\n", []string{"bc", "enter", "d", "ctrl+z", "ctrl+z"}, "bca"},
		"undo all":               {"a\n", []string{"bc", "ctrl+z", "ctrl+z", "ctrl+z"}, "a"},
		"space":                  {"\n", []string{"a", "space", "b"}, "a b"},
		"emoji is one":           {"👨‍👩‍👧x\n", []string{"right", "backspace"}, "x"},
		"unknown keys type none": {"\n", []string{"ctrl+g", "ctrl+c"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := open(t, test.start).press(test.keys...).text(); got != test.want {
				t.Errorf("the text is %q, want %q", got, test.want)
			}
		})
	}
}

func TestPasteIsTakenAsItIs(t *testing.T) {
	d := open(t, "  a\n")
	d.press("end")
	d.send(tea.PasteMsg{Content: "b:\r\n  c: \x1b[31m1\x00\n\td\u00e9"})
	if want := "  ab:\n  c: [31m1\n\td\u00e9"; d.text() != want {
		t.Errorf("the text is %q, want %q", d.text(), want)
	}
	d.press("x", "ctrl+z", "ctrl+z")
	if d.text() != "  a" {
		t.Errorf("after undoing %q", d.text())
	}
}

func TestSavingKeepsTheFileAsItWas(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"newline": {"a\n", "xa\n"}, "none": {"a", "xa"}, "windows": {"a\r\nb\r\n", "xa\r\nb\r\n"}, "empty": {"", "x\n"}, "blank lines": {"a\n\n\n", "xa\n\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, test.before)
			d.press("x", "ctrl+s")
			if d.onDisk() != test.after || d.changed() {
				t.Errorf("on disk is %q", d.onDisk())
			}
			if info, err := os.Stat(d.path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if !strings.Contains(d.View().Content, "is saved.") {
				t.Error("it doesn't say so")
			}
		})
	}
}

func TestSavingThroughALinkKeepsTheLink(t *testing.T) {
	target := open(t, "a\n")
	link := filepath.Join(filepath.Dir(target.path), "link")
	if err := os.Symlink(target.path, link); err != nil {
		t.Fatal(err)
	}
	openAt(t, link).press("x", "ctrl+ㄴ")
	if target.onDisk() != "xa\n" {
		t.Errorf("the target holds %q", target.onDisk())
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
}

func TestANewFileIsMadeBySaving(t *testing.T) {
	d := openAt(t, filepath.Join(t.TempDir(), "new.yaml"))
	d.press("a", "ctrl+s")
	if d.onDisk() != "a\n" {
		t.Errorf("holds %q", d.onDisk())
	}
}

func TestLeaving(t *testing.T) {
	for name, test := range map[string]struct {
		keys []string
		left bool
		disk string
	}{
		"unchanged":            {[]string{"ctrl+q"}, true, "a\n"},
		"unchanged by esc":     {[]string{"esc"}, true, "a\n"},
		"changed back":         {[]string{"x", "backspace", "ctrl+q"}, true, "a\n"},
		"asked":                {[]string{"x", "ctrl+q"}, false, "a\n"},
		"asked and stayed":     {[]string{"x", "ctrl+q", "esc", "y", "ctrl+s"}, false, "xya\n"},
		"asked and saved":      {[]string{"x", "esc", "enter"}, true, "xa\n"},
		"asked and thrown off": {[]string{"x", "ctrl+x", "ctrl+q"}, true, "a\n"},
		"saved":                {[]string{"x", "ctrl+s", "ctrl+q"}, true, "xa\n"},
		"vi wq":                {[]string{"x", "esc", ":wq", "enter"}, true, "xa\n"},
		"vi w":                 {[]string{"x", "esc", ":w", "enter", "y"}, false, "xa\n"},
		"vi q!":                {[]string{"x", "esc", ":q!", "enter"}, true, "a\n"},
		"vi q":                 {[]string{"x", "esc", ":q", "enter", "esc"}, false, "a\n"},
		"vi x":                 {[]string{"x", "esc", ":qq", "backspace", "backspace", "x", "enter"}, true, "xa\n"},
		"vi nonsense":          {[]string{"x", "esc", ":e!", "enter"}, false, "a\n"},
		"vi abandoned":         {[]string{"x", "esc", ":", "backspace", "y", "ctrl+s"}, false, "xya\n"},
		"ctrl+c":               {[]string{"ctrl+c"}, false, "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, "a\n").press(test.keys...)
			if d.left != test.left || d.onDisk() != test.disk {
				t.Errorf("left %v with %q on disk", d.left, d.onDisk())
			}
		})
	}
}

func TestWhatCantBeEditedIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"binary": {'a', 0, 'b'}, "latin1": {0xe9, 'a'}, "large": bytes.Repeat([]byte("a\n"), sizeLimit/2+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"binary": "is no text", "latin1": "is no text", "large": "larger than 1 MiB", ".": "is a folder", "binary/x": "can't be read",
	} {
		if _, _, err := load(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := openAt(t, filepath.Join(dir, "none", "x"))
	if d.press("a", "ctrl+s"); !strings.Contains(d.View().Content, "can't be saved") || !d.changed() {
		t.Errorf("it says %q", d.footer())
	}
	if d.press("ctrl+q", "enter"); d.left {
		t.Error("it left without having saved")
	}
	for _, args := range [][]string{nil, {"--"}, {filepath.Join(dir, "binary")}} {
		if code := Main(args, i18n.Korean); code != 1 {
			t.Errorf("%q exits with %d", args, code)
		}
	}
}

func TestTheViewFitsAndShowsTheCaret(t *testing.T) {
	var long strings.Builder
	for i := range 200 {
		long.WriteString(strings.Repeat(" ", i%7) + "키" + strings.Repeat("값-value ", 20) + "\tend\x07\u202e\n")
	}
	for _, size := range [][2]int{{100, 8}, {80, 24}, {20, 3}, {10, 2}, {200, 60}} {
		d := open(t, long.String())
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, keys := range [][]string{{}, {"end"}, {"ctrl+end"}, {"left", "left", "pgup"}, {"home", "home", "x"}, {"esc"}, {":w"}, {"esc", "ctrl+c"}, {"ctrl+home"}} {
			d.press(keys...)
			view := d.View()
			rows := strings.Split(view.Content, "\n")
			if len(rows) != size[1] {
				t.Fatalf("%v: %d rows after %q", size, len(rows), keys)
			}
			for _, row := range rows {
				if w := ansi.StringWidth(row); w > size[0] {
					t.Errorf("%v: a row of %d cells after %q: %q", size, w, keys, row)
				}
				if strings.ContainsAny(row, "\x07\t\u202e") {
					t.Errorf("the file steers the terminal: %q", row)
				}
			}
			if c := view.Cursor; c == nil || c.X < 0 || c.X >= size[0] || c.Y < 0 || c.Y >= size[1] {
				t.Errorf("%v: the caret is at %+v after %q", size, view.Cursor, keys)
			}
		}
	}
}

func TestTheCaretStandsBehindWideCharacters(t *testing.T) {
	d := open(t, "한글abc\n").press("right", "right", "right")
	view := d.View()
	if want := d.gutter() + 5; view.Cursor.X != want || view.Cursor.Y != 0 {
		t.Errorf("at %d,%d, want %d,0", view.Cursor.X, view.Cursor.Y, want)
	}
	if row := ansi.Strip(strings.Split(view.Content, "\n")[0]); row != " 1 한글abc" {
		t.Errorf("the row is %q", row)
	}
}

func TestBothLanguagesNameTheKeys(t *testing.T) {
	d := open(t, "a\n")
	for lang, words := range map[i18n.Language][]string{
		i18n.English: {"web.yaml", "Ctrl-S save", "Ctrl-Q quit"}, i18n.Korean: {"web.yaml", "Ctrl-S 저장", "Ctrl-Q 나가기"},
	} {
		d.lang = lang
		if footer := ansi.Strip(d.footer()); slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(footer, w) }) || ansi.StringWidth(footer) != 80 {
			t.Errorf("%s: %q", lang, footer)
		}
	}
}
