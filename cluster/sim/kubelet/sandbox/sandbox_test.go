package sandbox

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func aMachine() *Machine {
	space := NewSpace(1 << 20)
	f := space.FS()
	for name, content := range map[string]string{
		"/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "/root/.profile": "export SOURCED=yes\n",
		"/tmp/a.txt": "one\ntwo\nthree\n", "/tmp/b.txt": "beta\n", "/run.sh": "#!/bin/sh\necho script $0 $1\n",
	} {
		if err := f.WriteFile(name, []byte(content)); err != nil {
			panic(err)
		}
	}
	_ = f.Chmod("/run.sh", 0o755)
	_ = f.Device("/dev/null", true, func([]byte) []byte { return nil })
	_ = f.Device("/dev/zero", true, func([]byte) []byte { return make([]byte, 512) })
	return &Machine{
		FS: f, Hostname: "web-0", PIDOne: "sleep 3600",
		Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		},
		Lookup: func(_ context.Context, host string) ([]string, error) {
			if host == "web" {
				return []string{"10.96.0.20"}, nil
			}
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		},
	}
}

func run(t *testing.T, m *Machine, script string) (out string, status int) {
	t.Helper()
	var b bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	env := []string{"HOME=/root", "GREETING=hello"}
	status = m.Run(ctx, []string{"sh", "-c", script}, env, "/", Streams{In: strings.NewReader("from stdin\n"), Out: &b, Err: &b}, nil)
	return b.String(), status
}

func TestScriptsRunAsInASmallLinuxImage(t *testing.T) {
	tests := []struct {
		script string
		want   string
		status int
	}{
		{`echo hi`, "hi\n", 0},
		{`exit 3`, "", 3},
		{`false || echo no; true && echo yes`, "no\nyes\n", 0},
		{`for i in 1 2 3; do echo -n $i; done; echo`, "123\n", 0},
		{`i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i`, "3\n", 0},
		{`for i in {1..3}; do for j in a b; do echo -n $i$j,; done; done`, "1a,1b,2a,2b,3a,3b,", 0},
		{`case abc in a*) echo match;; *) echo no;; esac`, "match\n", 0},
		{`f() { echo "got $1 of $#"; return 4; }; f x y; echo $?`, "got x of 2\n4\n", 0},
		{`x=$(echo inner); echo "<$x>"`, "<inner>\n", 0},
		{`cat /tmp/a.txt | grep o | sort -r | head -1`, "two\n", 0},
		{`echo one > /tmp/new; echo two >> /tmp/new; cat /tmp/new; wc -l < /tmp/new`, "one\ntwo\n2\n", 0},
		{`cat <<EOF
hello $HOME
EOF`, "hello /root\n", 0},
		{`cd /tmp && pwd && ls`, "/tmp\na.txt\nb.txt\n", 0},
		{`mkdir -p /x/y && touch /x/y/z && find /x -type f; rm -r /x; ls /x`, "/x/y/z\nls: /x: No such file or directory\n", 1},
		{`cd /tmp; tar cf - a.txt /etc/passwd | tar xmf - -C /copy && cat /copy/a.txt /copy/etc/passwd`, "one\ntwo\nthree\nroot:x:0:0:root:/root:/bin/sh\n", 0},
		{`tar -czf /tmp/all.tgz -C /tmp a.txt b.txt; tar tzf /tmp/all.tgz; rm /tmp/all.tgz`, "a.txt\nb.txt\n", 0},
		{`tar cf - /missing > /dev/null`, "tar: No such file or directory\n", 1},
		{`echo nonsense | tar xf -`, "tar: unexpected EOF\n", 1},
		{`cd /tmp; find . -name 'a*'; find / -name passwd`, "./a.txt\n/etc/passwd\n", 0},
		{`nope`, "sh: nope: not found\n", 127},
		{`/tmp/a.txt`, "sh: /tmp/a.txt: Permission denied\n", 126},
		{`/run.sh arg`, "script run.sh arg\n", 0},
		{`cat < /missing; echo $?`, "sh: can't open /missing: No such file or directory\n1\n", 0},
		{`set -e; false; echo never`, "", 1},
		{`trap 'echo bye' EXIT; echo hi`, "hi\nbye\n", 0},
		{`echo $GREETING ${NOPE:-default} ${GREETING%lo} ${#GREETING}`, "hello default hel 5\n", 0},
		{`hostname; id -u`, "web-0\n0\n", 0},
		{`read line; echo "<$line>"`, "<from stdin>\n", 0},
		{`echo a b c | while read x rest; do echo $rest; done`, "b c\n", 0},
		{`printf '%s-%03d\n' a 7 b 8`, "a-007\nb-008\n", 0},
		{`. /root/.profile; echo $SOURCED; env | grep SOURCED`, "yes\nSOURCED=yes\n", 0},
		{`(cd /tmp; pwd); pwd`, "/tmp\n/\n", 0},
		{`echo err >&2 2>/dev/null; echo gone 2>/dev/null >&2`, "err\n", 0},
		{`sleep 0.01 & wait; echo done`, "done\n", 0},
		{`yes | head -2`, "y\ny\n", 0},
		{`test -f /tmp/a.txt && [ ! -d /tmp/a.txt ] && [[ abc == a* ]] && echo ok`, "ok\n", 0},
		{`nslookup web | grep Address: | tail -1`, "Address: 10.96.0.20\n", 0},
		{`seq 3 | xargs echo`, "1 2 3\n", 0},
		{`echo "a,b,c" | cut -d, -f2 | tr a-z A-Z | sed s/B/X/`, "X\n", 0},
		{`exec echo replaced; echo never`, "replaced\n", 0},
		{`timeout 0.01 sleep 5; echo $?`, "124\n", 0},
		{`if`, "sh: syntax error: 1:1: `if` must be followed by a statement list\n", 2},
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			got, status := run(t, aMachine(), tt.script)
			if got != tt.want || status != tt.status {
				t.Errorf("got %q, status %d; want %q, status %d", got, status, tt.want, tt.status)
			}
		})
	}
}

