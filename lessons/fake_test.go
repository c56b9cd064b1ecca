package lessons

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// A fake is a cluster in memory that knows a few commands:
//
//	make KIND NAME [LABEL]   an object; a pod is ready a while later
//	drop KIND NAME           it goes
//	fail                     exits with 1
//
// Anything else prints what there is.
type fake struct {
	t        *testing.T
	mu       sync.Mutex
	now      cluster.Snapshot
	readers  []chan cluster.Snapshot
	made     int
	late     []*time.Timer
	survives string            // name of what emptying forgets
	files    map[string]string // in the learner's folder
	sent     int
	behind   time.Duration // how long readers wait for a snapshot
	untold   []cluster.Snapshot
	broken   error // what Run returns
}

const untilReady = 1500 * time.Millisecond

func newFake(t *testing.T) *fake {
	return &fake{t: t, now: cluster.NewSnapshot(time.Now(), read(t, `{apiVersion: v1, kind: Node, metadata: {name: n1}}`))}
}

func (f *fake) Namespace() string { return "lab" }

func (f *fake) Lag() time.Duration { return 0 }

func (f *fake) Files(_ context.Context, files map[string]string) error {
	f.files = files
	return nil
}

func (f *fake) Run(_ context.Context, line string) (Command, error) {
	if f.broken != nil {
		return Command{}, f.broken
	}
	c := Command{Line: line, Verb: strings.Fields(line)[0], Output: "what there is", Started: time.Now(), Ended: time.Now()}
	words := append(strings.Fields(line), "", "", "")
	switch words[0] {
	case "make":
		f.make(words[1], words[2], words[3])
	case "drop":
		f.drop(func(o cluster.Object) bool {
			return strings.EqualFold(cluster.KindOf(o).Kind, words[1]) && o.GetName() == words[2]
		})
	case "fail":
		c.Exit = 1
	}
	return c, nil
}

func (f *fake) make(kind, name, label string) {
	f.made++
	uid := types.UID(fmt.Sprint("uid-", f.made))
	var o cluster.Object
	if kind == "pod" {
		o = pod(f.t, name, "starting")
	} else {
		o = read(f.t, fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}`, name))
	}
	o.SetUID(uid)
	if label != "" {
		o.SetLabels(map[string]string{"app": label})
	}
	f.change(added(o))
	if kind != "pod" {
		return
	}
	ready := pod(f.t, name, "ready")
	ready.SetUID(uid)
	ready.SetLabels(o.GetLabels())
	f.late = append(f.late, time.AfterFunc(untilReady, func() {
		for _, there := range f.snapshot().In(podKind, "lab") {
			if there.GetUID() == uid {
				f.change(changed(o, ready))
			}
		}
	}))
}

func (f *fake) drop(which func(cluster.Object) bool) {
	for _, objects := range f.snapshot().Objects {
		for _, o := range objects {
			if which(o) {
				f.change(deleted(o))
			}
		}
	}
}

func (f *fake) Empty(context.Context, []string) error {
	f.drop(func(o cluster.Object) bool { return o.GetNamespace() == "lab" && o.GetName() != f.survives })
	return nil
}

func (f *fake) Hurry(context.Context) error {
	f.drop(func(o cluster.Object) bool { return o.GetNamespace() == "lab" && o.GetDeletionTimestamp() != nil })
	return nil
}

func (f *fake) Current(_ context.Context, s cluster.Snapshot) (bool, error) {
	return s.Seq >= f.snapshot().Seq, nil
}

func (f *fake) Traffic(_ context.Context, _ Traffic) (func() LoadStats, error) {
	return func() LoadStats { f.sent++; return LoadStats{Total: f.sent} }, nil
}

func (f *fake) Snapshots(ctx context.Context) (<-chan cluster.Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reader := make(chan cluster.Snapshot, 1)
	reader <- f.now
	f.readers = append(f.readers, reader)
	return reader, nil
}

func (f *fake) snapshot() cluster.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// change makes one change and tells every reader, merged with what it has not
// taken yet.
func (f *fake) change(c cluster.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.Time = time.Now()
	next := f.now.Apply(c)
	next.Seq = f.now.Seq + 1
	f.now = next
	f.now.Changes = nil
	if f.behind == 0 {
		f.tell(next)
		return
	}
	f.untold = append(f.untold, next)
	time.AfterFunc(f.behind, func() { // those of one moment come in any order
		f.mu.Lock()
		defer f.mu.Unlock()
		f.tell(f.untold[0])
		f.untold = f.untold[1:]
	})
}

func (f *fake) tell(next cluster.Snapshot) {
	for _, reader := range f.readers {
		unread := next
		select {
		case before := <-reader:
			unread = cluster.Merge(before, next)
		default:
		}
		reader <- unread
	}
}

var errCut = errors.New("connection cut")
