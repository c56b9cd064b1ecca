package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// each runs do for every operand and reports what fails.
func (c *Call) each(names []string, do func(name string) error) int {
	status := 0
	for _, name := range names {
		if err := do(c.path(name)); err != nil {
			status = c.fail("%s: %s", name, reason(err))
		}
	}
	return status
}

// inputs opens the operands, or the standard input when there is none.
func (c *Call) inputs(ctx context.Context, names []string, use func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		r := c.Stdin
		if name != "-" {
			file, err := c.Machine.FS.Open(c.path(name), os.O_RDONLY)
			if err != nil {
				status = c.fail("can't open '%s': %s", name, reason(err))
				continue
			}
			r = file
		}
		if err := use(name, &untilDone{ctx, r}); err != nil && !errors.Is(err, io.EOF) {
			if ctx.Err() != nil || errors.Is(err, io.ErrClosedPipe) {
				return 141
			}
			status = c.fail("%s: %s", name, reason(err))
		}
	}
	return status
}

// untilDone stops a reader that never ends, such as /dev/zero.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	if u.r == nil {
		return 0, io.EOF
	}
	return u.r.Read(p)
}

func cat(ctx context.Context, c *Call) int {
	_, names := c.flags("")
	return c.inputs(ctx, names, func(_ string, r io.Reader) error {
		_, err := io.Copy(c.Stdout, r)
		return err
	})
}

func ls(_ context.Context, c *Call) int {
	set, names := c.flags("")
	if len(names) == 0 {
		names = []string{"."}
	}
	many := len(names) > 1
	return c.each(names, func(name string) error {
		info, err := c.Machine.FS.Stat(name)
		if err != nil {
			return err
		}
		if !info.IsDir() || has(set, 'd') {
			c.list(info, path.Dir(name), set, name)
			return nil
		}
		entries, err := c.Machine.FS.ReadDir(name)
		if err != nil {
			return err
		}
		if many {
			fmt.Fprintf(c.Stdout, "%s:\n", name)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") && !has(set, 'a') && !has(set, 'A') {
				continue
			}
			if info, err := e.Info(); err == nil {
				c.list(info, name, set, e.Name())
			}
		}
		return nil
	})
}

func (c *Call) list(info fs.FileInfo, dir string, set map[rune]string, name string) {
	if !has(set, 'l') {
		fmt.Fprintln(c.Stdout, name)
		return
	}
	arrow := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err := c.Machine.FS.Readlink(path.Join(dir, info.Name())); err == nil {
			arrow = " -> " + target
		}
	}
	mode := strings.Replace(info.Mode().String(), "L", "l", 1)
	fmt.Fprintf(c.Stdout, "%s    1 %-8s %-8s %9d %s %s%s\n", mode, c.Machine.user(), c.Machine.user(),
		info.Size(), info.ModTime().UTC().Format("Jan _2 15:04"), name, arrow)
}

func mkdir(_ context.Context, c *Call) int {
	set, names := c.flags("m")
	return c.each(names, func(name string) error {
		if has(set, 'p') {
			return c.Machine.FS.MkdirAll(name)
		}
		return c.Machine.FS.Mkdir(name)
	})
}

func rm(_ context.Context, c *Call) int {
	set, names := c.flags("")
	return c.each(names, func(name string) error {
		info, err := c.Machine.FS.Lstat(name)
		switch {
		case err != nil && has(set, 'f'):
			return nil
		case err != nil:
			return err
		case has(set, 'r') || has(set, 'R'):
			return c.Machine.FS.RemoveAll(name)
		case info.IsDir():
			return syscall.EISDIR
		}
		return c.Machine.FS.Remove(name)
	})
}

func rmdir(_ context.Context, c *Call) int {
	_, names := c.flags("")
	return c.each(names, c.Machine.FS.Remove)
}

func touch(_ context.Context, c *Call) int {
	_, names := c.flags("dt")
	return c.each(names, c.Machine.FS.Touch)
}

func (c *Call) destination(target, source string) string {
	target = c.path(target)
	if info, err := c.Machine.FS.Stat(target); err == nil && info.IsDir() {
		return path.Join(target, path.Base(source))
	}
	return target
}

func cp(_ context.Context, c *Call) int {
	set, names := c.flags("")
	if len(names) < 2 {
		return c.fail("missing operand")
	}
	last := len(names) - 1
	return c.each(names[:last], func(name string) error {
		return c.copyTree(name, c.destination(names[last], name), has(set, 'r') || has(set, 'R') || has(set, 'a'), 0)
	})
}

