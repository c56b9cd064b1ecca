package sandbox

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// commands are what a small Linux image brings, in busybox's forms.
var commands map[string]Command

func init() {
	commands = map[string]Command{
		"sh": shellCommand, "ash": shellCommand, "bash": shellCommand,
		"echo": echo, "printf": printf, "cat": cat, "ls": ls, "mkdir": mkdir, "rm": rm, "rmdir": rmdir, "touch": touch,
		"cp": cp, "mv": mv, "ln": ln, "chmod": chmod, "readlink": readlink, "stat": stat, "find": find, "du": du, "df": df,
		"head": head, "tail": tail, "wc": wc, "sort": sortLines, "uniq": uniq, "grep": grep, "cut": cut, "tr": tr, "tee": tee,
		"seq": seq, "basename": basename, "dirname": dirname, "yes": yes, "sed": sed, "xargs": xargs,
		"sleep": sleepCommand, "date": date, "env": env, "printenv": printenv, "hostname": hostname, "whoami": whoami,
		"id": id, "uname": uname, "uptime": uptime, "ps": ps, "nproc": nproc, "free": free, "which": which, "clear": clearScreen,
		"true": func(context.Context, *Call) int { return 0 }, "false": func(context.Context, *Call) int { return 1 },
		"test": testCommand, "[": testCommand, "timeout": timeout, "tty": tty,
		"tar": tarCommand, "wget": wget, "curl": curl, "nslookup": nslookup,
	}
}

func (c *Call) fail(format string, args ...any) int {
	fmt.Fprintf(c.Stderr, path.Base(c.Args[0])+": "+format+"\n", args...)
	return 1
}

func (c *Call) path(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(c.Dir, name)
}

// flags splits single-letter options from operands: -rf, -n 3, -n3. Letters in
// withValue take a value.
func (c *Call) flags(withValue string) (set map[rune]string, rest []string) {
	set = map[rune]string{}
	args := c.Args[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			return set, append(rest, args[i+1:]...)
		}
		if len(a) < 2 || a[0] != '-' {
			rest = append(rest, a)
			continue
		}
		if strings.HasPrefix(a, "--") {
			set['-'] = a
			continue
		}
		for j, f := range a[1:] {
			if !strings.ContainsRune(withValue, f) {
				set[f] = ""
				continue
			}
			if value := a[1+j+1:]; value != "" {
				set[f] = value
			} else if i+1 < len(args) {
				i++
				set[f] = args[i]
			}
			break
		}
	}
	return set, rest
}

func has(set map[rune]string, f rune) bool { _, ok := set[f]; return ok }

func echo(_ context.Context, c *Call) int {
	words, newline, escapes := c.Args[1:], "\n", false
	for len(words) > 0 {
		switch words[0] {
		case "-n":
			newline = ""
		case "-e":
			escapes = true
		case "-ne", "-en":
			newline, escapes = "", true
		default:
			goto print
		}
		words = words[1:]
	}
print:
	text := strings.Join(words, " ")
	if escapes {
		text = unescape(text)
	}
	if _, err := io.WriteString(c.Stdout, text+newline); err != nil {
		return 1
	}
	return 0
}

