package linemode

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/prompt"
)

const miniLogic = `
files: [web.yaml]
steps:
- id: why
  kind: read
- id: guess
  kind: predict
  ask: {form: number, reveal: make, answer: size(pods)}
- id: make
  kind: do
  goals:
  - id: two
    want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}}
    count: 2
  - id: looked
    cel: commands.exists(c, c.line.startsWith('cat'))
  solution: [kubectl apply -f web.yaml, cat web.yaml]
  wrong:
  - [kubectl get pods]
- id: recall
  kind: quiz
  ask: {form: choice, choices: [node, pod], answer: "'pod'"}
`

const miniWords = `---
title: Mini
summary: A lesson for tests
---

## why: First read
A **pod** runs containers.

## guess: Guess
~~~ask
How many pods will there be?
~~~

## make: Make two
Do this.

~~~goals
two: Two pods carry app=web
looked: You looked
~~~
~~~hint
There are {{size(pods)}}.
~~~
~~~hint
Apply web.yaml.
~~~
~~~debrief
Two are better than one.
~~~

## recall: Recall
~~~ask
What is scheduled?
~~~
~~~choices
node: A node
pod: A pod
~~~
`

const goneLogic = `
vary: {app: [web]}
setup: [kubectl create deployment $(app) --image=nginx]
fault: [kubectl delete deployment $(app)]
symptom:
- id: gone
  cel: size(pods) == 0
clue: {line: kubectl get deployments, shows: No resources}
goals:
- id: two
  want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: $(app)}}}
solutions:
- [kubectl create deployment $(app) --image=nginx]
- [kubectl run $(app) --image=nginx]
wrong:
- [kubectl get pods]
`

const goneWords = `---
title: Gone
summary: A pod is gone
---

## symptom: What shows
~~~goals
gone: Nobody serves
~~~

## mend: The shop is closed
Bring $(app) back.

~~~goals
two: A pod serves
~~~
~~~hint
Look.
~~~
~~~hint
Make it.
~~~
`

func read(t *testing.T, folder, logic, text, words string) []lessons.Lesson {
	t.Helper()
	file := &fstest.MapFile{Data: []byte(words)}
	all, err := lessons.Load(fstest.MapFS{
		folder + "/" + logic: {Data: []byte(text)}, folder + "/en.md": file, folder + "/ko.md": file, folder + "/web.yaml": {Data: []byte("# two pods\n")},
	}, lessons.Options{Proven: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mini(t *testing.T) []lessons.Lesson {
	return read(t, "010-mini", "lesson.yaml", miniLogic, strings.ReplaceAll(miniWords, "~~~", "```"))
}

func gone(t *testing.T) []lessons.Lesson {
	return read(t, "010-gone", "fault.yaml", goneLogic, strings.ReplaceAll(goneWords, "~~~", "```"))
}

// A talk is line mode with somebody who types when they have heard something.
type talk struct {
	t       *testing.T
	options Options
	keys    io.WriteCloser
	cluster *cluster.Cluster
	changes chan cluster.Snapshot
	ended   chan error

	mu    sync.Mutex
	said  bytes.Buffer
	heard int           // up to where
	news  chan struct{} // closed and made anew with every word
}

// Write implements io.Writer: podium speaks.
func (s *talk) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.news)
	s.news = make(chan struct{})
	return s.said.Write(p)
}

// newTalk is a talk on a cluster without pods, on which the lesson mini was the
// last one.
func newTalk(t *testing.T) *talk {
	home := t.TempDir()
	s := &talk{t: t, changes: make(chan cluster.Snapshot, 8), ended: make(chan error, 1), news: make(chan struct{})}
	s.cluster = &cluster.Cluster{Name: "podium", Provider: "sim", Namespace: "lab", Close: func(context.Context) error { return nil }}
	read, keys := io.Pipe()
	s.keys = keys
	s.options = Options{
		Open: func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) { return s.cluster, nil },
		Watch: func(context.Context, *cluster.Cluster) (<-chan cluster.Snapshot, error) {
			return s.changes, nil
		},
		Lessons: mini(t), ProgressPath: filepath.Join(home, "progress.json"), CardsPath: filepath.Join(home, "cards.json"),
		Note: filepath.Join(home, "note"), Lang: i18n.English, Prompt: prompt.Options{Folder: filepath.Join(home, "files")},
		In: read, Out: s,
	}
	s.last("mini")
	s.changes <- shows(1)
	return s
}

// last notes which folder the cluster was used with.
func (s *talk) last(folder string) {
	s.t.Helper()
	if err := lab.NoteLesson(s.options.Note, filepath.Join(s.options.Prompt.Folder, folder)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *talk) begin() *talk {
	go func() { s.ended <- Run(s.t.Context(), s.options) }()
	s.t.Cleanup(func() { s.keys.Close() })
	return s
}

// patience is how long a test waits for a sentence: longer than any machine takes.
const patience = 2 * time.Minute

// hear waits for sentences, one after the other.
func (s *talk) hear(want ...string) *talk {
	s.t.Helper()
	limit := time.After(patience)
	for _, w := range want {
		for {
			s.mu.Lock()
			rest, news := s.said.String()[s.heard:], s.news
			at := strings.Index(rest, w)
			if at >= 0 {
				s.heard += at + len(w)
			}
			s.mu.Unlock()
			if at >= 0 {
				break
			}
			select {
			case <-news:
			case <-limit:
				s.t.Fatalf("podium never says %q after this:\n%s", w, rest)
			}
		}
	}
	return s
}

// say types lines.
func (s *talk) say(lines ...string) *talk {
	s.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(s.keys, line+"\n"); err != nil {
			s.t.Fatal(err)
		}
	}
	return s
}

// end waits for podium to end.
func (s *talk) end() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.t.Fatal("podium doesn't end")
		return nil
	}
}

// shows is a cluster with one node and these pods on it.
func shows(seq uint64, names ...string) cluster.Snapshot {
	kind := schema.GroupKind{Kind: "Pod"}
	s := cluster.Snapshot{Seq: seq, Time: time.Date(2026, 3, 1, 12, 0, int(seq), 0, time.UTC), Objects: map[schema.GroupKind][]cluster.Object{}}
	s.Nodes = append(s.Nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "worker-1"}})
	for _, name := range names {
		p := &corev1.Pod{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: name, UID: types.UID(name), Labels: map[string]string{"app": "web"}},
			Spec:       corev1.PodSpec{NodeName: "worker-1", Containers: []corev1.Container{{Name: "web"}}},
			Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{
				{Name: "web", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
			}},
		}
		s.Pods = append(s.Pods, p)
		s.Objects[kind] = append(s.Objects[kind], p)
		s.Changes = append(s.Changes, cluster.Change{Time: s.Time, Verb: cluster.Added, Kind: kind, Object: p})
	}
	return s
}
