package handout

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var pageSource string

// page is the document around the sections. Its policy lets a browser neither run
// nor fetch anything, whatever a lesson's author wrote.
var page = template.Must(template.New("page").Parse(pageSource))

// HTML writes the handout as one page that needs nothing else.
func (h Handout) HTML(w io.Writer) error {
	type part struct {
		ID          string
		Number      int
		Title, Body template.HTML
		Fold        bool
	}
	var parts []part
	for _, s := range h.sections() {
		body, err := rendered(s.Text)
		if err != nil {
			return err
		}
		if s.Picture != nil {
			var b bytes.Buffer
			if err := s.Picture.SVG(&b); err != nil {
				return err
			}
			// SVG writes no text unescaped.
			body += template.HTML("<figure>" + b.String() + "<figcaption>" + template.HTMLEscapeString(s.Picture.Caption) + "</figcaption></figure>\n") //nolint:gosec // see above
		}
		title, err := rendered(s.Title)
		if err != nil {
			return err
		}
		parts = append(parts, part{s.ID, s.Number, inline(title), body, s.Fold})
	}
	return page.Execute(w, map[string]any{
		"Lang": string(h.Lang), "Title": h.title(), "Summary": h.Lesson.Words[h.Lang].Summary,
		"Made": h.say("handout.made", "Lesson", h.Lesson.ID), "Parts": parts,
	})
}

// rendered is harmless Markdown as HTML. goldmark leaves raw HTML and links that
// run something out.
func rendered(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // goldmark escapes what it does not know
}

// inline is a paragraph's content.
func inline(paragraph template.HTML) template.HTML {
	text := strings.TrimSpace(string(paragraph))
	return template.HTML(strings.TrimSuffix(strings.TrimPrefix(text, "<p>"), "</p>")) //nolint:gosec // it was HTML before
}

// Markdown writes the handout as Markdown. link says under which name a step's
// picture is to be found; nil draws pictures as text.
func (h Handout) Markdown(w io.Writer, link func(step string) string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", harmless(h.title()), harmless(h.Lesson.Words[h.Lang].Summary))
	for _, s := range h.sections() {
		mark := "##"
		switch {
		case s.Fold:
			mark = "###"
		case s.Number > 0:
			mark += fmt.Sprintf(" %d.", s.Number)
		}
		fmt.Fprintf(&b, "\n%s %s\n\n%s\n", mark, s.Title, s.Text)
		switch {
		case s.Picture == nil:
		case link == nil:
			fmt.Fprintf(&b, "\n%s\n\n%s\n", harmless(s.Picture.Caption), fenced("text", s.Picture.Text()))
		default:
			fmt.Fprintf(&b, "\n![%s](<%s>)\n", harmless(s.Picture.Caption), link(s.ID))
		}
	}
	fmt.Fprintf(&b, "\n---\n\n%s\n", h.say("handout.made", "Lesson", h.Lesson.ID))
	_, err := io.WriteString(w, b.String())
	return err
}
