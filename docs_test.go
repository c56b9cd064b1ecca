package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// A block is a fenced block of a page: its language, what follows that, and its
// text.
type block struct{ language, rest, text string }

// blocks returns the fenced blocks under a heading of a page.
func blocks(t *testing.T, page, heading string) []block {
	t.Helper()
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var found []block
	under := false
	root := goldmark.DefaultParser().Parse(text.NewReader(source))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			under = string(n.Lines().Value(source)) == heading
		case *ast.FencedCodeBlock:
			if under {
				language, rest, _ := strings.Cut(string(n.Info.Segment.Value(source)), " ")
				found = append(found, block{language, rest, string(n.Lines().Value(source))})
			}
		}
	}
	return found
}

// TestLessonsPageCanBeFollowed does what docs/lessons.md says, in its order: its
// commands are run, its files are the ones that are there, and its outputs are
// what the command before has said.
func TestLessonsPageCanBeFollowed(t *testing.T) {
	var script, files bytes.Buffer
	kinds := map[string]int{}
	for i, b := range blocks(t, filepath.Join("docs", "lessons.md"), "A course of your own") {
		kinds[b.language]++
		name := fmt.Sprintf("block-%d", i)
		switch b.language {
		case "sh":
			for command := range strings.Lines(b.text) {
				if b.rest == "terminal" { // as far as a script can go
					fmt.Fprintf(&script, "! exec %sstderr 'the screen needs a terminal'\n", command)
					continue
				}
				fmt.Fprintf(&script, "exec %s", command)
			}
		case "text":
			fmt.Fprintf(&script, "stdout '%s'\n", strings.NewReplacer("(", "\\(", ")", "\\)").Replace(strings.TrimSpace(b.text)))
		default: // a file that the page shows
			fmt.Fprintf(&script, "cmp %s %s\n", b.rest, name)
			fmt.Fprintf(&files, "-- %s --\n%s", name, b.text)
		}
	}
	if kinds["sh"] < 4 || kinds["text"] < 2 || kinds["yaml"] < 2 || kinds["markdown"] < 2 {
		t.Fatalf("the page shows only %v", kinds)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.txtar"), append(script.Bytes(), files.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, scripts(t, dir))
}
