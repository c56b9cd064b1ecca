package watch

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"podium/cluster"
)

// An apiServer speaks list and watch over HTTP as the real one does, streamed
// first lists, bookmarks and expired versions included. Pods have content,
// every other kind is empty.
type apiServer struct {
	t         *testing.T
	forbidden []string // paths that answer 403

	mu      sync.Mutex
	version int
	oldest  int // watches from before this version get 410 Gone
	pods    map[string]*corev1.Pod
	events  []event
	changed chan struct{} // closed at each change

	http    *http.Server
	address string
	serving sync.WaitGroup
}

type event struct {
	Type    string `json:"type"`
	Object  any    `json:"object"`
	version int
}

func newAPIServer(t *testing.T) *apiServer {
	s := &apiServer{t: t, version: 100, pods: map[string]*corev1.Pod{}, changed: make(chan struct{})}
	s.listen("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *apiServer) listen(address string) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	s.http = &http.Server{Handler: s}
	s.serving.Go(func() { _ = s.http.Serve(listener) }) // always http.ErrServerClosed
}

func (s *apiServer) cluster() *cluster.Cluster {
	return &cluster.Cluster{Name: "test", Namespace: "lab", Config: &rest.Config{Host: "http://" + s.address}}
}

// stop ends the server as a crash would: connections are cut.
func (s *apiServer) stop() {
	if err := s.http.Close(); err != nil {
		s.t.Error(err)
	}
	s.serving.Wait()
}

// set makes or replaces a pod; a new uid makes another pod of the same name.
func (s *apiServer) set(name, uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	p := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}}
	p.Namespace, p.Name, p.UID, p.ResourceVersion = "lab", name, "1", strconv.Itoa(s.version)
	if uid != "" {
		p.UID = "2"
	}
	verb := "ADDED"
	if s.pods[name] != nil {
		verb = "MODIFIED"
	}
	s.pods[name] = p
	s.tell(event{verb, p, s.version})
}

func (s *apiServer) remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	p := s.pods[name].DeepCopy()
	p.ResourceVersion = strconv.Itoa(s.version)
	delete(s.pods, name)
	s.tell(event{"DELETED", p, s.version})
}

// forget drops the history, as a compacted etcd does.
func (s *apiServer) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events, s.oldest = nil, s.version
}

func (s *apiServer) tell(e event) {
	s.events = append(s.events, e)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	query := r.URL.Query()
	switch {
	case slices.Contains(s.forbidden, r.URL.Path):
		s.status(w, apierrors.NewForbidden(schema.GroupResource{Resource: r.URL.Path}, "", nil))
	case query.Get("watch") == "true":
		from, _ := strconv.Atoi(query.Get("resourceVersion"))
		s.watch(w, r, from, query.Get("sendInitialEvents") == "true")
	default:
		s.list(w, r)
	}
}

func (s *apiServer) status(w http.ResponseWriter, err *apierrors.StatusError) {
	w.WriteHeader(int(err.ErrStatus.Code))
	s.write(w, err.ErrStatus)
}

func (s *apiServer) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: strconv.Itoa(s.version)}}
	if strings.HasSuffix(r.URL.Path, "/pods") {
		for _, p := range s.pods {
			list.Items = append(list.Items, *p)
		}
	}
	s.write(w, list)
}

func (s *apiServer) watch(w http.ResponseWriter, r *http.Request, from int, initial bool) {
	ours := strings.HasSuffix(r.URL.Path, "/pods")
	s.mu.Lock()
	if !initial && from < s.oldest {
		s.mu.Unlock()
		s.status(w, apierrors.NewResourceExpired("too old resource version"))
		return
	}
	if initial {
		from = s.version
		if ours {
			for _, p := range s.pods {
				s.write(w, event{Type: "ADDED", Object: p})
			}
		}
		s.write(w, event{Type: "BOOKMARK", Object: s.bookmark(r.URL.Path)})
	}
	for {
		for _, e := range s.events {
			if ours && e.version > from {
				s.write(w, e)
				from = e.version
			}
		}
		changed := s.changed
		s.mu.Unlock()
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
		s.mu.Lock()
	}
}

// bookmark ends a streamed first list; it is of the kind that was asked for.
func (s *apiServer) bookmark(path string) any {
	all := cluster.Kinds()
	i := slices.IndexFunc(all, func(k cluster.Kind) bool { return strings.HasSuffix(path, "/"+k.Resource) })
	mark := metav1.PartialObjectMetadata{}
	mark.SetGroupVersionKind(all[i].GroupVersionKind)
	mark.ResourceVersion = strconv.Itoa(s.version)
	mark.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
	return mark
}

func (s *apiServer) write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.t.Logf("the client went away: %v", err)
	}
}