func (c *Call) copyTree(from, to string, all bool, depth int) error {
	if depth > 64 || strings.HasPrefix(to+"/", from+"/") {
		return syscall.EINVAL
	}
	info, err := c.Machine.FS.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		content, err := c.Machine.FS.ReadFile(from)
		if err != nil {
			return err
		}
		return c.Machine.FS.WriteFile(to, content)
	}
	if !all {
		return syscall.EISDIR
	}
	if err := c.Machine.FS.MkdirAll(to); err != nil {
		return err
	}
	for _, child := range c.Machine.FS.names(from) {
		if err := c.copyTree(path.Join(from, child), path.Join(to, child), all, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func mv(_ context.Context, c *Call) int {
	_, names := c.flags("")
	if len(names) < 2 {
		return c.fail("missing operand")
	}
	last := len(names) - 1
	return c.each(names[:last], func(name string) error {
		return c.Machine.FS.Rename(name, c.destination(names[last], name))
	})
}

func ln(_ context.Context, c *Call) int {
	set, names := c.flags("")
	if len(names) != 2 || !has(set, 's') {
		return c.fail("only `ln -s TARGET NAME` is known here")
	}
	to := c.destination(names[1], names[0])
	if has(set, 'f') {
		_ = c.Machine.FS.Remove(to)
	}
	if err := c.Machine.FS.Symlink(names[0], to); err != nil {
		return c.fail("%s: %s", names[1], reason(err))
	}
	return 0
}

func chmod(_ context.Context, c *Call) int {
	names := c.Args[1:]
	if len(names) < 2 {
		return c.fail("missing operand")
	}
	bits, err := strconv.ParseUint(names[0], 8, 12)
	return c.each(names[1:], func(name string) error {
		if err != nil {
			info, err := c.Machine.FS.Stat(name)
			if err != nil {
				return err
			}
			bits = uint64(info.Mode().Perm())
			if strings.HasSuffix(names[0], "+x") {
				bits |= 0o111
			}
		}
		return c.Machine.FS.Chmod(name, fs.FileMode(bits))
	})
}

func readlink(_ context.Context, c *Call) int {
	_, names := c.flags("")
	return c.each(names, func(name string) error {
		target, err := c.Machine.FS.Readlink(name)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.Stdout, target)
		return nil
	})
}

func stat(_ context.Context, c *Call) int {
	_, names := c.flags("cf")
	return c.each(names, func(name string) error {
		info, err := c.Machine.FS.Lstat(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.Stdout, "  File: %s\n  Size: %d\tMode: %s\nModify: %s\n", name, info.Size(), info.Mode(), info.ModTime().UTC())
		return nil
	})
}

func du(_ context.Context, c *Call) int {
	_, names := c.flags("")
	if len(names) == 0 {
		names = []string{"."}
	}
	return c.each(names, func(name string) error {
		total := int64(0)
		err := c.Machine.FS.visit(name, func(_ string, info fs.FileInfo) { total += info.Size() })
		fmt.Fprintf(c.Stdout, "%d\t%s\n", (total+1023)/1024, name)
		return err
	})
}

func find(_ context.Context, c *Call) int {
	roots, pattern, kind := []string{}, "*", ""
	for args := c.Args[1:]; len(args) > 0; args = args[1:] {
		switch {
		case args[0] == "-name" && len(args) > 1:
			pattern, args = args[1], args[1:]
		case args[0] == "-type" && len(args) > 1:
			kind, args = args[1], args[1:]
		case strings.HasPrefix(args[0], "-"):
			return c.fail("unrecognized: %s", args[0])
		default:
			roots = append(roots, args[0])
		}
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	return c.each(roots, func(root string) error {
		return c.Machine.FS.visit(root, func(name string, info fs.FileInfo) {
			if !matches(pattern, path.Base(name)) || kind == "f" && info.IsDir() || kind == "d" && !info.IsDir() {
				return
			}
			fmt.Fprintln(c.Stdout, c.asTyped(roots, root, name))
		})
	})
}

// asTyped is the name of what was found below a folder as it was asked for:
// ./b below ".".
func (c *Call) asTyped(typed []string, at, name string) string {
	for _, word := range typed {
		if c.path(word) == at {
			return word + strings.TrimPrefix(name, at)
		}
	}
	return name
}

// visit calls use for a path and everything below it.
func (f *FS) visit(name string, use func(name string, info fs.FileInfo)) error {
	info, err := f.Lstat(name)
	if err != nil {
		return err
	}
	use(name, info)
	if info.IsDir() {
		for _, child := range f.names(name) {
			_ = f.visit(path.Join(name, child), use)
		}
	}
	return nil
}
