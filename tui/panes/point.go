package panes

import (
	"charm.land/bubbles/v2/key"
	"k8s.io/apimachinery/pkg/types"

	"podium/i18n"
)

// A Pointer is a pane in which an object can be chosen: Enter opens its details
// and the Why pane explains it.
type Pointer interface {
	// Points returns what is chosen now; the zero Selection is nothing.
	Points(Scene) Selection
}

// open asks for the details of what a pane points at.
func open(p Pointer, s Scene) Action {
	if at := p.Points(s); at.UID != "" {
		return Inspect{Selection: at}
	}
	return nil
}

// openKey is the binding of a pane that points at something; there is none while
// it points at nothing.
func openKey(p Pointer, s Scene) []key.Binding {
	if p.Points(s).UID == "" {
		return nil
	}
	return []key.Binding{key.NewBinding(key.WithKeys("enter"), key.WithHelp("Enter", s.Lang.Say(i18n.M("details.key.open"))))}
}

// chooseKey is the binding of a pane whose rows are walked through.
func chooseKey(s Scene, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(s.Lang.Say(i18n.M("panes.key.arrows")), s.Lang.Say(i18n.M("board.key.choose"))))
}

// Points implements [Pointer].
func (*Board) Points(s Scene) Selection { return s.Selected }

// Points implements [Pointer].
func (*Tree) Points(s Scene) Selection { return s.Selected }

// Points implements [Pointer]: an event leads to what it is about.
func (*Events) Points(s Scene) Selection { return s.Selected }

// Points implements [Pointer].
func (*Why) Points(s Scene) Selection { return s.Selected }

// Points implements [Pointer]: the revision that keys act on, or the workload.
func (*Lanes) Points(s Scene) Selection {
	w, ok := chosen(s)
	if !ok {
		return Selection{}
	}
	if revisions := revisionsOf(s, w); len(revisions) > 0 {
		return Selection{Kind: "ReplicaSet", UID: revisions[chosenRevision(s, revisions)].ReplicaSet.UID}
	}
	return w.selection()
}

// Points implements [Pointer]: the pod that is chosen, or the Service.
func (t *Traffic) Points(s Scene) Selection {
	if memberAt(s.Selected.UID, t.bands) >= 0 {
		return s.Selected
	}
	if svc := serviceOf(s); svc != nil {
		return Selection{Kind: "Service", UID: svc.UID}
	}
	return Selection{}
}

// memberAt finds the band an object is in, or -1.
func memberAt(uid types.UID, bands []memberBand) int {
	for i, b := range bands {
		for _, m := range b.members {
			if m.Pod.UID == uid {
				return i
			}
		}
	}
	return -1
}

// Points implements [Pointer].
func (d *Details) Points(Scene) Selection { return d.subject }