// secret is in a file of the machine that the tests run on; no script may print it.
const secret = "the-machines-own-secret"

func TestNothingOfTheMachineCanBeReached(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret.txt")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PODIUM_TEST_SECRET", secret)
	slashed := filepath.ToSlash(file)
	scripts := []string{
		"cat " + slashed, "cat < " + slashed, ". " + slashed, "source " + slashed, "sh " + slashed, "ls " + filepath.ToSlash(dir),
		"cd " + filepath.ToSlash(dir) + "; cat secret.txt", "echo " + filepath.ToSlash(dir) + "/*", "cat ../../../../../.." + slashed,
		"cd /proc/self/cwd; ls", "cat /proc/self/environ", "cat /proc/1/environ", "env", "printenv", "set", "export", "echo $PODIUM_TEST_SECRET",
		"cat <(echo x) " + slashed, "echo ~root ~nobody; ls ~root/..", "ln -s " + slashed + " /l; cat /l", "exec 3< " + slashed + "; cat <&3",
		"read x < " + slashed + "; echo $x", "[ -f " + slashed + " ] && echo " + secret, "cp " + slashed + " /tmp/c; cat /tmp/c",
		"/bin/cat " + slashed, "/usr/bin/env cat " + slashed, "find / -name secret.txt", "eval cat " + slashed, "bash -c 'cat " + slashed + "'",
		"curl file://" + slashed, "wget -O- file://" + slashed, "x=" + slashed + "; cat $x", "mapfile < " + slashed, "command cat " + slashed,
		"go version", "python3 -c 1", "kubectl get pods", "echo > " + slashed,
	}
	for _, script := range scripts {
		out, _ := run(t, aMachine(), script)
		if strings.Contains(out, secret) || strings.Contains(out, "secret.txt\n") && strings.HasPrefix(script, "echo "+filepath.ToSlash(dir)) {
			t.Errorf("%s printed %q", script, out)
		}
		if content, err := os.ReadFile(file); err != nil || string(content) != secret {
			t.Fatalf("%s changed the machine's file: %q, %v", script, content, err)
		}
	}
	if out, _ := run(t, aMachine(), "cat /etc/passwd; cat ../../etc/passwd; cat $HOME/../etc/passwd"); strings.Count(out, "root:x:0:0:root:/root:/bin/sh\n") != 3 {
		t.Errorf("the sandbox's own /etc/passwd is not what is read: %q", out)
	}
}

