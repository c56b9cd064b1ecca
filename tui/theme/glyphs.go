package theme

// Glyphs are the marks that are drawn, each one cell wide.
type Glyphs struct {
	Ready, Starting, Unplaced, Unready, Failing, Leaving, Completed string
	Met, Unmet, Broken, Here                                        string
	Full, Empty, Track                                              string // bars: filled, not yet, where one could be
	Horizontal, Vertical                                            string // edges
	TopLeft, TopRight, BottomLeft, BottomRight                      string
	TeeLeft, TeeRight, TeeTop, TeeBottom, Cross                     string
	Floor, Ceiling                                                  string   // bounds
	Branch, LastBranch, Stem                                        string   // trees
	Ellipsis, Dot, Towards                                          string   // Towards: from one value to another
	Spark                                                           []string // a chart's columns, lowest first
}

// unicodeGlyphs are for terminals that draw box lines one cell wide. The marks
// of state are one cell wide everywhere, in terminals set up for East Asian
// languages too; lines, bars and the ellipsis are not, and are drawn only here.
func unicodeGlyphs() Glyphs {
	return Glyphs{
		Ready: "✓", Starting: "◔", Unplaced: "◌", Unready: "◦", Failing: "✕", Leaving: "░", Completed: "∙",
		Met: "✓", Unmet: "◔", Broken: "✗", Here: "▸",
		Full: "▇", Empty: "░", Track: "∙",
		Horizontal: "─", Vertical: "│",
		TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘",
		TeeLeft: "├", TeeRight: "┤", TeeTop: "┬", TeeBottom: "┴", Cross: "┼",
		Floor: "├", Ceiling: "┤",
		Branch: "├─", LastBranch: "└─", Stem: "│ ",
		Ellipsis: "…", Dot: "∙", Towards: "→",
		Spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	}
}

// asciiGlyphs are for every terminal. No two states share a mark.
func asciiGlyphs() Glyphs {
	return Glyphs{
		Ready: "+", Starting: "~", Unplaced: "?", Unready: "o", Failing: "x", Leaving: ":", Completed: ".",
		Met: "+", Unmet: "~", Broken: "x", Here: ">",
		Full: "#", Empty: ":", Track: ".",
		Horizontal: "-", Vertical: "|",
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
		TeeLeft: "+", TeeRight: "+", TeeTop: "+", TeeBottom: "+", Cross: "+",
		Floor: "|", Ceiling: "|",
		Branch: "|-", LastBranch: "`-", Stem: "| ",
		Ellipsis: "~", Dot: "-", Towards: ">",
		Spark: []string{"_", ".", ":", "-", "=", "+", "*", "#"},
	}
}
