package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"podium/tui/panes"
)

// An order is something the learner tells the screen itself, on a key that
// prints no character, so that typing at the prompt needs no mode.
type order string

// The orders, by the names their words have in the catalogue.
const (
	helpOrder     order = "help"
	hintOrder     order = "hint"
	solutionOrder order = "solution"
	againOrder    order = "again"
	nextOrder     order = "next"
	zoomOrder     order = "zoom"
	copyOrder     order = "copy"
	languageOrder order = "language"
	homeOrder     order = "home"
	quitOrder     order = "quit"
	mapOrder      order = "map"
	paneOrder     order = "pane"
	backPaneOrder order = "pane-back"
	redrawOrder   order = "redraw"
	rewindOrder   order = "rewind"
	hideOrder     order = "hide"
)

// functionKeys are the orders of F1 to F10, in that order.
var functionKeys = []order{
	helpOrder, hintOrder, solutionOrder, againOrder, nextOrder,
	zoomOrder, rewindOrder, languageOrder, homeOrder, quitOrder,
}

// prefixKey begins the two-key form of a function key, for keyboards and
// terminals that keep F1 to F10 for themselves: Ctrl-G 2 is F2.
const prefixKey = "ctrl+g"

// keyName is the key an order has, as printed on keyboards.
func (o order) keyName() string {
	if i := slices.Index(functionKeys, o); i >= 0 {
		return "F" + digits[i]
	}
	return map[order]string{paneOrder: "Tab", backPaneOrder: "Shift-Tab", redrawOrder: "Ctrl-L", mapOrder: "F12", copyOrder: "Ctrl-Y", hideOrder: "F11"}[o]
}

var digits = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}

// orderOf reads a key. prefixed says that the prefix key came just before. A
// digit after Esc arrives as Alt with the digit.
func orderOf(key tea.KeyPressMsg, prefixed bool) (order, bool) {
	name := panes.Keystroke(key)
	for i, o := range functionKeys {
		digit := digits[i]
		if i == 9 {
			digit = "0"
		}
		if name == "f"+digits[i] || name == "alt+"+digit || prefixed && name == digit {
			return o, true
		}
	}
	if prefixed && (name == "m" || name == "ㅡ") { // the same key on a Korean layout
		return mapOrder, true
	}
	if prefixed && (name == "h" || name == "ㅗ") {
		return hideOrder, true
	}
	switch name {
	case "f11":
		return hideOrder, true
	case "f12":
		return mapOrder, true
	case "ctrl+l":
		return redrawOrder, true
	case "ctrl+y": // as readline yanks
		return copyOrder, true
	case "tab":
		return paneOrder, true
	case "shift+tab":
		return backPaneOrder, true
	}
	return "", false
}
