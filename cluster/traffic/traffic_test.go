package traffic

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"podium/i18n"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at begins a prober of 10 requests a second against a service.
func at(ctx context.Context, t *testing.T, s *service) *Prober {
	t.Helper()
	p, err := Start(ctx, Target{Namespace: "lab", Service: "web", Port: 80, Rate: 10, Dial: s.dial})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pass lets time pass until just before the next request of 10 a second. The
// clock is synctest's: it takes no real time.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func say(failures []Failure) []string {
	var all []string
	for _, f := range failures {
		all = append(all, i18n.English.Say(f.Say))
	}
	return all
}

func TestRequestsGoOutAtTheRateAndCountWhoAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{t: t, pods: []http.Handler{podinfo("web-a", "6.7.0"), podinfo("web-b", "6.7.1")}}
		p := at(t.Context(), t, s)
		pass(9950 * time.Millisecond)
		stats := p.Stats()
		if stats.Total != 100 || stats.Failed != 0 || stats.Answered() != 100 || stats.Downtime != 0 {
			t.Errorf("%d sent, %d failed, down %v; want 100, 0, 0", stats.Total, stats.Failed, stats.Downtime)
		}
		if diff := cmp.Diff(map[string]int{"web-a": 50, "web-b": 50}, stats.ByPod); diff != "" {
			t.Errorf("by pod (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int{"6.7.0": 50, "6.7.1": 50}, stats.ByVersion); diff != "" {
			t.Errorf("by version (-want +got)\n%s", diff)
		}
		if dials, asked := s.counts(); dials != 100 || asked != "web.lab.svc:80" {
			t.Errorf("%d connections to %s, want one for each request to web.lab.svc:80", dials, asked)
		}
		if via := i18n.English.Say(stats.Via); via != "service network" {
			t.Errorf("via %q", via)
		}
		if len(stats.Buckets) != 40 {
			t.Fatalf("%d buckets in 10 s, want 40", len(stats.Buckets))
		}
		for i, b := range stats.Buckets {
			if want := []int{3, 2}[i%2]; b.Answered != want || b.Failed != 0 || !b.Start.Equal(stats.Began.Add(time.Duration(i)*Width)) {
				t.Errorf("bucket %d: %+v", i, b)
			}
		}
		p.Stop()
		pass(time.Second)
		if after := p.Stats(); after.Total != 100 {
			t.Errorf("%d requests after the end", after.Total-100)
		}
	})
}

func TestAnOutageIsMeasuredFromTheFirstFailureToTheNextAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := podinfo("web-a", "1")
		s := &service{t: t, pods: []http.Handler{good}}
		p := at(t.Context(), t, s)
		defer p.Stop()
		pass(950 * time.Millisecond) // 10 good, the last at 0.9 s
		s.set(nil)
		pass(2 * time.Second) // 20 refused, the first at 1.0 s
		if stats := p.Stats(); stats.Failed != 20 || stats.Downtime != 1950*time.Millisecond {
			t.Errorf("during the outage: %d failed, down %v", stats.Failed, stats.Downtime)
		}
		s.set(nil, good) // the next good one at 3.0 s
		pass(time.Second)
		s.set(nil, hang)
		pass(500 * time.Millisecond) // 5 that hang, 4.0 s to 4.4 s
		s.set(nil, good)
		pass(5 * time.Second)
		stats := p.Stats()
		if stats.Failed != 25 || stats.Downtime != 2*time.Second {
			t.Errorf("%d failed, down %v; want 25 and 2 s", stats.Failed, stats.Downtime)
		}
		want := []string{"connection refused: nothing listens there", "no answer within a second"}
		if diff := cmp.Diff(want, say(stats.Failures)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if len(stats.Failures) == 2 && (stats.Failures[0].Count != 20 || stats.Failures[1].Count != 5) {
			t.Errorf("counted %d and %d, want 20 and 5", stats.Failures[0].Count, stats.Failures[1].Count)
		}
	})
}

