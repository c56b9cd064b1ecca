package prompt

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lab returns options for a folder that holds a few files and a link out of it.
func lab(t *testing.T) Options {
	t.Helper()
	outside := t.TempDir()
	folder := t.TempDir()
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "secret"), "secret\n")
	write(filepath.Join(folder, "web.yaml"), "kind: Pod\nname: web\nimage: nginx:1.27\n")
	write(filepath.Join(folder, "numbers"), "10\n9\n100\n9\n")
	write(filepath.Join(folder, "table"), "NAME  CPU\nweb-2  30m\nweb-1  100m\nWEB-3  5m\n")
	write(filepath.Join(folder, "csv"), "a,b,c\n1,2,3\nplain\n")
	write(filepath.Join(folder, "한글.txt"), "가나다\n")
	if err := os.Mkdir(filepath.Join(folder, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(folder, "more", "a.yaml"), "a: 1\n")
	for link, target := range map[string]string{
		"out": filepath.Join(outside, "secret"), "up": "../" + filepath.Base(outside), "in": "web.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	return Options{Home: t.TempDir(), Folder: folder, Language: "en"}
}

func capture(t *testing.T, o Options, line string) Command {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := Capture(ctx, o, line)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return c
}

// run is a line and what it does.
type run struct {
	line, want string
	exit       int
}

func (r run) check(t *testing.T, o Options) {
	t.Helper()
	if c := capture(t, o, r.line); c.Output != r.want || c.Exit != r.exit {
		t.Errorf("%q wrote %q and exited with %d, want %q and %d", r.line, c.Output, c.Exit, r.want, r.exit)
	}
}

func TestFiltersAndFiles(t *testing.T) {
	o := lab(t)
	for _, test := range []run{
		{"cat web.yaml", "kind: Pod\nname: web\nimage: nginx:1.27\n", 0},
		{"cat -n csv | head -1", "     1\ta,b,c\n", 0},
		{"cat in", "kind: Pod\nname: web\nimage: nginx:1.27\n", 0},
		{"cat more/a.yaml ./more/../csv | tail -n 2", "1,2,3\nplain\n", 0},
		{"cat *.yaml more/*.yaml | wc -l", "4\n", 0},
		{"ls", "csv\nin\nmore/\nnumbers\nout\ntable\nup\nweb.yaml\n한글.txt\n", 0},
		{"ls -la more", "a.yaml\n", 0},
		{"cat 한글.txt | wc -m", "4\n", 0},
		{"grep -i NAME table web.yaml", "NAME  CPU\nname: web\n", 0},
		{"grep -c web table", "2\n", 0},
		{"grep -vc web table", "2\n", 0},
		{"grep -n image web.yaml", "3:image: nginx:1.27\n", 0},
		{"grep -o 'nginx:[0-9.]*' web.yaml", "nginx:1.27\n", 0},
		{"grep -E 'kind|name' web.yaml", "kind: Pod\nname: web\n", 0},
		{`grep 'kind\|name' web.yaml`, "kind: Pod\nname: web\n", 0},
		{"grep 'kind|name' web.yaml", "", 1},
		{"grep -F 1.2 web.yaml", "image: nginx:1.27\n", 0},
		{"grep -w we web.yaml", "", 1},
		{"grep -A1 kind web.yaml", "kind: Pod\nname: web\n", 0},
		{"grep -n -B1 image web.yaml", "2-name: web\n3:image: nginx:1.27\n", 0},
		{"grep -q web web.yaml && echo yes", "yes\n", 0},
		{"grep nothing web.yaml || echo no", "no\n", 0},
		{"cat none", "There is no file none in the lesson's folder: ls shows what is there, edit none makes it.\n", 1},
		{"cat more", "more is a folder: ls more shows what is in it.\n", 1},
		{"cat none 2>/dev/null; echo after", "after\n", 0},
		{"grep", "What should grep look for? Type a word behind it: grep Running.\n", 1},
	} {
		test.check(t, o)
	}
}

func TestCountingSortingAndWriting(t *testing.T) {
	o := lab(t)
	for _, test := range []run{
		{"head -n 1 numbers; tail -1 numbers; tail -n +3 numbers", "10\n9\n100\n9\n", 0},
		{"wc numbers", "4 4 11 numbers\n", 0},
		{"sort numbers", "10\n100\n9\n9\n", 0},
		{"sort -n numbers | uniq", "9\n10\n100\n", 0},
		{"sort -rnu numbers", "100\n10\n9\n", 0},
		{"sort numbers | uniq -c | grep 2", "      2 9\n", 0},
		{"sort numbers | uniq -d", "9\n", 0},
		{"tail -n +2 table | sort -k 2 -h", "WEB-3  5m\nweb-2  30m\nweb-1  100m\n", 0},
		{"tail -n +2 table | sort -k2,2nr", "web-1  100m\nweb-2  30m\nWEB-3  5m\n", 0},
		{"sort -t, -k2 csv", "plain\n1,2,3\na,b,c\n", 0},
		{"cut -d, -f2- csv", "b,c\n2,3\nplain\n", 0},
		{"cut -c1-2 csv", "a,\n1,\npl\n", 0},
		{"echo -n a; echo b c | cat -", "ab c\n", 0},
		{"cat <<'EOF' | grep b\na\nb $X\nEOF", "b $X\n", 0},
		{"cat <<< word", "word\n", 0},
		{"cat <<E; echo b\nE", "b\n", 0},
		{"echo one > new; echo two >> new; cat < new", "one\ntwo\n", 0},
		{"sleep 0; echo slept", "slept\n", 0},
		{"vi web.yaml", "editing [web.yaml]\n", 0},
	} {
		test.check(t, o)
	}
}

func TestNoFileOutsideTheFolderIsReached(t *testing.T) {
	o := lab(t)
	secret := filepath.Join(filepath.Dir(o.Folder), "secret")
	for _, line := range []string{
		"cat out", "cat < out", "cat up/secret", "cat ../secret", "cat " + secret, "ls ..", "ls /", "ls up", "cat up/*", "cat ../*",
		"grep e out", "wc -l up/secret", "vi out", "edit ../x", "vi -c :!sh web.yaml", "echo x > out", "echo x > up/new", "cat more/../../x",
		"curl -o up/x localhost:1", "cat ~/x", "cat ~root/x",
	} {
		c, err := Capture(t.Context(), o, line)
		if err == nil && c.Exit == 0 || strings.Contains(c.Output, "secret\n") && !strings.Contains(c.Output, ": ls shows") {
			t.Errorf("%q exited with %d and wrote %q", line, c.Exit, c.Output)
		}
	}
	if data, err := os.ReadFile(filepath.Join(o.Folder, "out")); err != nil || string(data) != "secret\n" {
		t.Errorf("the file outside holds %q now: %v", data, err)
	}
}

func TestKubectlRunsInPipesAndLists(t *testing.T) {
	o := lab(t)
	o.Kubeconfig = filepath.Join(o.Home, "none")
	c := capture(t, o, "k create deployment web --image=nginx:1.27 --dry-run=client -o yaml | grep image: > image; cat image")
	if !strings.HasSuffix(c.Output, "- image: nginx:1.27\n") || c.Exit != 0 || c.Verb != "create" || len(c.Argv) != 1 {
		t.Errorf("got %+v", c)
	}
	if c := capture(t, o, "kubectl tty closed"); c.Output != "tty false [closed]\n" {
		t.Errorf("input is not closed: %q", c.Output)
	}
	if c := capture(t, o, "kubectl nonsense && echo on"); c.Exit != 1 || !strings.Contains(c.Output, `unknown command "nonsense"`) {
		t.Errorf("got %+v", c)
	}
	if _, err := Capture(t.Context(), o, "docker ps"); err == nil {
		t.Error("a host program was run")
	}
}

func TestPatternsCantSmuggleFlags(t *testing.T) {
	o := lab(t)
	if err := os.WriteFile(filepath.Join(o.Folder, "--kubeconfig=x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if c := capture(t, o, "kubectl tty *"); c.Exit != 1 || !strings.Contains(c.Output, "own cluster") {
		t.Errorf("got %+v", c)
	}
}

func TestCancellingEndsACapture(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	c, err := Capture(ctx, lab(t), "sleep 300; echo never")
	if err != nil || c.Exit != 130 || c.Output != "" || c.Ended.Sub(c.Started) > patience {
		t.Errorf("got %+v, %v", c, err)
	}
}
