package panes

import (
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/types"
)

// Update implements [Pane]. Arrow keys and clicks choose a pod, a workload or a
// node; positions of the mouse count from the pane's own corner.
func (b *Board) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if b.filter.typing {
			b.typeFilter(msg)
			return nil, nil
		}
		return b.press(s, msg.String()), nil
	case tea.MouseClickMsg:
		return b.click(msg.X, msg.Y-b.top), nil
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			b.turn(-3)
		case tea.MouseWheelDown:
			b.turn(3)
		}
	}
	return nil, nil
}

func (b *Board) press(s Scene, key string) Action {
	switch key {
	case "up":
		return b.move(s, 0, -1)
	case "down":
		return b.move(s, 0, 1)
	case "left":
		return b.move(s, -1, 0)
	case "right":
		return b.move(s, 1, 0)
	case "pgup":
		b.turn(-max(1, b.grid.height-1))
	case "pgdown":
		b.turn(max(1, b.grid.height-1))
	case "home":
		b.turn(-b.scroll)
	case "enter":
		return open(b, s)
	case "/":
		b.filter.typing = true
	case "space":
		b.system = !b.system
	case "+", "=":
		b.nearer = min(b.nearer+1, int(heat))
	case "-":
		b.nearer = max(b.nearer-1, -int(heat))
	}
	return nil
}

// turn scrolls by rows.
func (b *Board) turn(rows int) {
	b.scroll = max(0, min(b.scroll+rows, b.grid.rows-b.grid.height))
}

// click chooses what is drawn at a place of the pane.
func (b *Board) click(x, y int) Action {
	for _, sp := range b.spots() {
		if sp.y == y+b.scroll && x >= sp.x && x < sp.x+sp.width {
			b.at = sp
			return Select{Selection: sp.selection}
		}
	}
	return nil
}

// move chooses the nearest thing in a direction from what is selected now.
func (b *Board) move(s Scene, dx, dy int) Action {
	from, ok := b.current(s.Selected.UID)
	if !ok {
		if all := b.spots(); len(all) > 0 {
			return b.choose(all[0])
		}
		return nil
	}
	var best spot
	near := -1
	for _, sp := range b.spots() {
		x, y := sp.x-from.x, sp.y-from.y
		var far int
		switch {
		case dy != 0 && y*dy > 0:
			far = y*dy*4 + abs(x) // four cells aside are as far as a row
		case dx != 0 && x*dx > 0:
			far = x*dx + abs(y)*16
		default:
			continue
		}
		if near < 0 || far < near {
			best, near = sp, far
		}
	}
	if near < 0 {
		return nil
	}
	return b.choose(best)
}

func (b *Board) choose(sp spot) Action {
	b.at, b.follows = sp, true
	return Select{Selection: sp.selection}
}

// current is where the selection is drawn: the place nearest to where it was
// last, for a workload's name stands on several nodes.
func (b *Board) current(selected types.UID) (spot, bool) {
	var best spot
	near := -1
	for _, sp := range b.spots() {
		if selected == "" || sp.selection.UID != selected {
			continue
		}
		if far := abs(sp.x-b.at.x) + abs(sp.y-b.at.y); near < 0 || far < near {
			best, near = sp, far
		}
	}
	return best, near >= 0
}

// follow scrolls to the selection after it was moved by keys.
func (b *Board) follow(selected types.UID) {
	if !b.follows {
		return
	}
	b.follows = false
	sp, ok := b.current(selected)
	if !ok {
		return
	}
	b.at = sp
	if sp.y < b.scroll {
		b.scroll = sp.y
	}
	if last := b.scroll + b.grid.height - 1; sp.y >= last {
		b.scroll += sp.y - last + 1
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
