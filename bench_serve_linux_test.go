package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"podium/classroom"
	"podium/serve/servetest"
)

// A load is what processes have taken: of the processor, and of memory now.
type load struct {
	spent    time.Duration
	resident uint64 // bytes
}

// loadOf is the load of a process and its children.
func loadOf(b *testing.B, pid int) load {
	b.Helper()
	var sum load
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// See proc(5): after the name in brackets come state and parent.
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest)
		number := func(i int) (n uint64) {
			_, _ = fmt.Sscan(fields[i], &n)
			return n
		}
		if own := filepath.Base(filepath.Dir(file)); own != fmt.Sprint(pid) && number(1) != uint64(pid) {
			continue
		}
		const ticks = 100 // a second, on every Linux that Go knows
		sum.spent += time.Duration(number(11)+number(12)) * time.Second / ticks
		sum.resident += number(21) * uint64(os.Getpagesize())
	}
	return sum
}

// hallOf serves a class of people, each with a key.
func hallOf(b *testing.B, people int) (c classTest, pid int, keys []gossh.Signer) {
	b.Helper()
	home, err := os.MkdirTemp("", "podium")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(home) })
	for range people {
		keys = append(keys, servetest.Key(b))
	}
	address, pid := served(b, home, keys...)
	return classTest{b, home, address}, pid, keys
}

func (c classTest) kubectl(args ...string) {
	c.Helper()
	cmd := exec.CommandContext(c.Context(), filepath.Join("bin", "podium"), append([]string{"kubectl"}, args...)...)
	cmd.Env = append(os.Environ(), "PODIUM_HOME="+c.home)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.Fatalf("kubectl %v: %v %s", args, err, out)
	}
}

// Thirty people watch over SSH at 120x40 while a Deployment of ten is rolled out
// again and again, and one more has stopped reading: what that takes of the
// server, in cores and in memory.
func BenchmarkThirtyWatchersOverSSH(b *testing.B) {
	c, pid, keys := hallOf(b, 1)
	teller := classroom.NewTeller(filepath.Join(c.home, "standing.json"))
	defer teller.Close()
	teller.Tell(classroom.Standing{Open: true, Namespace: "default"})
	c.kubectl("create", "deployment", "web", "--image=nginx:1.27", "--replicas=10")
	c.kubectl("rollout", "status", "deployment/web")
	alone := loadOf(b, pid)
	var last *guest
	for range 30 {
		last = visit(b, c.address, "watch", keys[0], "C")
		last.see("web")
	}
	stalls := visit(b, c.address, "watch", keys[0], "C")
	stalls.see("web")
	stalls.stall()
	for b.Loop() {
		before, began := loadOf(b, pid), time.Now()
		for i := range 5 {
			c.kubectl("set", "image", "deployment/web", fmt.Sprintf("nginx=nginx:1.%d", 27+i%2))
			c.kubectl("rollout", "status", "deployment/web")
		}
		after := loadOf(b, pid)
		b.ReportMetric((after.spent-before.spent).Seconds()/time.Since(began).Seconds(), "cores")
		b.ReportMetric(float64(after.resident-min(alone.resident, after.resident))/(1<<20), "MiB-more")
	}
	c.kubectl("create", "deployment", "seen", "--image=nginx:1.27")
	last.see("seen")
}

// Ten learners have labs on one simulated cluster and run a pod each: what their
// podiums and the server take together, and how long a command takes.
func BenchmarkTenLabsOverSSH(b *testing.B) {
	const learners = 10
	c, pid, keys := hallOf(b, learners)
	alone := loadOf(b, pid)
	var class []*student
	for i, key := range keys {
		class = append(class, c.enter(fmt.Sprintf("learner%d", i), key))
	}
	for i := 0; b.Loop(); i++ {
		before, began := loadOf(b, pid), time.Now()
		for _, l := range class {
			l.does(fmt.Sprintf("kubectl run web%d --image=nginx:1.27", i), "created")
		}
		after := loadOf(b, pid)
		b.ReportMetric(float64(time.Since(began).Milliseconds())/learners, "ms/command")
		b.ReportMetric((after.spent - before.spent).Seconds(), "cpu-s")
		b.ReportMetric(float64(after.resident-min(alone.resident, after.resident))/(1<<20)/learners, "MiB/lab")
	}
}
