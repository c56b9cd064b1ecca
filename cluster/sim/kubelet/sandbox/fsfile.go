package sandbox

import (
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
	"time"
)

// File is an open file. Reads and writes move one position; with O_APPEND
// writes go to the end.
type File struct {
	fs     *FS
	node   *inode
	name   string
	flags  int
	offset int64
}

// Open opens a file with the flags of package os.
func (f *FS) Open(name string, flags int) (*File, error) {
	defer f.lock()()
	at, err := f.walk(name, true)
	if err != nil {
		return nil, failed("open", name, err)
	}
	writes := flags&(os.O_WRONLY|os.O_RDWR) != 0
	switch {
	case at.node == nil && flags&os.O_CREATE == 0:
		err = syscall.ENOENT
	case at.node == nil:
		at.node = f.space.newNode(0o644)
		err = f.attach(at, at.node)
	case at.node.mode.IsDir() && writes:
		err = syscall.EISDIR
	case writes && at.readOnly:
		err = syscall.EROFS
	case flags&os.O_TRUNC != 0 && at.node.device == nil:
		_ = f.space.grow(-int64(len(at.node.data)))
		at.node.data = nil
		at.node.modTime = f.space.now()
	}
	if err != nil {
		return nil, failed("open", name, err)
	}
	return &File{fs: f, node: at.node, name: name, flags: flags}, nil
}

func (f *File) Read(p []byte) (int, error) {
	defer f.fs.lock()()
	if f.node.mode.IsDir() {
		return 0, failed("read", f.name, syscall.EISDIR)
	}
	data := f.node.data
	if f.node.device != nil {
		if f.node.mode&fs.ModeCharDevice != 0 {
			n := copy(p, f.node.device(nil))
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}
		data = f.node.device(nil)
	}
	if f.offset >= int64(len(data)) {
		return 0, io.EOF
	}
	n := copy(p, data[f.offset:])
	f.offset += int64(n)
	return n, nil
}

func (f *File) Write(p []byte) (int, error) {
	defer f.fs.lock()()
	if f.flags&(os.O_WRONLY|os.O_RDWR) == 0 {
		return 0, failed("write", f.name, syscall.EBADF)
	}
	if f.node.device != nil {
		f.node.device(p)
		return len(p), nil
	}
	if f.flags&os.O_APPEND != 0 {
		f.offset = int64(len(f.node.data))
	}
	end := f.offset + int64(len(p))
	if by := end - int64(len(f.node.data)); by > 0 {
		if err := f.fs.space.grow(by); err != nil {
			return 0, failed("write", f.name, err)
		}
		f.node.data = append(f.node.data, make([]byte, by)...)
	}
	copy(f.node.data[f.offset:], p)
	f.offset = end
	f.node.modTime = f.fs.space.now()
	return len(p), nil
}

// Close does nothing: an open file holds nothing but memory.
func (f *File) Close() error { return nil }

// ReadFile returns a file's content.
func (f *FS) ReadFile(name string) ([]byte, error) {
	file, err := f.Open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(file, f.space.limit))
}

// WriteFile replaces a file's content, making the directories above it.
func (f *FS) WriteFile(name string, content []byte) error {
	if err := f.MkdirAll(path.Dir(path.Clean("/" + name))); err != nil {
		return err
	}
	file, err := f.Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return err
}

// Device makes a file whose content is what device returns; what is written
// goes to device as well. A character device is read without end.
func (f *FS) Device(name string, character bool, device func(write []byte) []byte) error {
	if err := f.WriteFile(name, nil); err != nil {
		return err
	}
	defer f.lock()()
	at, err := f.walk(name, true)
	if err != nil || at.node == nil {
		return failed("mknod", name, syscall.ENOENT)
	}
	at.node.device, at.node.mode = device, 0o444
	if character {
		at.node.mode = fs.ModeDevice | fs.ModeCharDevice | 0o666
	}
	return nil
}

// Remove removes a file, a link or an empty directory.
func (f *FS) Remove(name string) error { return f.remove(name, false) }

