package theme

// A tone is a tile's colours.
type tone struct{ ground, ink string }

// A palette is what a background asks for. Tiles are full where pods are up and
// muted where they are on their way, so that a rollout lights up as it goes.
type palette struct {
	strong, accent, calm, faint, bad, code, edge string

	chosen, loose, looseFading, looseBright, badTile tone
	tiles, fading, bright                            [3]tone
}

// darkPalette is for backgrounds such as #101418: contrast of running text is
// 4.5 or more there.
var darkPalette = palette{
	strong: "#f0f4f8",
	accent: "#4fd6be",
	calm:   "#8fb0d9",
	faint:  "#7d8896",
	bad:    "#ff6b70",
	code:   "#b8d4f5",
	edge:   "#3a4450",

	chosen:      tone{"#363d45", "#f0f4f8"},
	loose:       tone{"#39434f", "#d9e0e8"},
	looseFading: tone{"#26292d", "#98a3b0"},
	looseBright: tone{"#e3e9f0", "#1c242d"},
	badTile:     tone{"#b02a2a", "#ffffff"},
	tiles: [3]tone{
		{"#3fcfb5", "#04211c"},
		{"#4a74a8", "#ffffff"},
		{"#343b44", "#b4bdc8"},
	},
	fading: [3]tone{
		{"#14433b", "#6fe3ce"},
		{"#34466b", "#b3cbec"},
		{"#22272e", "#8d97a3"},
	},
	bright: [3]tone{
		{"#c8fff3", "#06302a"},
		{"#c3daff", "#10233d"},
		{"#d7dde4", "#20262d"},
	},
}

// lightPalette is for backgrounds near white.
var lightPalette = palette{
	strong: "#12181f",
	accent: "#00756a",
	calm:   "#3a5f96",
	faint:  "#66707c",
	bad:    "#c02a22",
	code:   "#1f4e8c",
	edge:   "#c3cad2",

	chosen:      tone{"#d6e4f5", "#12181f"},
	loose:       tone{"#d3dae1", "#26313c"},
	looseFading: tone{"#ecedef", "#5d6772"},
	looseBright: tone{"#2c3640", "#ffffff"},
	badTile:     tone{"#c02626", "#ffffff"},
	tiles: [3]tone{
		{"#007a6e", "#ffffff"},
		{"#a9c1e3", "#15273f"},
		{"#dadee3", "#4c5661"},
	},
	fading: [3]tone{
		{"#c2eae3", "#00574e"},
		{"#dfe8f5", "#3a5f96"},
		{"#edeff2", "#5f6975"},
	},
	bright: [3]tone{
		{"#033e37", "#d8fff6"},
		{"#2f5da0", "#ffffff"},
		{"#4a5460", "#ffffff"},
	},
}
