package sandbox

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// tarOptions are what kubectl cp asks for, and people at a prompt.
type tarOptions struct {
	do            byte // c, x or t
	file, dir     string
	gzip, verbose bool
	names         []string
}

func (c *Call) tarOptions() (tarOptions, error) {
	o := tarOptions{file: "-", dir: c.Dir}
	args := c.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = append([]string{"-" + args[0]}, args[1:]...) // tar xf FILE
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if len(word) < 2 || word[0] != '-' {
			o.names = append(o.names, word)
			continue
		}
		if strings.HasPrefix(word, "--") { // kubectl's --no-same-owner and the like: there are no owners here
			continue
		}
		for _, f := range word[1:] {
			var value string
			if f == 'f' || f == 'C' {
				if len(args) == 0 {
					return o, fmt.Errorf("option requires an argument -- %c", f)
				}
				value, args = args[0], args[1:]
			}
			switch f {
			case 'c', 'x', 't':
				o.do = byte(f)
			case 'f':
				o.file = value
			case 'C':
				o.dir = c.path(value)
			case 'z':
				o.gzip = true
			case 'v':
				o.verbose = true
			case 'm', 'p', 'o':
			default:
				return o, fmt.Errorf("unrecognized option: %c", f)
			}
		}
	}
	if o.do == 0 {
		return o, errors.New("must specify one of -c, -t, -x")
	}
	return o, nil
}

func tarCommand(ctx context.Context, c *Call) int {
	o, err := c.tarOptions()
	if err != nil {
		return c.fail("%s", err)
	}
	if o.do == 'c' {
		err = c.pack(ctx, o)
	} else {
		err = c.unpack(ctx, o)
	}
	if err != nil {
		return c.fail("%s", reason(err))
	}
	return 0
}

func (c *Call) pack(ctx context.Context, o tarOptions) (err error) {
	out := c.Stdout
	if o.file != "-" {
		file, err := c.Machine.FS.Open(c.path(o.file), os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return err
		}
		out = file
	}
	if o.gzip {
		z := gzip.NewWriter(out)
		defer func() { err = errors.Join(err, z.Close()) }()
		out = z
	}
	w := tar.NewWriter(out)
	for _, name := range o.names {
		from := name
		if !path.IsAbs(from) {
			from = path.Join(o.dir, from)
		}
		failed := c.Machine.FS.visit(from, func(at string, info fs.FileInfo) {
			if err == nil {
				err = errors.Join(ctx.Err(), c.packOne(w, o, at, strings.TrimPrefix(path.Join(name, strings.TrimPrefix(at, from)), "/"), info))
			}
		})
		if err = errors.Join(err, failed); err != nil {
			return err
		}
	}
	return w.Close()
}

func (c *Call) packOne(w *tar.Writer, o tarOptions, at, name string, info fs.FileInfo) error {
	link := ""
	var content []byte
	var err error
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		link, err = c.Machine.FS.Readlink(at)
	case info.Mode().IsRegular():
		content, err = c.Machine.FS.ReadFile(at)
	case !info.IsDir():
		return nil // a device
	}
	if err != nil {
		return err
	}
	head, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	head.Name, head.Size = name, int64(len(content))
	if info.IsDir() {
		head.Name += "/"
	}
	if o.verbose {
		fmt.Fprintln(c.Stderr, head.Name)
	}
	if err := w.WriteHeader(head); err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

func (c *Call) unpack(ctx context.Context, o tarOptions) error {
	in := c.Stdin
	if o.file != "-" {
		file, err := c.Machine.FS.Open(c.path(o.file), os.O_RDONLY)
		if err != nil {
			return err
		}
		in = file
	}
	if o.gzip {
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = z
	}
	archive := tar.NewReader(in)
	for ctx.Err() == nil {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if o.verbose || o.do == 't' {
			fmt.Fprintln(c.Stdout, head.Name)
		}
		if o.do == 't' {
			continue
		}
		if err := c.unpackOne(archive, head, path.Join(o.dir, path.Clean("/"+head.Name))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// unpackOne writes one entry. Its size is bounded by the container's space.
func (c *Call) unpackOne(archive io.Reader, head *tar.Header, at string) error {
	fsys := c.Machine.FS
	if head.Typeflag == tar.TypeDir {
		return fsys.MkdirAll(at)
	}
	if err := fsys.MkdirAll(path.Dir(at)); err != nil {
		return err
	}
	switch head.Typeflag {
	case tar.TypeSymlink:
		return fsys.Symlink(head.Linkname, at)
	case tar.TypeReg:
		file, err := fsys.Open(at, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return err
		}
		if _, err := io.Copy(file, archive); err != nil {
			return err
		}
		return fsys.Chmod(at, fs.FileMode(head.Mode)&fs.ModePerm) //nolint:gosec // masked
	}
	return nil
}
