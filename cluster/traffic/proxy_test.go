package traffic

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"

	"podium/i18n"
)

// until asks for Stats until they are as they should be.
func until(t *testing.T, p *Prober, good func(Stats) bool) Stats {
	t.Helper()
	var stats Stats
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, 30*time.Second, true, func(context.Context) (bool, error) {
		stats = p.Stats()
		return good(stats), nil
	})
	if err != nil {
		t.Fatalf("still %+v", stats)
	}
	return stats
}

func TestWithoutADialRequestsGoThroughTheAPIServer(t *testing.T) {
	var mu sync.Mutex
	var answer http.Handler
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.String()+" "+r.Header.Get("Authorization")]++
		answer.ServeHTTP(w, r)
	}))
	defer server.Close()
	set := func(h http.Handler) {
		mu.Lock()
		defer mu.Unlock()
		answer = h
	}
	set(podinfo("web-a", "6.7.0"))
	p, err := Start(t.Context(), Target{
		Namespace: "lab", Service: "web", Port: 8080, Path: "/api/info?a=b", Rate: 100,
		Config: &rest.Config{Host: server.URL + "/prefix", BearerToken: "token"},
	})
	if err != nil {
		t.Fatal(err)
	}
	stats := until(t, p, func(s Stats) bool { return s.ByPod["web-a"] > 3 })
	if via := i18n.English.Say(stats.Via); via != "API server proxy" || stats.Failed != 0 {
		t.Errorf("via %q, %d failed", via, stats.Failed)
	}

	set(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refusal := apierrors.NewServiceUnavailable(`no endpoints available for service "web"`).ErrStatus
		refusal.Kind = "Status"
		w.WriteHeader(int(refusal.Code))
		if err := json.NewEncoder(w).Encode(refusal); err != nil {
			t.Error(err)
		}
	}))
	stats = until(t, p, func(s Stats) bool { return s.Failed > 0 })
	if diff := cmp.Diff([]string{"the Service has no endpoints: none of its pods is ready"}, say(stats.Failures)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	set(http.RedirectHandler("http://192.0.2.1/elsewhere", http.StatusFound))
	before := stats.Answered()
	until(t, p, func(s Stats) bool { return s.Answered() > before })
	p.Stop()
	server.Close()
	if want := "/prefix/api/v1/namespaces/lab/services/web:8080/proxy/api/info?a=b Bearer token"; len(asked) != 1 || asked[want] == 0 {
		t.Errorf("asked %v, want only %s", asked, want)
	}
}
