package why

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"podium/cluster"
	"podium/i18n"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// A tale is a fixture: what was there, what happened after so many seconds, and
// what is to be explained at the end.
type tale struct {
	Start []json.RawMessage
	Then  []struct {
		After int
		Set   []json.RawMessage
		Ran   *struct {
			Line        string
			Calls       [][]string
			After, Took int
		}
	}
	Explain []types.UID
}

func object(t *testing.T, manifest json.RawMessage) cluster.Object {
	t.Helper()
	decoded, kind, err := scheme.Codecs.UniversalDeserializer().Decode(manifest, nil, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, manifest)
	}
	decoded.GetObjectKind().SetGroupVersionKind(*kind)
	return decoded.(cluster.Object)
}

// read plays a tale.
func read(t *testing.T, file string) (cluster.Snapshot, Past, []types.UID) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var told tale
	if err := yaml.Unmarshal(data, &told); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	known := map[types.UID]cluster.Object{}
	var start []cluster.Object
	for _, manifest := range told.Start {
		o := object(t, manifest)
		known[o.GetUID()], start = o, append(start, o)
	}
	s := cluster.NewSnapshot(noon, start...)
	p := Past{}.Append(s)
	for _, then := range told.Then {
		if r := then.Ran; r != nil {
			p = p.Ran(Command{Line: r.Line, Calls: r.Calls, Started: at(r.After), Ended: at(r.After + r.Took)})
			continue
		}
		var changes []cluster.Change
		for _, manifest := range then.Set {
			o := object(t, manifest)
			c := cluster.Change{Time: at(then.After), Verb: cluster.Added, Kind: cluster.KindOf(o), Object: o}
			if before := known[o.GetUID()]; before != nil {
				c.Verb, c.Before = cluster.Modified, before
			}
			known[o.GetUID()], changes = o, append(changes, c)
		}
		s = s.Apply(changes...)
		p = p.Append(s)
	}
	return s, p, told.Explain
}

func TestTalesAreToldAndExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no tales", err)
	}
	for _, file := range files {
		for _, lang := range i18n.Languages {
			s, p, explain := read(t, file)
			var b strings.Builder
			for _, d := range p.Story("lab", 100) {
				fmt.Fprintf(&b, "%s  %s  %s\n", d.Time.Format(time.TimeOnly), lang.Say(d.Who), lang.Say(d.Say))
			}
			for _, uid := range explain {
				fmt.Fprintf(&b, "\n%s:\n", uid)
				for _, r := range Explain(s, p, uid, noon.Add(14*time.Second)) {
					fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", r.Depth), lang.Say(r.Say))
				}
			}
			keeps(t, strings.TrimSuffix(file, ".yaml")+"."+string(lang)+".golden", b.String())
		}
	}
}

// keeps compares a text with the one kept; with UPDATE=1 it is kept anew.
func keeps(t *testing.T, file, text string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: keep it with UPDATE=1", err)
	}
	if string(kept) != text {
		t.Errorf("%s differs:\n%s\nwant\n%s", file, text, kept)
	}
}

func TestUntilKnowsNothingOfWhatComesLater(t *testing.T) {
	_, p, _ := read(t, "testdata/rollout.yaml")
	if n := len(p.Until(noon).Story("lab", 100)); n != 0 {
		t.Errorf("%d deeds are known before anything happened", n)
	}
	all, some := p.Story("lab", 100), p.Until(noon.Add(3*time.Second)).Story("lab", 100)
	if len(some) == 0 || len(some) >= len(all) {
		t.Errorf("%d of %d deeds are known in the middle", len(some), len(all))
	}
	if least, most, ok := p.Extremes(noon, "rs1", "rs2"); !ok || least != 1 || most != 2 {
		t.Errorf("least %d, most %d, %v", least, most, ok)
	}
}

func TestAPastIsAValue(t *testing.T) {
	p := Past{}
	for i := range 3 * chunk {
		p = p.Ran(Command{Line: fmt.Sprint(i), Started: noon.Add(time.Duration(i))})
	}
	a, b := p.Ran(Command{Line: "a", Started: noon.Add(time.Hour)}), p.Ran(Command{Line: "b", Started: noon.Add(time.Hour)})
	for line, past := range map[string]Past{"a": a, "b": b} {
		for c := range past.commands.back() {
			if c.Line != line {
				t.Errorf("the newest is %s, want %s", c.Line, line)
			}
			break
		}
	}
}
