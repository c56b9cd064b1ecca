package handout

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"strings"
	"unicode"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// A Picture is a drawn screen.
type Picture struct {
	Caption string
	Rows    string // with colours, as for a terminal, a row in each line
	Light   bool   // it was drawn for a light background
}

// The size of a cell in a drawing, and the colours of a terminal's page: those
// that the themes were chosen on.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	baseline   = 13.5
	fontSize   = 14
	fonts      = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', D2Coding, monospace"
)

func (p Picture) page() (ground, ink string) {
	if p.Light {
		return "#ffffff", "#1c1e22"
	}
	return "#14161a", "#d6d8dc"
}

// SVG draws the picture. Every run of cells has its place and its width, so it is
// aligned in whatever font the reader has.
func (p Picture) SVG(w io.Writer) error {
	rows := strings.Split(p.Rows, "\n")
	width := 0
	for _, row := range rows {
		width = max(width, ansi.StringWidth(row))
	}
	screen := uv.NewScreenBuffer(width, len(rows))
	uv.NewStyledString(p.Rows).Draw(screen, screen.Bounds())
	ground, ink := p.page()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %.1f %.1f" font-family="%s" font-size="%d" fill="%s">`,
		float64(width)*cellWidth+2*cellWidth, float64(len(rows))*cellHeight+cellHeight, fonts, fontSize, ink)
	fmt.Fprintf(&b, "\n<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n", escape(p.Caption), ground)
	for y, line := range screen.Lines {
		for _, run := range runsOf(line) {
			run.draw(&b, float64(y)*cellHeight+cellHeight/2, ground)
		}
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Text is the picture without colours.
func (p Picture) Text() string {
	var rows []string
	for row := range strings.SplitSeq(ansi.Strip(p.Rows), "\n") {
		rows = append(rows, strings.TrimRight(row, " "))
	}
	return strings.Join(rows, "\n")
}

// A run is a stretch of cells of one style and of one width each.
type run struct {
	x, cells int
	wide     bool
	style    uv.Style
	text     string
}

func runsOf(line uv.Line) []run {
	var runs []run
	for x := 0; x < len(line); x++ {
		c := line[x]
		if c.Width == 0 { // the second half of a wide one
			continue
		}
		wide := c.Width > 1
		if n := len(runs); n > 0 && runs[n-1].wide == wide && runs[n-1].style.Equal(&c.Style) && runs[n-1].x+runs[n-1].cells == x {
			runs[n-1].text += c.Content
			runs[n-1].cells += c.Width
			continue
		}
		runs = append(runs, run{x: x, cells: c.Width, wide: wide, style: c.Style, text: c.Content})
	}
	return runs
}

func (r run) draw(b *strings.Builder, top float64, page string) {
	left, width := float64(r.x)*cellWidth+cellWidth, float64(r.cells)*cellWidth
	ink, ground := hex(r.style.Fg), hex(r.style.Bg)
	if r.style.Attrs&uv.AttrReverse != 0 {
		ink, ground = ground, ink
		if ink == "" {
			ink = page
		}
	}
	if ground != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, left, top, width, cellHeight, ground)
	}
	if strings.TrimSpace(r.text) == "" {
		return
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" xml:space="preserve"`, left, top+baseline, width)
	if ink != "" {
		fmt.Fprintf(b, ` fill="%s"`, ink)
	}
	if r.style.Attrs&uv.AttrBold != 0 {
		b.WriteString(` font-weight="bold"`)
	}
	if r.style.Attrs&uv.AttrFaint != 0 {
		b.WriteString(` opacity="0.6"`)
	}
	fmt.Fprintf(b, ">%s</text>\n", escape(r.text))
}

// hex is a colour as SVG writes it; "" for none.
func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// escape makes text of it, whatever it holds.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(strings.Map(func(r rune) rune { // a strings.Builder can't fail
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)))
	return b.String()
}