func TestAHangingServiceIsAFailureAtTheSameRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{t: t, pods: []http.Handler{hang}}
		p, err := Start(t.Context(), Target{Namespace: "lab", Service: "web", Port: 80, Rate: 100, Dial: s.dial})
		if err != nil {
			t.Fatal(err)
		}
		pass(1995 * time.Millisecond) // 200 due: 64 in flight in each of the two seconds, the rest late
		stats := p.Stats()
		if dials, _ := s.counts(); dials != 2*MaxInFlight {
			t.Errorf("%d connections, want %d", dials, 2*MaxInFlight)
		}
		if want := 200 - MaxInFlight; stats.Total != want || stats.Failed != want {
			t.Errorf("%d of %d failed, want %d of %d", stats.Failed, stats.Total, want, want)
		}
		if last := say(stats.Failures); last[len(last)-1] != "not sent: too many requests are still waiting" {
			t.Errorf("said %q", last)
		}
		p.Stop() // those under way count for nothing
		if after := p.Stats(); after.Total != stats.Total {
			t.Errorf("stopping added %d outcomes", after.Total-stats.Total)
		}
	})
}

func TestEachFailureIsOneShortSentence(t *testing.T) {
	for _, test := range []struct {
		want string
		err  error
		pods []http.Handler
	}{
		{"connection refused: nothing listens there", nil, nil},
		{"no Service of that name", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "web.lab.svc", IsNotFound: true}}, nil},
		{"answered with status 503", nil, []http.Handler{status(503)}},
		{"answered with status 404", nil, []http.Handler{status(404)}},
		{"the connection was cut before the answer", nil, []http.Handler{http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })}},
		{"no answer within a second", nil, []http.Handler{hang}},
		{"this cluster has no Service network (nothing)", i18n.Errorf(errors.New("nothing"), i18n.Text("this cluster has no Service network (nothing)")), nil},
		{"no way to the pod: its node or the pod itself is gone", errors.New("connect: no route to host"), nil},
		{"odd [31mfailure", errors.New("odd \x1b[31mfailure\n"), nil},
	} {
		t.Run(test.want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{t: t, pods: test.pods, err: test.err}
				p := at(t.Context(), t, s)
				defer p.Stop()
				pass(1500 * time.Millisecond)
				if diff := cmp.Diff([]string{test.want}, say(p.Stats().Failures)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		})
	}
}

func TestATargetThatMakesNoSenseIsRefused(t *testing.T) {
	dial := (&service{t: t}).dial
	for want, target := range map[string]Target{
		`Can't send requests to Service "", port 80: name a Service, a port from 1 to 65535 and a path that begins with "/".`:       {Namespace: "lab", Port: 80, Rate: 1, Dial: dial},
		`Can't send requests to Service "web", port 70000: name a Service, a port from 1 to 65535 and a path that begins with "/".`: {Namespace: "lab", Service: "web", Port: 70000, Rate: 1, Dial: dial},
		`Can't send requests to Service "web", port 80: name a Service, a port from 1 to 65535 and a path that begins with "/".`:    {Namespace: "lab", Service: "web", Port: 80, Path: "x", Rate: 1, Dial: dial},
		`Can't send 0 requests a second: choose 1 to 500.`:                                                                          {Namespace: "lab", Service: "web", Port: 80, Dial: dial},
		`There is no way to reach Service web on this cluster: check the cluster's kubeconfig. (neither Dial nor Config is set)`:    {Namespace: "lab", Service: "web", Port: 80, Rate: 1},
	} {
		if _, err := Start(t.Context(), target); err == nil || err.Error() != want {
			t.Errorf("%+v:\n got %v\nwant %s", target, err, want)
		}
	}
}

func TestAPodCannotSendTheProberElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{t: t, pods: []http.Handler{http.RedirectHandler("http://192.0.2.1/", http.StatusFound)}}
		p := at(t.Context(), t, s)
		defer p.Stop()
		pass(150 * time.Millisecond)
		if dials, asked := s.counts(); dials != 2 || asked != "web.lab.svc:80" || p.Stats().Answered() != 2 {
			t.Errorf("%d connections, the last to %s; %d answered", dials, asked, p.Stats().Answered())
		}
	})
}

func TestTheEndOfTheContextEndsTheProber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
		ctx, cancel := context.WithCancel(t.Context())
		p := at(ctx, t, &service{t: t, pods: []http.Handler{hang, podinfo("a", "1")}})
		pass(5 * time.Second)
		cancel()
		p.Stop()
	})
}
