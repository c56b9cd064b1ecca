package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"podium/classroom"
	"podium/cluster/kubeconfig"
	"podium/cluster/record"
	"podium/confine"
	"podium/i18n"
	"podium/lessons"
	"podium/serve"
)

// labs is how learners get labs, or nil where they get none.
func (h *hall) labs() func(context.Context, serve.Guest) (*exec.Cmd, error) {
	if h.serving.labs == 0 {
		return nil
	}
	return h.startLab
}

// What a learner's folder may hold. Recordings make room for themselves at half
// of it, and all lessons have a hundred files.
const (
	largestFile   = 256 << 20
	largestFolder = 2 * record.Most
	mostFiles     = 10_000
	measureEvery  = 5 * time.Second
)

// roomLeft returns an error with a sentence when a folder holds more than a
// learner's may. It stops counting there.
func roomLeft(dir string) error {
	files, size := 0, int64(0)
	full := errors.New("full")
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // removed meanwhile, or not there yet
		}
		if info, err := d.Info(); err == nil {
			size += info.Size()
		}
		if files++; files > mostFiles || size > largestFolder {
			return full
		}
		return nil
	})
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.serve-folder", "Files", mostFiles, "MiB", largestFolder>>20))
	}
	return nil
}

// bound closes a learner's lab once their folder holds too much, until ctx ends.
func (h *hall) bound(ctx context.Context, learner string) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		if err := roomLeft(string(h.lab(learner))); err != nil {
			h.server.End(learner, err)
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// startLab prepares a learner's namespace and returns their podium, which will
// reach nothing but its own home and the API server.
func (h *hall) startLab(ctx context.Context, g serve.Guest) (*exec.Cmd, error) {
	seat, err := h.seats().Seat(ctx, g.Name, h.path("seats", g.Name))
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	own := string(h.lab(g.Name))
	if err := roomLeft(own); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(own, "tmp"), 0o700); err != nil {
		return nil, i18n.Errorf(err, i18n.M("cli.home", "Dir", own, "Problem", plain(err)))
	}
	port, err := portOf(h.cluster.Config.Host)
	if err != nil {
		return nil, err
	}
	memory := uint64(h.serving.memory) << 20 //nolint:gosec // checked to be positive
	bounds := confine.Bounds{
		Write: []string{own}, Read: []string{filepath.Dir(seat.Kubeconfig)}, Run: self, Terminals: true,
		Port: port, Memory: memory, FileSize: largestFile,
	}
	go h.bound(ctx, g.Name)
	args := []string{
		confinedWord, "--provider", kubeconfig.Name, "--kubeconfig", seat.Kubeconfig,
		"--context", seat.Namespace, "--confirm", seat.Namespace, "--learner", g.Name, "--lang", string(g.Lang),
	}
	cmd := exec.CommandContext(ctx, self, append(args, h.where(g.Name)...)...)
	cmd.Dir = own
	cmd.Env = append([]string{
		"HOME=" + own, "TMPDIR=" + filepath.Join(own, "tmp"), "PODIUM_HOME=" + own, "USER=" + g.Name, "PATH=",
		"PODIUM_LANG=" + string(g.Lang), "TZ=" + os.Getenv("TZ"), confine.Variable + "=" + bounds.String(),
		"GOMEMLIMIT=" + strconv.FormatUint(memory*3/4, 10),
		// Landlock's rules for TCP don't hold for multipath TCP, which Go listens with.
		"GODEBUG=multipathtcp=0",
	}, g.Env...)
	return cmd, nil
}

// where takes a learner who comes back to the lesson they were in, unless they
// had finished it.
func (h *hall) where(learner string) []string {
	standing, err := classroom.Read(h.lab(learner).standing())
	if err != nil || standing.Number > standing.Steps || !slices.ContainsFunc(h.lessons, func(l lessons.Lesson) bool { return l.ID == standing.Place.Lesson }) {
		return nil
	}
	return []string{"lesson", standing.Place.Lesson}
}

// seats prepares namespaces on the cluster, with the instructor's rights.
func (h *hall) seats() *kubeconfig.Provider {
	if h.provider == kubeconfig.Name {
		return h.shared(h.home)
	}
	return kubeconfig.New(kubeconfig.Options{
		File: filepath.Join(h.home.provider(h.provider), "kubeconfig"), Context: h.cluster.Name, Confirmed: h.cluster.Name,
	})
}

// portOf is the port of an API server's address.
func portOf(host string) (uint16, error) {
	u, err := url.Parse(host)
	if err != nil {
		return 0, err
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return uint16(n), err
}
