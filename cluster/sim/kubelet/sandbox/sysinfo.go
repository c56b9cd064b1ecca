package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func hostname(_ context.Context, c *Call) int {
	if len(c.Args) > 1 && c.Args[1] == "-i" {
		ips, err := c.Machine.Lookup(context.Background(), "localhost")
		if err != nil {
			return c.fail("%s", err)
		}
		fmt.Fprintln(c.Stdout, strings.Join(ips, " "))
		return 0
	}
	fmt.Fprintln(c.Stdout, c.Machine.Hostname)
	return 0
}

func (m *Machine) user() string {
	if m.User == "" {
		return "root"
	}
	return m.User
}

func whoami(_ context.Context, c *Call) int {
	fmt.Fprintln(c.Stdout, c.Machine.user())
	return 0
}

func id(_ context.Context, c *Call) int {
	if len(c.Args) > 1 && c.Args[1] == "-u" {
		fmt.Fprintln(c.Stdout, 0)
		return 0
	}
	fmt.Fprintln(c.Stdout, "uid=0(root) gid=0(root) groups=0(root)")
	return 0
}

func uname(_ context.Context, c *Call) int {
	set, _ := c.flags("")
	switch {
	case has(set, 'a'):
		fmt.Fprintf(c.Stdout, "Linux %s simulated #1 SMP x86_64 GNU/Linux\n", c.Machine.Hostname)
	case has(set, 'n'):
		fmt.Fprintln(c.Stdout, c.Machine.Hostname)
	case has(set, 'r'):
		fmt.Fprintln(c.Stdout, "simulated")
	case has(set, 'm'):
		fmt.Fprintln(c.Stdout, "x86_64")
	default:
		fmt.Fprintln(c.Stdout, "Linux")
	}
	return 0
}

func uptime(_ context.Context, c *Call) int {
	up := time.Since(c.Machine.Start).Truncate(time.Minute)
	fmt.Fprintf(c.Stdout, " %s up %s,  load average: 0.00, 0.00, 0.00\n", time.Now().UTC().Format("15:04:05"), up)
	return 0
}

func ps(_ context.Context, c *Call) int {
	if len(c.Args) > 1 && strings.Contains(c.Args[1], "u") {
		fmt.Fprintln(c.Stdout, "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND")
		for _, p := range c.Machine.processes() {
			fmt.Fprintf(c.Stdout, "%-8s %7d  0.0  0.1   4400  1200 ?        S    %s   0:00 %s\n",
				c.Machine.user(), p.PID, p.Start.UTC().Format("15:04"), p.Command)
		}
		return 0
	}
	fmt.Fprintln(c.Stdout, "PID   USER     TIME  COMMAND")
	for _, p := range c.Machine.processes() {
		fmt.Fprintf(c.Stdout, "%5d %-8s  0:00 %s\n", p.PID, c.Machine.user(), p.Command)
	}
	return 0
}

func nproc(_ context.Context, c *Call) int { fmt.Fprintln(c.Stdout, 4); return 0 }

func free(_ context.Context, c *Call) int {
	fmt.Fprintln(c.Stdout, "              total        used        free      shared  buff/cache   available")
	fmt.Fprintln(c.Stdout, "Mem:        8388608      524288     7340032           0      524288     7864320")
	return 0
}

func which(_ context.Context, c *Call) int {
	status := 0
	for _, name := range c.Args[1:] {
		if c.Machine.command(name) == nil {
			status = 1
			continue
		}
		fmt.Fprintln(c.Stdout, "/bin/"+name)
	}
	return status
}

func clearScreen(_ context.Context, c *Call) int { fmt.Fprint(c.Stdout, "\033[H\033[2J"); return 0 }

func tty(_ context.Context, c *Call) int {
	if c.Terminal == nil {
		fmt.Fprintln(c.Stdout, "not a tty")
		return 1
	}
	fmt.Fprintln(c.Stdout, "/dev/pts/0")
	return 0
}

func df(_ context.Context, c *Call) int {
	space := c.Machine.FS.space
	used := space.Used() / 1024
	total := space.limit / 1024
	fmt.Fprintln(c.Stdout, "Filesystem           1K-blocks      Used Available Use% Mounted on")
	fmt.Fprintf(c.Stdout, "overlay              %9d %9d %9d %3d%% /\n", total, used, total-used, used*100/max(total, 1))
	return 0
}