func TestHostileScriptsAreStopped(t *testing.T) {
	scripts := map[string]string{
		"a loop without end":        `while true; do :; done`,
		"an arithmetic loop":        `for ((i=0; ; i++)); do :; done`,
		"recursion":                 `f() { f; }; f`,
		"recursion through pipes":   `f() { f | f; }; f`,
		"recursion through sh":      `echo 'sh /tmp/r' > /tmp/r; sh /tmp/r`,
		"recursion through eval":    `x='eval "$x"'; eval "$x"`,
		"a doubling variable":       `x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done`,
		"a multiplying replacement": `x=$(seq 10000); y=${x//[0-9]/$x}; z=${y//[0-9]/$y}`,
		"braces":                    `echo {1..9999}{1..9999}{1..9999}`,
		"a wide printf":             `printf '%999999999d' 1`,
		"endless output captured":   `x=$(yes)`,
		"endless input captured":    `x=$(cat /dev/zero)`,
		"a full disk":               `while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> /tmp/big || exit 1; done`,
		"many files":                `i=0; while true; do i=$((i+1)); touch /tmp/f$i || exit 1; done`,
		"a link to itself":          `ln -s /tmp/l /tmp/l; cat /tmp/l; cd /tmp/l/l/l`,
		"many jobs":                 `i=0; while [ $i -lt 100000 ]; do i=$((i+1)); sleep 100 & done`,
		"deep brackets":             strings.Repeat("(", 20000),
		"deep substitution":         strings.Repeat("$(", 20000),
		"deep arithmetic":           "echo $((" + strings.Repeat("(", 20000) + "1",
		"deep test":                 "[ " + strings.Repeat("! ", 5000) + "x ]",
		"a large pattern":           `[[ a == ` + strings.Repeat("*?", 10000) + ` ]]`,
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := aMachine()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				out := &limitedWriter{w: &bytes.Buffer{}, left: 1 << 20}
				m.Run(ctx, []string{"sh", "-c", script}, nil, "/", Streams{Out: out, Err: out}, nil)
				if used := m.FS.space.Used(); used > 1<<20 {
					t.Errorf("the files take %d bytes", used)
				}
			})
		})
	}
}

func TestSIGTERMReachesOnlyAScriptThatTrapsIt(t *testing.T) {
	tests := []struct {
		script string
		want   string
		after  time.Duration
	}{
		{`trap 'echo bye; exit 0' TERM; while true; do sleep 1; done`, "bye\n", 4 * time.Second},
		{`trap 'echo bye; exit 0' TERM; sleep 1000 & wait`, "bye\n", 3500 * time.Millisecond},
		{`sleep 1000; echo never`, "", 10 * time.Second},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			term := make(chan struct{})
			time.AfterFunc(3500*time.Millisecond, func() { close(term) })
			var out bytes.Buffer
			began := time.Now()
			aMachine().Run(ctx, []string{"sh", "-c", tt.script}, nil, "/", Streams{Out: &out, Err: &out}, term)
			if took := time.Since(began); took != tt.after || out.String() != tt.want {
				t.Errorf("%s: ended after %v with %q; want %v with %q", tt.script, took, out.String(), tt.after, tt.want)
			}
		})
	}
}

func TestATerminalEditsLinesAndInterrupts(t *testing.T) {
	tests := []struct{ name, keys, want string }{
		{"a command", "echo hi\rexit\r", "/ # echo hi\r\nhi\r\n/ # exit\r\n"},
		{"backspace", "echo hx\x7fi\r\x04", "/ # echo hx\b \bi\r\nhi\r\n/ # \r\n"},
		{"Korean backspace", "echo 가\x7f나\r\x04", "/ # echo 가\b \b\b \b나\r\n나\r\n/ # \r\n"},
		{"Ctrl-C at the prompt", "echo no\x03\x04", "/ # echo no^C\r\n/ # \r\n"},
		{"a line that goes on", "if true\rthen echo yes; fi\r\x04", "/ # if true\r\n> then echo yes; fi\r\nyes\r\n/ # \r\n"},
		{"arrows are ignored", "ec\x1b[A\x1b[Dho a\r\x04", "/ # echo a\r\na\r\n/ # \r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			term := NewTerminal(strings.NewReader(tt.keys), &out)
			if code := aMachine().RunTerminal(t.Context(), []string{"sh"}, nil, "/", term); code != 0 && code != 130 {
				t.Errorf("exit status %d", code)
			}
			if out.String() != tt.want {
				t.Errorf("got  %q\nwant %q", out.String(), tt.want)
			}
		})
	}
}

func FuzzScript(f *testing.F) {
	for _, seed := range []string{
		`echo $((1+2)) | cat`, `for i in a b; do echo ${i:0:1}; done`, `x=(1 2); echo ${x[@]}`, `[[ a =~ b ]] || true`,
		`cat <<< hi > /tmp/x; . /tmp/x`, `set -- a b; shift; echo $@ $*`, `trap 'exit' TERM; kill 1`, `a=b; echo ${!a} ${a^^} ${a@Q}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		out := &limitedWriter{w: &bytes.Buffer{}, left: 1 << 20}
		m := aMachine()
		m.Run(ctx, []string{"sh", "-c", script}, nil, "/", Streams{In: strings.NewReader(script), Out: out, Err: out}, nil)
		if used := m.FS.space.Used(); used > 1<<20 || used < 0 {
			t.Errorf("the files take %d bytes", used)
		}
	})
}
