package prompt

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"podium/i18n"
)

// grepOptions are the flags of grep that people use on kubectl's output.
type grepOptions struct {
	patterns                                           []string
	ignoreCase, invert, count, number, only, quiet     bool
	extended, fixed, word                              bool
	after, before, around, limit                       int
	perl, withName, noName, withoutMessages, lineWhole bool
	colour                                             string
}

func (o *grepOptions) define(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.patterns, "regexp", "e", nil, "")
	f.BoolVarP(&o.ignoreCase, "ignore-case", "i", false, "")
	f.BoolVarP(&o.invert, "invert-match", "v", false, "")
	f.BoolVarP(&o.count, "count", "c", false, "")
	f.BoolVarP(&o.number, "line-number", "n", false, "")
	f.BoolVarP(&o.only, "only-matching", "o", false, "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	f.BoolVarP(&o.extended, "extended-regexp", "E", false, "")
	f.BoolVarP(&o.perl, "perl-regexp", "P", false, "")
	f.BoolVarP(&o.fixed, "fixed-strings", "F", false, "")
	f.BoolVarP(&o.word, "word-regexp", "w", false, "")
	f.BoolVarP(&o.lineWhole, "line-regexp", "x", false, "")
	f.BoolVarP(&o.withName, "with-filename", "H", false, "")
	f.BoolVarP(&o.noName, "no-filename", "h", false, "")
	f.BoolVarP(&o.withoutMessages, "no-messages", "s", false, "")
	f.IntVarP(&o.after, "after-context", "A", 0, "")
	f.IntVarP(&o.before, "before-context", "B", 0, "")
	f.IntVarP(&o.around, "context", "C", 0, "")
	f.IntVarP(&o.limit, "max-count", "m", -1, "")
	f.StringVar(&o.colour, "color", "", "")
	f.Lookup("color").NoOptDefVal = "auto"
}

func (s shell) grep(ctx context.Context, args []string, std stdio) error {
	var o grepOptions
	rest, err := parseFlags("grep", args, o.define)
	if err != nil {
		return err
	}
	if len(o.patterns) == 0 {
		if len(rest) == 0 {
			return refuse("prompt.grep-what")
		}
		o.patterns, rest = rest[:1], rest[1:]
	}
	expression, err := o.compile()
	if err != nil {
		return i18n.Errorf(err, i18n.M("prompt.pattern", "Pattern", strings.Join(o.patterns, " "), "Reason", err.Error()))
	}
	m := matcher{grepOptions: o, expression: expression, out: std.out}
	m.before, m.after = max(o.before, o.around), max(o.after, o.around)
	if err := s.lines(ctx, rest, std, m.line); err != nil {
		return errors.Join(err, m.failed)
	}
	if m.failed == nil && o.count {
		m.failed = writeLine(std.out, strconv.Itoa(m.matches))
	}
	switch {
	case m.failed != nil:
		return m.failed
	case m.matches == 0:
		return unmatched
	}
	return nil
}

// compile joins the patterns into one of Go's expressions.
func (o grepOptions) compile() (*regexp.Regexp, error) {
	var parts []string
	for _, pattern := range o.patterns {
		for one := range strings.SplitSeq(pattern, "\n") {
			switch {
			case o.fixed:
				one = regexp.QuoteMeta(one)
			case !o.extended && !o.perl:
				one = basic(one)
			}
			parts = append(parts, "(?:"+one+")")
		}
	}
	all := strings.Join(parts, "|")
	if o.word {
		all = `\b(?:` + all + `)\b`
	}
	if o.lineWhole {
		all = `^(?:` + all + `)$`
	}
	if o.ignoreCase {
		all = "(?i)" + all
	}
	return regexp.Compile(all)
}

// basic turns a basic regular expression, where \| \( \) \{ \} \+ \? are
// special and the bare characters are not, into Go's.
func basic(pattern string) string {
	const special = `|(){}+?`
	var b strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case class:
			class = c != ']'
			b.WriteByte(c)
		case c == '[':
			class = true
			b.WriteByte(c)
		case c == '\\' && i+1 < len(pattern):
			i++
			if !strings.ContainsRune(special, rune(pattern[i])) {
				b.WriteByte('\\')
			}
			b.WriteByte(pattern[i])
		case strings.IndexByte(special, c) >= 0, c == '*' && i == 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// matcher is grep at work.
type matcher struct {
	grepOptions
	expression *regexp.Regexp
	out        io.Writer
	seen       int
	matches    int
	kept       []string // lines before a match that may be shown
	more       int      // lines after a match still to show
	gap        bool     // lines were left out since the last one shown
	failed     error
}

func (m *matcher) line(line string) bool {
	m.seen++
	if m.expression.MatchString(line) == m.invert {
		return m.other(line)
	}
	m.matches++
	if m.quiet {
		return false
	}
	switch {
	case m.count:
	case m.only && !m.invert:
		for _, part := range m.expression.FindAllString(line, -1) {
			m.show(part, ":")
		}
	default:
		m.context()
		m.show(line, ":")
		m.more = m.after
	}
	return m.failed == nil && (m.limit < 0 || m.matches < m.limit)
}

// context shows what was kept before a match.
func (m *matcher) context() {
	if m.gap && m.before+m.after > 0 && m.matches > 1 {
		m.failed = errors.Join(m.failed, writeLine(m.out, "--"))
	}
	m.gap = false
	seen := m.seen
	for i, line := range m.kept {
		m.seen = seen - len(m.kept) + i
		m.show(line, "-")
	}
	m.seen, m.kept = seen, nil
}

// other takes a line that doesn't match.
func (m *matcher) other(line string) bool {
	switch {
	case m.more > 0:
		m.more--
		m.show(line, "-")
	case m.before > 0:
		if len(m.kept) == m.before {
			m.kept, m.gap = m.kept[1:], true
		}
		m.kept = append(m.kept, line)
	default:
		m.gap = true
	}
	return m.failed == nil
}

func (m *matcher) show(line, mark string) {
	if m.number {
		line = strconv.Itoa(m.seen) + mark + line
	}
	if m.failed == nil {
		m.failed = writeLine(m.out, line)
	}
}