// RemoveAll removes a path and everything below it.
func (f *FS) RemoveAll(name string) error { return f.remove(name, true) }

func (f *FS) remove(name string, all bool) error {
	defer f.lock()()
	at, err := f.walk(name, false)
	switch {
	case err != nil:
	case at.node == nil:
		err = syscall.ENOENT
	case at.readOnly:
		err = syscall.EROFS
	case at.name == "" || at.parent.children[at.name].mounted != nil:
		err = syscall.EBUSY
	case len(at.node.children) > 0 && !all:
		err = syscall.ENOTEMPTY
	case at.node.hasMount():
		err = syscall.EBUSY
	default:
		_ = f.space.grow(-at.node.size())
		delete(at.parent.children, at.name)
		at.parent.modTime = f.space.now()
	}
	return failed("remove", name, err)
}

// Rename moves a path. A file that is there already is replaced.
func (f *FS) Rename(from, to string) error {
	defer f.lock()()
	src, err := f.walk(from, false)
	if err != nil || src.node == nil {
		return failed("rename", from, orNotFound(err))
	}
	dst, err := f.walk(to, false)
	if err != nil {
		return failed("rename", to, err)
	}
	switch {
	case src.readOnly || dst.readOnly:
		err = syscall.EROFS
	case src.name == "" || dst.name == "" || src.parent.children[src.name].mounted != nil:
		err = syscall.EBUSY
	case dst.node != nil && dst.node.mode.IsDir():
		err = syscall.EEXIST
	case src.node.contains(dst.parent):
		err = syscall.EINVAL
	}
	if err != nil {
		return failed("rename", to, err)
	}
	if dst.node == src.node {
		return nil
	}
	if dst.node != nil {
		_ = f.space.grow(-dst.node.size())
	}
	delete(src.parent.children, src.name)
	dst.parent.children[dst.name] = src.node
	return nil
}

// Touch makes a file or renews its time.
func (f *FS) Touch(name string) error {
	file, err := f.Open(name, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return err
	}
	defer f.lock()()
	file.node.modTime = f.space.now()
	return nil
}

// Chmod sets the permission bits that `ls` and `test` show.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	defer f.lock()()
	at, err := f.walk(name, true)
	switch {
	case err != nil || at.node == nil:
		return failed("chmod", name, orNotFound(err))
	case at.readOnly:
		return failed("chmod", name, syscall.EROFS)
	}
	at.node.mode = at.node.mode&^fs.ModePerm | mode&fs.ModePerm
	return nil
}

// Readlink returns a link's target.
func (f *FS) Readlink(name string) (string, error) {
	defer f.lock()()
	at, err := f.walk(name, false)
	if err != nil || at.node == nil || at.node.mode&fs.ModeSymlink == 0 {
		return "", failed("readlink", name, orNotFound(err))
	}
	return at.node.target, nil
}

func orNotFound(err error) error {
	if err == nil {
		return syscall.ENOENT
	}
	return err
}

func (n *inode) hasMount() bool {
	for _, c := range n.children {
		if c.mounted != nil || c.hasMount() {
			return true
		}
	}
	return false
}

func (n *inode) contains(other *inode) bool {
	if n == other {
		return true
	}
	for _, c := range n.children {
		if c.contains(other) {
			return true
		}
	}
	return false
}

// size is what removing the node and all below gives back.
func (n *inode) size() int64 {
	total := inodeCost + int64(len(n.data))
	for _, c := range n.children {
		total += c.size()
	}
	return total
}

// info is a snapshot of a node under a name.
func (n *inode) info(name string) fs.FileInfo {
	size := int64(len(n.data))
	if n.target != "" {
		size = int64(len(n.target))
	}
	return fileInfo{name: name, size: size, mode: n.mode, modTime: n.modTime}
}

type fileInfo struct {
	name    string
	size    int64
	mode    fs.FileMode
	modTime time.Time
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.modTime }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

// names lists a directory's entries, for callers that want no details.
func (f *FS) names(dir string) []string {
	entries, err := f.ReadDir(dir)
	if err != nil {
		return nil
	}
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Name()
	}
	slices.Sort(list)
	return list
}
