package tui

import "podium/tui/panes"

// Keys are the keys that work on every page and what they do, for documents.
func Keys() []panes.HelpRow { return helpRows() }