var escapeReplacer = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\r`, "\r", `\a`, "\a", `\033`, "\033", `\e`, "\033", `\0`, "\x00")

func unescape(s string) string { return escapeReplacer.Replace(s) }

// maxPadding bounds %5d: a width is a number of bytes to allocate.
const maxPadding = 1024

func printf(_ context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.fail("usage: printf FORMAT [ARG...]")
	}
	format, args := unescape(c.Args[1]), c.Args[2:]
	for {
		text, used, err := formatOnce(format, args)
		if err != nil {
			return c.fail("%s", err)
		}
		if _, err := io.WriteString(c.Stdout, text); err != nil {
			return 1
		}
		args = args[used:]
		if used == 0 || len(args) == 0 {
			return 0
		}
	}
}

func formatOnce(format string, args []string) (text string, used int, err error) {
	var b strings.Builder
	next := func() string {
		if used < len(args) {
			used++
			return args[used-1]
		}
		return ""
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		end := i + 1
		for end < len(format) && strings.IndexByte("-+ 0123456789.", format[end]) >= 0 {
			end++
		}
		if end == len(format) {
			return "", used, fmt.Errorf("%s: invalid format", format)
		}
		spec, verb := format[i:end], format[end]
		i = end
		if !paddingFits(spec) {
			return "", used, fmt.Errorf("%s: width too large", spec)
		}
		switch verb {
		case '%':
			b.WriteByte('%')
		case 's', 'b', 'q':
			fmt.Fprintf(&b, spec+"s", next())
		case 'c':
			fmt.Fprintf(&b, spec+".1s", next())
		case 'd', 'i', 'u', 'x', 'X', 'o':
			n, _ := strconv.ParseInt(next(), 0, 64)
			if verb == 'i' || verb == 'u' {
				verb = 'd'
			}
			fmt.Fprintf(&b, spec+string(verb), n)
		case 'f', 'e', 'g':
			n, _ := strconv.ParseFloat(next(), 64)
			fmt.Fprintf(&b, spec+string(verb), n)
		default:
			return "", used, fmt.Errorf("%%%c: invalid directive", verb)
		}
	}
	return b.String(), used, nil
}

func paddingFits(spec string) bool {
	for _, number := range strings.FieldsFunc(spec, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(number); err != nil || n > maxPadding {
			return false
		}
	}
	return true
}

// sleepCommand ignores SIGTERM only as the first process, which is decided by
// who runs it: Term is what reaches this process.
func sleepCommand(ctx context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.fail("missing operand")
	}
	var total time.Duration
	for _, a := range c.Args[1:] {
		if a == "infinity" || a == "inf" {
			total = 1000 * 24 * time.Hour
			continue
		}
		d, ok := seconds(a)
		if !ok {
			return c.fail("invalid number '%s'", a)
		}
		total += d
	}
	if sleep(ctx, total, nil) != nil {
		return 143
	}
	return 0
}

func date(_ context.Context, c *Call) int {
	now := time.Now().UTC()
	for _, a := range c.Args[1:] {
		if format, ok := strings.CutPrefix(a, "+"); ok {
			fmt.Fprintln(c.Stdout, strftime(now, format))
			return 0
		}
		if strings.HasPrefix(a, "-I") {
			fmt.Fprintln(c.Stdout, now.Format("2006-01-02"))
			return 0
		}
	}
	fmt.Fprintln(c.Stdout, now.Format("Mon Jan _2 15:04:05 UTC 2006"))
	return 0
}

func strftime(t time.Time, format string) string {
	return strings.NewReplacer("%Y", t.Format("2006"), "%m", t.Format("01"), "%d", t.Format("02"), "%H", t.Format("15"),
		"%M", t.Format("04"), "%S", t.Format("05"), "%s", strconv.FormatInt(t.Unix(), 10), "%F", t.Format("2006-01-02"),
		"%T", t.Format("15:04:05"), "%Z", "UTC", "%z", "+0000", "%a", t.Format("Mon"), "%b", t.Format("Jan"), "%N", t.Format("000000000"),
		"%%", "%").Replace(format)
}

func env(ctx context.Context, c *Call) int {
	args, environ := c.Args[1:], slices.Clone(c.Environ)
	for len(args) > 0 && (args[0] == "-i" || strings.Contains(args[0], "=")) {
		if args[0] == "-i" {
			environ = nil
		} else {
			environ = append(environ, args[0])
		}
		args = args[1:]
	}
	if len(args) == 0 {
		for _, pair := range environ {
			fmt.Fprintln(c.Stdout, pair)
		}
		return 0
	}
	return c.start(ctx, args, environ)
}

// start runs another command in this one's place.
func (c *Call) start(ctx context.Context, args, environ []string) int {
	sh := newShell(c.Machine, environ, c.Dir, Streams{In: c.Stdin, Out: c.Stdout, Err: c.Stderr}, c.Term)
	sh.depth, sh.name = c.depth, path.Base(c.Args[0])
	if c.budget != nil {
		sh.budget = c.budget
	}
	defer sh.jobs.Wait()
	return sh.run(ctx, args)
}

func printenv(_ context.Context, c *Call) int {
	if len(c.Args) < 2 {
		for _, pair := range c.Environ {
			fmt.Fprintln(c.Stdout, pair)
		}
		return 0
	}
	for _, pair := range c.Environ {
		if name, value, _ := strings.Cut(pair, "="); name == c.Args[1] {
			fmt.Fprintln(c.Stdout, value)
			return 0
		}
	}
	return 1
}

func timeout(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "-t" {
		args = args[1:]
	}
	if len(args) < 2 {
		return c.fail("usage: timeout SECS PROG ARGS")
	}
	d, ok := seconds(args[0])
	if !ok {
		return c.fail("invalid number '%s'", args[0])
	}
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	status := c.start(limited, args[1:], c.Environ)
	if limited.Err() != nil && ctx.Err() == nil {
		return 124
	}
	return status
}

func testCommand(ctx context.Context, c *Call) int {
	sh := newShell(c.Machine, c.Environ, c.Dir, Streams{In: c.Stdin, Out: c.Stdout, Err: c.Stderr}, nil)
	_ = testBuiltin(ctx, sh, append([]string{path.Base(c.Args[0])}, c.Args[1:]...))
	return sh.status
}
