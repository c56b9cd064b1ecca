package sandbox

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Space is memory that the file systems of one pod share: its lock and its
// limit. A pod that fills it gets "no space left on device".
type Space struct {
	mu    sync.Mutex
	used  int64
	limit int64
	now   func() time.Time
}

// NewSpace returns a space of at most limit bytes.
func NewSpace(limit int64) *Space { return &Space{limit: limit, now: time.Now} }

// inodeCost is what a file costs beside its content.
const inodeCost = 256

// Dir is a directory that can be mounted into several file systems of its space.
type Dir struct {
	space *Space
	node  *inode
}

// NewDir returns an empty directory.
func (s *Space) NewDir() *Dir { return &Dir{s, s.newNode(fs.ModeDir | 0o755)} }

// FS returns an empty file system.
func (s *Space) FS() *FS { return &FS{space: s, root: s.newNode(fs.ModeDir | 0o755)} }

// FS is a file system in memory. Its paths are absolute and have slashes on
// every platform; nothing in it leads to the machine's own files.
type FS struct {
	space *Space
	root  *inode
}

type inode struct {
	mode     fs.FileMode
	modTime  time.Time
	data     []byte
	target   string            // a symbolic link's
	children map[string]*inode // a directory's
	device   func(write []byte) []byte
	mounted  *inode // what is seen here instead
	readOnly bool
}

func (s *Space) newNode(mode fs.FileMode) *inode {
	n := &inode{mode: mode, modTime: s.now()}
	if mode.IsDir() {
		n.children = map[string]*inode{}
	}
	return n
}

const maxLinks = 40 // as Linux's MAXSYMLINKS

// walked is where a path leads.
type walked struct {
	node     *inode // nil when the last element does not exist
	parent   *inode
	name     string
	readOnly bool
	full     string
}

// walk follows a path from the root. The caller holds the lock.
func (f *FS) walk(name string, follow bool) (walked, error) {
	return f.walkLinks(path.Clean("/"+name), follow, 0)
}

func (f *FS) walkLinks(name string, follow bool, links int) (walked, error) {
	at := walked{node: f.root, parent: f.root, full: "/"}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	for i, part := range parts {
		if !at.node.mode.IsDir() {
			return at, syscall.ENOTDIR
		}
		next := at.node.children[part]
		at = walked{node: next, parent: at.node, name: part, readOnly: at.readOnly, full: path.Join(at.full, part)}
		last := i == len(parts)-1
		if next == nil {
			if last {
				return at, nil
			}
			return at, syscall.ENOENT
		}
		if next.mounted != nil {
			at.node, at.readOnly = next.mounted, next.readOnly
		}
		if at.node.mode&fs.ModeSymlink != 0 && (!last || follow) {
			if links++; links > maxLinks {
				return at, syscall.ELOOP
			}
			target := at.node.target
			if !path.IsAbs(target) {
				target = path.Join(path.Dir(at.full), target)
			}
			rest := path.Join(append([]string{target}, parts[i+1:]...)...)
			return f.walkLinks(path.Clean("/"+rest), follow, links)
		}
	}
	return at, nil
}

func (f *FS) lock() func() {
	f.space.mu.Lock()
	return f.space.mu.Unlock
}

func failed(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Stat describes what a path leads to.
func (f *FS) Stat(name string) (fs.FileInfo, error) { return f.stat(name, true) }

// Lstat describes what stands at a path: it does not follow a last link.
func (f *FS) Lstat(name string) (fs.FileInfo, error) { return f.stat(name, false) }

func (f *FS) stat(name string, follow bool) (fs.FileInfo, error) {
	defer f.lock()()
	at, err := f.walk(name, follow)
	if err == nil && at.node == nil {
		err = syscall.ENOENT
	}
	if err != nil {
		return nil, failed("stat", name, err)
	}
	return at.node.info(path.Base(path.Clean("/" + name))), nil
}

// ReadDir lists a directory in the order of its names.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	defer f.lock()()
	at, err := f.walk(name, true)
	switch {
	case err != nil:
	case at.node == nil:
		err = syscall.ENOENT
	case !at.node.mode.IsDir():
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, failed("open", name, err)
	}
	list := make([]fs.DirEntry, 0, len(at.node.children))
	for child, n := range at.node.children {
		if n.mounted != nil {
			n = n.mounted
		}
		list = append(list, fs.FileInfoToDirEntry(n.info(child)))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// Mkdir makes one directory.
func (f *FS) Mkdir(name string) error {
	defer f.lock()()
	at, err := f.walk(name, true)
	switch {
	case err != nil:
	case at.node != nil:
		err = syscall.EEXIST
	default:
		err = f.attach(at, f.space.newNode(fs.ModeDir|0o755))
	}
	return failed("mkdir", name, err)
}

// MkdirAll makes a directory and those above it.
func (f *FS) MkdirAll(name string) error {
	name = path.Clean("/" + name)
	if name == "/" {
		return nil
	}
	if err := f.MkdirAll(path.Dir(name)); err != nil {
		return err
	}
	err := f.Mkdir(name)
	if info, e := f.Stat(name); e == nil && info.IsDir() {
		return nil
	}
	return err
}

// Symlink makes name a link to target.
func (f *FS) Symlink(target, name string) error {
	defer f.lock()()
	at, err := f.walk(name, false)
	switch {
	case err != nil:
	case at.node != nil:
		err = syscall.EEXIST
	default:
		n := f.space.newNode(fs.ModeSymlink | 0o777)
		n.target = target
		err = f.attach(at, n)
	}
	return failed("symlink", name, err)
}

// Mount shows dir at name, making the directories above it.
func (f *FS) Mount(name string, dir *Dir, readOnly bool) error {
	if err := f.MkdirAll(name); err != nil {
		return err
	}
	return f.mount(name, dir.node, readOnly)
}

// MountFile shows one file of dir at name, as a volume mount's subPath does.
func (f *FS) MountFile(name string, dir *Dir, file string, readOnly bool) error {
	if err := f.MkdirAll(path.Dir(name)); err != nil {
		return err
	}
	unlock := f.lock()
	at, err := (&FS{space: f.space, root: dir.node}).walk(file, true)
	unlock()
	if err != nil || at.node == nil {
		return f.Mount(name, dir, readOnly)
	}
	if _, err := f.Stat(name); err != nil {
		if err := f.WriteFile(name, nil); err != nil {
			return err
		}
	}
	return f.mount(name, at.node, readOnly)
}

func (f *FS) mount(name string, node *inode, readOnly bool) error {
	defer f.lock()()
	at, err := f.walk(name, false)
	if err != nil || at.node == nil || at.node == f.root {
		return failed("mount", name, errors.Join(err, syscall.EINVAL))
	}
	here := at.parent.children[at.name]
	here.mounted, here.readOnly = node, readOnly
	return nil
}

// attach adds a node under its parent, accounting for it.
func (f *FS) attach(at walked, n *inode) error {
	if at.readOnly {
		return syscall.EROFS
	}
	if at.parent == nil || at.name == "" {
		return syscall.EEXIST
	}
	if err := f.space.grow(inodeCost + int64(len(n.data))); err != nil {
		return err
	}
	at.parent.children[at.name] = n
	at.parent.modTime = f.space.now()
	return nil
}

func (s *Space) grow(by int64) error {
	if by > 0 && s.used+by > s.limit {
		return syscall.ENOSPC
	}
	s.used += by
	return nil
}

// Used is how many bytes the space holds.
func (s *Space) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// FS is the directory seen as a file system of its own.
func (d *Dir) FS() *FS { return &FS{space: d.space, root: d.node} }
