package record

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"podium/cluster"
	"podium/i18n"
)

// contents are the bytes of a small recording.
func contents(t testing.TB) []byte {
	t.Helper()
	r := start(t)
	r.Begin(cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready)))
	if _, err := r.Recording(t.Context()); err != nil { // the rest comes in a chunk of its own
		t.Fatal(err)
	}
	s := cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready)).Apply(change(1, cluster.Added, pod("b", "web", cluster.Ready)))
	r.Observe(s)
	r.Command(Command{Line: "kubectl get pods", Started: at(1), Ended: at(1)})
	data, err := os.ReadFile(reopened(t, r).path(t))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A kill may cut the file anywhere. What is whole before that can be seen.
func TestATornTailCostsOnlyItself(t *testing.T) {
	whole := contents(t)
	seen := map[int]bool{}
	for n := range len(whole) {
		r, err := read(bytes.NewReader(whole[:n]), "torn.podium")
		var known *i18n.Error
		if err != nil {
			if !errors.As(err, &known) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		m, err := r.Seek(at(99))
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		seen[len(m.Snapshot.Pods)] = true
		if len(m.Snapshot.Pods) < 1 {
			t.Errorf("%d bytes: the first moment is lost", n)
		}
	}
	if !seen[1] || !seen[2] {
		t.Errorf("numbers of pods seen: %v", seen)
	}
}

// One changed byte is noticed, and everything before it is still there.
func TestDamageIsNoticed(t *testing.T) {
	whole := contents(t)
	for i := range whole {
		broken := bytes.Clone(whole)
		broken[i] ^= 0x20
		r, err := read(bytes.NewReader(broken), "broken.podium")
		if err == nil && !r.Torn() {
			t.Errorf("byte %d of %d was changed and nobody noticed", i, len(whole))
		}
	}
}

func TestWhatIsNoRecordingIsSaidInASentence(t *testing.T) {
	for content, want := range map[string]string{
		"":                              "is not a recording",
		"apiVersion: v1\nkind: Pod\n":   "is not a recording",
		magicWord + "2\nand more":       "newer podium",
		magic:                           "cut off before its first",
		magic + "H\x00\x00\x00\x00rest": "cut off before its first",
	} {
		path := filepath.Join(t.TempDir(), "file.podium")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if said := i18n.English.Say(i18n.Explain(err)); !bytes.Contains([]byte(said), []byte(want)) || !bytes.Contains([]byte(said), []byte("file.podium")) {
			t.Errorf("%q: %s", content, said)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that isn't there was opened")
	}
}

// Whatever a file holds, reading it ends in a sentence or in a recording of
// which every moment can be asked for.
func FuzzRead(f *testing.F) {
	whole := contents(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(magic))
	f.Add(append([]byte(magic), frame(segmentChunk, micros(noon))...))
	bomb := append([]byte(magic), frame(segmentChunk, micros(noon))...)
	f.Add(append(bomb, frame(dataChunk, data(1<<30, noon, nil))...))
	f.Add(append([]byte(magic), frame(noteChunk, []byte("notes"))...))
	f.Fuzz(func(t *testing.T, content []byte) {
		var known *i18n.Error
		r, err := read(bytes.NewReader(content), "fuzzed")
		if err != nil {
			if !errors.As(err, &known) {
				t.Fatalf("%v is no sentence", err)
			}
			return
		}
		m, err := r.Seek(r.To())
		if err == nil {
			_, _, err = r.Before(m, nil)
		}
		if err == nil {
			_, err = r.Between(r.From(), r.To()).Pods(nil)
		}
		if err != nil && !errors.As(err, &known) {
			t.Fatalf("%v is no sentence", err)
		}
	})
}

// The stream inside a segment is not covered by a checksum of its own once it is
// unpacked: a file made to harm has good ones.
func FuzzSegment(f *testing.F) {
	zip, err := newZip()
	if err != nil {
		f.Fatal(err)
	}
	w, err := beginSegment(zip, cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready)))
	if err == nil {
		err = w.change(change(1, cluster.Deleted, pod("a", "web", cluster.Ready)))
	}
	if err == nil {
		err = zip.Close()
	}
	if err != nil {
		f.Fatal(err)
	}
	stream := w.take()[dataHead:]
	p, err := play(segment{file: bytes.NewReader(stream), changes: 1, from: noon, parts: []part{{0, len(stream)}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.raw)
	f.Add(p.raw[:len(p.raw)/2])
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := &played{raw: raw}
		if p.index(segment{from: noon, changes: 0}) != nil {
			return
		}
		q := &played{raw: raw}
		_ = q.index(segment{from: noon, changes: 1 << 20})
		p.objects = make([]cluster.Object, len(p.entries))
		_, _ = p.state(p.changes())
	})
}
