package confine

import (
	"debug/elf"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	llsyscall "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// leastABI is the first Landlock that has rules for TCP (Linux 6.7).
const leastABI = 4

// Supported returns nil where [Enter] can work, and work again; else [ErrCgo] or
// [ErrUnsupported].
func Supported() error {
	if withCgo {
		return ErrCgo
	}
	if abi, err := llsyscall.LandlockGetABIVersion(); err != nil || abi < leastABI {
		return ErrUnsupported
	}
	return nil
}

// timezones let times be told in the host's zone; there is nothing secret in them.
var timezones = []string{"/etc/localtime", "/usr/share/zoneinfo"}

// What the rights are called that a file can have.
const (
	readFile = landlock.AccessFSSet(llsyscall.AccessFSReadFile)
	runFile  = landlock.AccessFSSet(llsyscall.AccessFSExecute | llsyscall.AccessFSReadFile)
	readTree = landlock.AccessFSSet(llsyscall.AccessFSReadFile | llsyscall.AccessFSReadDir)
	useFile  = landlock.AccessFSSet(llsyscall.AccessFSReadFile | llsyscall.AccessFSWriteFile)
	ownTree  = landlock.AccessFSSet(llsyscall.AccessFSReadFile | llsyscall.AccessFSReadDir |
		llsyscall.AccessFSWriteFile | llsyscall.AccessFSTruncate | llsyscall.AccessFSRefer |
		llsyscall.AccessFSMakeReg | llsyscall.AccessFSMakeDir | llsyscall.AccessFSMakeSym | llsyscall.AccessFSRemoveFile | llsyscall.AccessFSRemoveDir)
)

// yielding is the niceness of what is confined: the class yields to whoever
// presents to it and to the cluster they share.
const yielding = 5

// Become confines this process and then replaces it by b.Run with args. It
// returns only with an error, after which the process must end.
func Become(b Bounds, args []string) error {
	runtime.LockOSThread() // niceness is a thread's, and goes to the program it becomes
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, yielding); err != nil {
		return fmt.Errorf("yielding: %w", err)
	}
	if err := Enter(b); err != nil {
		return err
	}
	return unix.Exec(b.Run, append([]string{b.Run}, args...), os.Environ())
}

// Enter confines this process and all it will start. A process can be confined
// again, to less. On an error it may be confined in part and must end.
func Enter(b Bounds) error {
	if err := Supported(); err != nil {
		return err
	}
	if err := limit(b); err != nil {
		return err
	}
	rules := []landlock.Rule{
		landlock.PathAccess(useFile, os.DevNull),
		landlock.PathAccess(readTree, timezones[1:]...).IgnoreIfMissing(),
		landlock.PathAccess(readFile, timezones[0]).IgnoreIfMissing(),
	}
	if b.Run != "" {
		rules = append(rules, running(b.Run)...)
	}
	for _, dir := range b.Write {
		rules = append(rules, landlock.PathAccess(ownTree, dir))
	}
	for _, path := range b.Read {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.IsDir() {
			rules = append(rules, landlock.PathAccess(readTree, path))
		} else {
			rules = append(rules, landlock.PathAccess(readFile, path))
		}
	}
	if b.Terminals {
		rules = append(rules, landlock.PathAccess(useFile, "/dev/ptmx"), landlock.PathAccess(useFile|readTree, "/dev/pts"))
	}
	if b.Port != 0 {
		rules = append(rules, landlock.ConnectTCP(b.Port))
	}
	// Exactly the fourth ABI, never less: what it restricts is what is relied on.
	if err := landlock.V4.Restrict(rules...); err != nil {
		return fmt.Errorf("confining: %w", err)
	}
	// A newer kernel also keeps signals and abstract sockets inside.
	if err := landlock.V6.BestEffort().RestrictScoped(); err != nil {
		return fmt.Errorf("confining: %w", err)
	}
	return nil
}

// running are the rules that let an executable be run. One that isn't static,
// which is not how podium is built, needs its loader and the system's libraries.
func running(path string) []landlock.Rule {
	rules := []landlock.Rule{landlock.PathAccess(runFile, path)}
	file, err := elf.Open(path)
	if err != nil {
		return rules
	}
	defer file.Close()
	section := file.Section(".interp")
	if section == nil {
		return rules
	}
	if loader, err := section.Data(); err == nil {
		rules = append(rules, landlock.PathAccess(runFile, strings.TrimRight(string(loader), "\x00")),
			landlock.PathAccess(readTree, "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib").IgnoreIfMissing(),
			landlock.PathAccess(readFile, "/etc/ld.so.cache").IgnoreIfMissing())
	}
	return rules
}

// mostOpen is how many files a process may have open: podium has some dozens.
const mostOpen = 512

func limit(b Bounds) error {
	limits := map[int]uint64{unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: mostOpen}
	if b.Memory > 0 {
		limits[unix.RLIMIT_DATA] = b.Memory
	}
	if b.FileSize > 0 {
		limits[unix.RLIMIT_FSIZE] = b.FileSize
	}
	for resource, most := range limits {
		var now unix.Rlimit
		if err := unix.Getrlimit(resource, &now); err != nil {
			return fmt.Errorf("limiting: %w", err)
		}
		most = min(most, now.Max)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limiting: %w", err)
		}
	}
	return nil
}
