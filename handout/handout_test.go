package handout

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"podium/i18n"
	"podium/lessons"
)

// hostile is what an author could write to have a reader's browser do something.
var hostile = []string{
	"<script>alert(1)</script>",
	"a <img src=x onerror=alert(1)> b",
	"<div>\n[x](javascript:alert(1))\n</div>",
	"<a title=\"[x](javascript:alert(1))\">",
	"[x](javascript:alert(1))",
	"[x](java&#115;cript:alert(1))",
	`\\[x](javascript:alert(1))`,
	"[x][y]\n\n[y]: javascript:alert(1)",
	"![x](data:text/html;base64,PHNjcmlwdD4=)",
	"<javascript:alert(1)>",
	"`` ` `` <b onclick=alert(1)>",
	"| a |\n| - |\n| <script>alert(1)</script> |",
	"> <iframe src=//example.com>",
	"- <svg onload=alert(1)>",
	"<!-- --><script>alert(1)</script>",
	"<?x ?><script>alert(1)</script>",
	"# <style>*{}</style>",
}

// careless is a wiki that lets everything through.
var careless = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))

func lesson(text string) lessons.Lesson {
	words := lessons.Words{Title: text, Summary: text, Steps: map[string]lessons.StepWords{"do": {
		Title: text, Text: text, Ask: text, Choices: []string{text}, Goals: map[string]string{"one": text},
		Hints: []lessons.Template{{Source: text}}, Debrief: text,
	}}}
	return lessons.Lesson{
		ID: "evil", Files: map[string]string{"a`<b>.yaml": "```\n" + text},
		Steps: []lessons.Step{{ID: "do", Kind: lessons.Do, Goals: []lessons.Goal{{ID: "one"}}, Solution: []string{text}}},
		Words: map[i18n.Language]lessons.Words{i18n.English: words},
	}
}

func TestNothingInALessonOrARecordingBecomesHTML(t *testing.T) {
	for _, text := range hostile {
		h := Handout{Lesson: lesson(text), Lang: i18n.English, Provider: "sim", Pictures: map[string]Picture{"do": {Caption: text, Rows: text + "\x1b]0;x\a\x00"}}}
		var page, source, wiki strings.Builder
		if err := errors.Join(h.HTML(&page), h.Markdown(&source, nil), careless.Convert([]byte(harmless(text)), &wiki)); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(page.String(), "<body>")
		if err := careless.Convert([]byte(source.String()), &wiki); err != nil {
			t.Fatal(err)
		}
		for where, html := range map[string]string{"the page": body, "a careless wiki": wiki.String()} {
			for _, bad := range []string{"<script", "<img src=x", "<img src=\"data:text", "<b ", "<iframe", "<svg onload", "<style", "<div", "=\"javascript:", "<!--", "<?x"} {
				if strings.Contains(html, bad) {
					t.Errorf("%q lets %s through to %s:\n%s", text, bad, where, html)
				}
			}
		}
	}
}

func TestHarmlessMarkdownStaysAsItWas(t *testing.T) {
	for _, text := range []string{
		"Type `kubectl get pods -o <format>`, then see [the docs](https://kubernetes.io).",
		"```sh\nkubectl apply -f - <<EOF\nEOF\n```",
		"- **one**\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |", "\\<b> and \\[x]",
	} {
		if got := harmless(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := harmless("1 < 2"); got != "1 &lt; 2" {
		t.Errorf("1 < 2 became %q", got)
	}
}

func TestAPictureIsWellFormedWhateverItShows(t *testing.T) {
	p := Picture{Caption: "a \x01<&\"> b", Rows: "\x1b[1;38;2;1;2;3m노드 <b>\x1b[m   &\x1b[7m \x1b[48;2;9;8;7mx\x1b[m\n\x1b]0;title\a\x9b31m]]>"}
	var b strings.Builder
	if err := p.SVG(&b); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, string(text))
		}
	}
	if got := strings.Join(texts, "|"); !strings.Contains(got, "노드| <b>|") || !strings.Contains(got, "]]>") {
		t.Errorf("the picture says %q", got)
	}
	if !strings.Contains(b.String(), `fill="#010203" font-weight="bold"`) || !strings.Contains(b.String(), `fill="#090807"`) {
		t.Errorf("the picture lost its colours:\n%s", b.String())
	}
}

func TestHandoutsReadAsTheyDid(t *testing.T) {
	all, err := lessons.Load(os.DirFS("../tui/testdata/lessons"), lessons.Options{Manifests: os.DirFS("../manifests")})
	if err != nil {
		t.Fatal(err)
	}
	step := all[0].Steps[len(all[0].Steps)-1].ID
	for _, s := range all[0].Steps {
		if len(s.Goals) > 0 {
			step = s.ID
			break
		}
	}
	for _, lang := range i18n.Languages {
		h := Handout{Lesson: all[0], Lang: lang, Provider: "sim", Pictures: map[string]Picture{step: {Caption: "12:00", Rows: "\x1b[1mnode\x1b[m  노드"}}}
		var page, text, linked strings.Builder
		link := func(step string) string { return "pod-" + step + ".svg" }
		if err := errors.Join(h.HTML(&page), h.Markdown(&text, nil), h.Markdown(&linked, link)); err != nil {
			t.Fatal(err)
		}
		if want := "![12:00](<pod-" + step + ".svg>)"; !strings.Contains(linked.String(), want) {
			t.Errorf("the document has no %s", want)
		}
		for name, got := range map[string]string{string(lang) + ".html": page.String(), string(lang) + ".md": text.String()} {
			golden(t, name, got)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); look at it and run make golden:\n%s", name, err, got)
	}
}
