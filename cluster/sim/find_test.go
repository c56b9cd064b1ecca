package sim

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"podium/cluster"
	"podium/i18n"
)

func executable(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func compress(t *testing.T, data []byte) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return encoder.EncodeAll(data, nil)
}

func TestThePlaneIsFoundWhereItIsLookedForFirst(t *testing.T) {
	dir := t.TempDir()
	explicit := executable(t, filepath.Join(dir, "explicit", "any"))
	variable := executable(t, filepath.Join(dir, "variable", "any"))
	beside := executable(t, filepath.Join(dir, "beside", planeName()))
	onPath := executable(t, filepath.Join(dir, "path", planeName()))
	unpacked := func(f finder) string {
		path, err := f.unpacked()
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	archive := compress(t, []byte("contents"))
	none := filepath.Join(dir, "none")
	for _, test := range []struct {
		name               string
		explicit, variable string
		embedded           []byte
		self, path         string
		want, sentence     string
	}{
		{"the one named on the command line", explicit, variable, archive, beside, onPath, explicit, ""},
		{"else the one named in the environment", "", variable, archive, beside, onPath, variable, ""},
		{"else the embedded one", "", "", archive, beside, onPath, "unpacked", ""},
		{"else the one beside podium", "", "", nil, beside, onPath, beside, ""},
		{"else the one on PATH", "", "", nil, none, onPath, onPath, ""},
		{"else it says what to do", "", "", nil, none, none, "", "sim.plane.missing"},
		{"a wrong name is not passed over", none, "", archive, beside, onPath, "", "sim.plane.named"},
		{"nor a wrong variable", "", none, archive, beside, onPath, "", "sim.plane.named"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PATH", filepath.Dir(test.path))
			f := finder{
				explicit: test.explicit, variable: test.variable, embedded: test.embedded,
				cache: func() (string, error) { return filepath.Join(dir, "cache"), nil },
				self:  func() (string, error) { return filepath.Join(filepath.Dir(test.self), "podium"), nil },
				look:  exec.LookPath,
			}
			want := test.want
			if want == "unpacked" {
				want = unpacked(f)
			}
			got, err := f.executable(newProgress(nil, New(Options{}).now))
			if got != want || i18n.Explain(err).ID != test.sentence {
				t.Errorf("found %q, %v", got, err)
			}
			if (f.check() == nil) != (test.sentence == "") {
				t.Errorf("check says %v", f.check())
			}
		})
	}
}

func TestTheEmbeddedPlaneIsUnpackedOnceAndAgainWhenSpoilt(t *testing.T) {
	cache := t.TempDir()
	contents := bytes.Repeat([]byte("podium-plane "), 10000)
	f := finder{embedded: compress(t, contents), cache: func() (string, error) { return cache, nil }}
	older := executable(t, filepath.Join(cache, "podium", "plane-0000", planeName()))
	unpacked := 0
	find := func() string {
		t.Helper()
		path, err := f.executable(newProgress(func(s cluster.Stage) {
			if s.Message.ID == "sim.stage.unpack" {
				unpacked++
			}
		}, New(Options{}).now))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := find()
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, contents) {
		t.Errorf("unpacked are %d bytes, %v", len(data), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(older); !os.IsNotExist(err) {
		t.Errorf("another version's stays: %v", err)
	}
	find()
	if unpacked != 1 {
		t.Errorf("unpacked %d times", unpacked)
	}
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	find()
	if data, _ := os.ReadFile(path); unpacked != 2 || !bytes.Equal(data, contents) {
		t.Errorf("a spoilt one is left: %d bytes", len(data))
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".unpacking-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestASpoiltArchiveIsRefused(t *testing.T) {
	archive := compress(t, bytes.Repeat([]byte("podium-plane "), 10000))
	archive[len(archive)-1] ^= 0xff // within zstd's checksum of the contents
	cache := t.TempDir()
	f := finder{embedded: archive, cache: func() (string, error) { return cache, nil }}
	path, err := f.executable(newProgress(nil, New(Options{}).now))
	if path != "" || i18n.Explain(err).ID != "sim.unpack" {
		t.Errorf("found %q, %v", path, err)
	}
}
