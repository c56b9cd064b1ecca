package prompt

import (
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"podium/i18n"
)

// tell writes a sentence. On a terminal it is broken between words: the emulator
// would break it wherever the row ends.
func tell(w io.Writer, language i18n.Language, m i18n.Message) {
	text := language.Say(m)
	if file, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(file.Fd()); err == nil && width > 0 {
			text = ansi.Wordwrap(text, width, "")
		}
	}
	fmt.Fprintln(w, text)
}
