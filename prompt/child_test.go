package prompt

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"go.uber.org/goleak"

	"podium/cluster/kubectl"
)

// TestMain lets the test binary be podium's executable for the children that
// the tests start, and a few programs for a terminal to run.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if play, ok := roles()[os.Args[1]]; ok {
			os.Exit(play(os.Args[2:]))
		}
	}
	goleak.VerifyTestMain(m)
}

func roles() map[string]func([]string) int {
	return map[string]func([]string) int{
		Word:         Main,
		kubectl.Word: fakeOrReal,
		"edit":       func(args []string) int { fmt.Println("editing", args); return 0 },
		"say":        func(args []string) int { fmt.Print(strings.Join(args, " ")); return 0 },
		"watch":      watch,
		"raw":        raw,
		"flood":      flood,
		"ask":        ask,
		"deaf":       deaf,
		"grumble":    func([]string) int { return onInterrupt(1) },
		"yield":      func([]string) int { return onInterrupt(0) },
		"shrug":      shrug,
		"env":        func([]string) int { fmt.Println(strings.Join(os.Environ(), "\n")); return 0 },
		"size":       size,
		"full":       full,
		"fail":       func([]string) int { return 7 },
	}
}

// fakeOrReal is kubectl, with two verbs of the tests' own.
func fakeOrReal(args []string) int {
	if len(args) > 1 && args[0] == "__complete" && args[1] == "slow" {
		forever()
	}
	if len(args) > 1 && args[0] == "__complete" && args[1] == "fake" {
		fmt.Print("pod/web-1\tready\x1b]0;gone\a\npod/web-2\nother\n:4\nCompletion ended with directive: ShellCompDirectiveNoFileComp\n")
		return 0
	}
	if len(args) > 0 && args[0] == "tty" {
		fmt.Println("tty", term.IsTerminal(os.Stdin.Fd()), args[1:])
		return 0
	}
	return kubectl.Main(args, KubectlSays("en"))
}

// watch is like kubectl get -w: rows, then nothing until it is interrupted.
func watch([]string) int {
	fmt.Println("NAME READY\nweb-1 1/1")
	forever()
	return 0
}

// forever waits in a way that the runtime does not take for a deadlock.
func forever() { <-time.After(time.Hour) }

// raw reads keys one by one, as kubectl exec -it does, until q.
func raw([]string) int {
	old, err := term.MakeRaw(os.Stdin.Fd())
	if err != nil {
		return 1
	}
	defer term.Restore(os.Stdin.Fd(), old)
	fmt.Print("\x1b[?2004hready\r\n")
	key := make([]byte, 1)
	for {
		if _, err := os.Stdin.Read(key); err != nil {
			return 1
		}
		fmt.Printf("<%x>", key)
		if key[0] == 'q' {
			return 0
		}
	}
}

func flood([]string) int {
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	for i := 0; ; i++ {
		if _, err := fmt.Fprintf(out, "\x1b[3%dmline %d of far too many\x1b[0m\n", i%8, i); err != nil {
			return 1
		}
	}
}

// ask sends the terminal questions without end and never reads the answers.
func ask([]string) int {
	if _, err := term.MakeRaw(os.Stdin.Fd()); err != nil {
		return 1
	}
	for range 5000 {
		fmt.Print("\x1b[6n\x1b[c")
	}
	fmt.Print("asked")
	return 0
}

// deaf can't be interrupted.
func deaf([]string) int {
	signal.Ignore(os.Interrupt)
	fmt.Println("deaf")
	forever()
	return 0
}

// onInterrupt ends with a code of its own when it is interrupted, as kubectl
// logs -f does.
func onInterrupt(code int) int {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	fmt.Println("ready")
	select {
	case <-interrupted:
	case <-time.After(time.Hour):
	}
	return code
}

// shrug says that it was interrupted and goes on until a line is typed.
func shrug([]string) int {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		for range interrupted {
			fmt.Println("again")
		}
	}()
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return 7
}

func size([]string) int {
	resized := make(chan os.Signal, 1)
	notifyResize(resized)
	print := func() {
		width, height, _ := term.GetSize(os.Stdout.Fd())
		fmt.Printf("%dx%d\n", width, height)
	}
	print()
	<-resized
	print()
	return 0
}

func full([]string) int {
	fmt.Print("before\n\x1b[?1049h\x1b[2J\x1b[1;1Hwhole screen")
	_, _ = io.ReadFull(os.Stdin, make([]byte, 1))
	fmt.Print("\x1b[?1049l")
	return 0
}

// self returns the test binary playing a part.
func self(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	return cmd
}

// patience is how long a test waits for something that is sure to happen.
const patience = 20 * time.Second
