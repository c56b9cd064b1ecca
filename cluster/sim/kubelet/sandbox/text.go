package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLines bounds what sort and tail hold.
const maxLines = 100000

// lines calls use for each line until it returns false.
func lines(r io.Reader, use func(line string) bool) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxScript)
	for scanner.Scan() {
		if !use(scanner.Text()) {
			return nil
		}
	}
	return scanner.Err()
}

func count(set map[rune]string, f rune, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimPrefix(set[f], "+")); err == nil && n >= 0 {
		return min(n, maxLines)
	}
	return otherwise
}

// dashNumber turns head -5 into head -n 5.
func (c *Call) dashNumber() {
	for i, a := range c.Args[1:] {
		if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' {
			c.Args = slices.Clone(c.Args)
			c.Args[i+1] = "-n" + a[1:]
		}
	}
}

func head(ctx context.Context, c *Call) int {
	c.dashNumber()
	set, names := c.flags("nc")
	return c.inputs(ctx, names, func(_ string, r io.Reader) error {
		if has(set, 'c') {
			_, err := io.CopyN(c.Stdout, r, int64(count(set, 'c', 0)))
			return err
		}
		left := count(set, 'n', 10)
		if left == 0 {
			return nil
		}
		return lines(r, func(line string) bool {
			fmt.Fprintln(c.Stdout, line)
			left--
			return left > 0
		})
	})
}

func tail(ctx context.Context, c *Call) int {
	c.dashNumber()
	set, names := c.flags("nc")
	keep := count(set, 'n', 10)
	status := c.inputs(ctx, names, func(_ string, r io.Reader) error {
		var last []string
		err := lines(r, func(line string) bool {
			if last = append(last, line); len(last) > keep {
				last = last[1:]
			}
			return true
		})
		for _, line := range last {
			fmt.Fprintln(c.Stdout, line)
		}
		return err
	})
	if !has(set, 'f') && !has(set, 'F') || len(names) != 1 {
		return status
	}
	return c.follow(ctx, names[0], status)
}

// followInterval is how often `tail -f` looks at its file, as GNU tail does.
const followInterval = time.Second

// follow prints what is appended to a file until the command is ended.
func (c *Call) follow(ctx context.Context, name string, status int) int {
	if name == "/dev/null" { // `tail -f /dev/null` is how a container is kept alive: no need to look
		<-ctx.Done()
		return 143
	}
	file, err := c.Machine.FS.Open(c.path(name), os.O_RDONLY)
	if err != nil {
		return status
	}
	if info, err := c.Machine.FS.Stat(c.path(name)); err == nil {
		file.offset = info.Size()
	}
	for sleep(ctx, followInterval, nil) == nil {
		if _, err := io.Copy(c.Stdout, file); err != nil {
			return 1
		}
	}
	return 143
}

func wc(ctx context.Context, c *Call) int {
	set, names := c.flags("")
	return c.inputs(ctx, names, func(name string, r io.Reader) error {
		var nl, words, bytes int
		inWord := false
		br := bufio.NewReader(r)
		for {
			b, err := br.ReadByte()
			if err != nil {
				break
			}
			bytes++
			if b == '\n' {
				nl++
			}
			space := b == ' ' || b == '\n' || b == '\t'
			if !space && !inWord {
				words++
			}
			inWord = !space
		}
		if name == "-" {
			name = ""
		}
		var out []string
		for _, col := range []struct {
			f rune
			n int
		}{{'l', nl}, {'w', words}, {'c', bytes}} {
			if has(set, col.f) || len(set) == 0 {
				out = append(out, strconv.Itoa(col.n))
			}
		}
		fmt.Fprintln(c.Stdout, strings.TrimSpace(strings.Join(out, " ")+" "+name))
		return nil
	})
}

func (c *Call) all(ctx context.Context, names []string) ([]string, int) {
	var list []string
	status := c.inputs(ctx, names, func(_ string, r io.Reader) error {
		return lines(r, func(line string) bool {
			list = append(list, line)
			return len(list) < maxLines
		})
	})
	return list, status
}

func sortLines(ctx context.Context, c *Call) int {
	set, names := c.flags("kt")
	list, status := c.all(ctx, names)
	slices.SortStableFunc(list, func(a, b string) int {
		if has(set, 'n') {
			x, _ := strconv.ParseFloat(strings.TrimSpace(a), 64)
			y, _ := strconv.ParseFloat(strings.TrimSpace(b), 64)
			if x != y {
				if x < y {
					return -1
				}
				return 1
			}
		}
		return strings.Compare(a, b)
	})
	if has(set, 'r') {
		slices.Reverse(list)
	}
	if has(set, 'u') {
		list = slices.Compact(list)
	}
	for _, line := range list {
		fmt.Fprintln(c.Stdout, line)
	}
	return status
}

func uniq(ctx context.Context, c *Call) int {
	set, names := c.flags("")
	list, status := c.all(ctx, names)
	for i := 0; i < len(list); {
		n := 1
		for i+n < len(list) && list[i+n] == list[i] {
			n++
		}
		if has(set, 'c') {
			fmt.Fprintf(c.Stdout, "%7d %s\n", n, list[i])
		} else {
			fmt.Fprintln(c.Stdout, list[i])
		}
		i += n
	}
	return status
}

func grep(ctx context.Context, c *Call) int {
	set, rest := c.flags("em")
	expr, ok := set['e']
	if !ok {
		if len(rest) == 0 {
			return c.fail("no pattern") + 1
		}
		expr, rest = rest[0], rest[1:]
	}
	if has(set, 'F') {
		expr = quoteMeta(expr)
	}
	if has(set, 'i') {
		expr = "(?i)" + expr
	}
	re, err := compile(expr)
	if err != nil {
		return c.fail("bad regex '%s'", expr) + 1
	}
	found := 0
	status := c.inputs(ctx, rest, func(name string, r io.Reader) error {
		n, number := 0, 0
		prefix := ""
		if len(rest) > 1 {
			prefix = name + ":"
		}
		err := lines(r, func(line string) bool {
			number++
			if re.MatchString(line) == has(set, 'v') {
				return true
			}
			n++
			switch {
			case has(set, 'q'):
				return false
			case has(set, 'c'):
			case has(set, 'o'):
				fmt.Fprintln(c.Stdout, prefix+re.FindString(line))
			case has(set, 'n'):
				fmt.Fprintf(c.Stdout, "%s%d:%s\n", prefix, number, line)
			default:
				fmt.Fprintln(c.Stdout, prefix+line)
			}
			return true
		})
		if has(set, 'c') {
			fmt.Fprintf(c.Stdout, "%s%d\n", prefix, n)
		}
		found += n
		return err
	})
	if status != 0 {
		return 2
	}
	return boolStatus(found > 0)
}

func quoteMeta(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
