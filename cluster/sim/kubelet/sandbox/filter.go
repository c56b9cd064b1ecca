package sandbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

func cut(ctx context.Context, c *Call) int {
	set, names := c.flags("dfc")
	delimiter := set['d']
	if delimiter == "" {
		delimiter = "\t"
	}
	return c.inputs(ctx, names, func(_ string, r io.Reader) error {
		return lines(r, func(line string) bool {
			parts := strings.Split(line, delimiter)
			spec := set['f']
			if has(set, 'c') {
				parts, spec, delimiter = strings.Split(line, ""), set['c'], ""
			}
			var out []string
			for i, p := range parts {
				if inRange(spec, i+1) {
					out = append(out, p)
				}
			}
			fmt.Fprintln(c.Stdout, strings.Join(out, delimiter))
			return true
		})
	})
}

// inRange says whether n is in a list such as 1,3-5,7-.
func inRange(spec string, n int) bool {
	for _, part := range strings.Split(spec, ",") {
		from, to, isRange := strings.Cut(part, "-")
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		switch {
		case !isRange && errA == nil && a == n,
			isRange && (errA != nil || a <= n) && (errB != nil || n <= b):
			return true
		}
	}
	return false
}

func tr(ctx context.Context, c *Call) int {
	set, rest := c.flags("")
	if len(rest) == 0 {
		return c.fail("missing operand")
	}
	from := runes(rest[0])
	var to []rune
	if len(rest) > 1 {
		to = runes(rest[1])
	}
	return c.inputs(ctx, nil, func(_ string, r io.Reader) error {
		return lines(r, func(line string) bool {
			line += "\n"
			fmt.Fprint(c.Stdout, strings.Map(func(ch rune) rune {
				i := slices.Index(from, ch)
				switch {
				case i < 0:
					return ch
				case has(set, 'd') || len(to) == 0:
					return -1
				default:
					return to[min(i, len(to)-1)]
				}
			}, line))
			return true
		})
	})
}

func runes(set string) []rune {
	set = strings.NewReplacer("[:upper:]", "A-Z", "[:lower:]", "a-z", "[:digit:]", "0-9").Replace(unescape(set))
	var list []rune
	rs := []rune(set)
	for i := 0; i < len(rs); i++ {
		if i+2 < len(rs) && rs[i+1] == '-' && rs[i] <= rs[i+2] && rs[i+2]-rs[i] < 256 {
			for r := rs[i]; r <= rs[i+2]; r++ {
				list = append(list, r)
			}
			i += 2
			continue
		}
		list = append(list, rs[i])
	}
	return list
}

func tee(ctx context.Context, c *Call) int {
	set, names := c.flags("")
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if has(set, 'a') {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	outs := []io.Writer{c.Stdout}
	status := c.each(names, func(name string) error {
		file, err := c.Machine.FS.Open(name, flags)
		if err == nil {
			outs = append(outs, file)
		}
		return err
	})
	_ = c.inputs(ctx, nil, func(_ string, r io.Reader) error {
		_, err := io.Copy(io.MultiWriter(outs...), r)
		return err
	})
	return status
}

func seq(ctx context.Context, c *Call) int {
	from, step, to := 1, 1, 1
	var nums []int
	for _, a := range c.Args[1:] {
		n, err := strconv.Atoi(a)
		if err != nil {
			return c.fail("invalid number '%s'", a)
		}
		nums = append(nums, n)
	}
	switch len(nums) {
	case 1:
		to = nums[0]
	case 2:
		from, to = nums[0], nums[1]
	case 3:
		from, step, to = nums[0], nums[1], nums[2]
	}
	if step == 0 || len(nums) == 0 || len(nums) > 3 {
		return c.fail("usage: seq [FIRST [INC]] LAST")
	}
	for n := from; step > 0 && n <= to || step < 0 && n >= to; n += step {
		if _, err := fmt.Fprintln(c.Stdout, n); err != nil || ctx.Err() != nil {
			return 141
		}
		if c.budget.step(ctx) != nil {
			return 141
		}
	}
	return 0
}

func basename(_ context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.fail("missing operand")
	}
	name := path.Base(c.Args[1])
	if len(c.Args) > 2 {
		name = strings.TrimSuffix(name, c.Args[2])
	}
	fmt.Fprintln(c.Stdout, name)
	return 0
}

func dirname(_ context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.fail("missing operand")
	}
	fmt.Fprintln(c.Stdout, path.Dir(c.Args[1]))
	return 0
}

func yes(ctx context.Context, c *Call) int {
	word := "y"
	if len(c.Args) > 1 {
		word = strings.Join(c.Args[1:], " ")
	}
	for {
		if _, err := fmt.Fprintln(c.Stdout, word); err != nil || c.budget.step(ctx) != nil {
			return 141
		}
	}
}

// sed knows s/x/y/[g], which is most of what containers use it for.
func sed(ctx context.Context, c *Call) int {
	set, rest := c.flags("e")
	script, ok := set['e']
	if !ok && len(rest) > 0 {
		script, rest = rest[0], rest[1:]
	}
	if len(script) < 4 || script[0] != 's' {
		return c.fail("only s/REGEX/TEXT/[g] is known here")
	}
	parts := strings.Split(script[2:], script[1:2])
	if len(parts) < 3 {
		return c.fail("unterminated `s' command")
	}
	re, err := compile(parts[0])
	if err != nil {
		return c.fail("bad regex '%s'", parts[0])
	}
	return c.inputs(ctx, rest, func(_ string, r io.Reader) error {
		return lines(r, func(line string) bool {
			if len(line)*(len(parts[1])+1) > 4*maxCaptured {
				line = line[:maxPadding]
			}
			if strings.Contains(parts[2], "g") {
				line = re.ReplaceAllLiteralString(line, parts[1])
			} else if at := re.FindStringIndex(line); at != nil {
				line = line[:at[0]] + parts[1] + line[at[1]:]
			}
			fmt.Fprintln(c.Stdout, line)
			return true
		})
	})
}

func xargs(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) == 0 {
		args = []string{"echo"}
	}
	list, _ := c.all(ctx, nil)
	args = slices.Clone(args)
	for _, line := range list {
		args = append(args, strings.Fields(line)...)
	}
	if len(args) > maxFields {
		return c.fail("argument list too long")
	}
	return c.start(ctx, args, c.Environ)
}
