// Package traffic sends requests to a Service at a steady rate and keeps count
// of who answered: which pod, which version, how fast, and what failed.
//
// The load is open-loop: a request goes out when it is due, whether or not the
// ones before it have been answered, as requests of people do. So a Service
// that hangs shows as failures and not as silence.
package traffic

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"podium/i18n"
)

const (
	// Timeout is how long a request may take: after that a person would have
	// pressed reload.
	Timeout = time.Second

	// MaxInFlight bounds the unanswered requests. One that is due while as many
	// are under way counts as failed without being sent.
	MaxInFlight = 64

	// MaxRate is the most requests a second that make a picture rather than a
	// benchmark.
	MaxRate = 500
)

// A Target is what to send and how.
type Target struct {
	Namespace string
	Service   string
	Port      int    // the Service's own port, not its pods'
	Path      string // "" means "/"
	Rate      int    // requests a second, 1 to MaxRate

	// Dial reaches the Service's DNS name from where this process stands; it is
	// the cluster's own. When nil, requests go through the API server's proxy,
	// which Config leads to.
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Config *rest.Config
}

// A Prober sends requests until it is stopped.
type Prober struct {
	target Target
	way    way
	tally  *tally
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Start begins to send requests to t until ctx ends or Stop is called. The
// error, an [i18n.Error], says what about the target makes no sense; whether
// anything answers is told by [Prober.Stats] alone.
func Start(ctx context.Context, t Target) (*Prober, error) {
	if t.Path == "" {
		t.Path = "/"
	}
	if t.Service == "" || t.Namespace == "" || t.Port < 1 || t.Port > 65535 || !strings.HasPrefix(t.Path, "/") {
		return nil, i18n.Errorf(nil, i18n.M("cluster.traffic.target", "Service", t.Service, "Port", strconv.Itoa(t.Port)))
	}
	if t.Rate < 1 || t.Rate > MaxRate {
		return nil, i18n.Errorf(nil, i18n.M("cluster.traffic.rate", "Rate", t.Rate, "Most", MaxRate))
	}
	way, err := wayTo(t)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("cluster.traffic.way", "Service", t.Service))
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Prober{target: t, way: way, tally: newTally(time.Now()), cancel: cancel}
	p.done.Go(func() { p.run(ctx) })
	return p, nil
}

// Stop ends the requests and waits for those under way. It may be called more
// than once; Stats can be asked for afterwards.
func (p *Prober) Stop() {
	p.cancel()
	p.done.Wait()
}

// Stats returns what was seen so far.
func (p *Prober) Stats() Stats {
	s := p.tally.stats(time.Now())
	s.Service, s.Port, s.Rate, s.Via = p.target.Service, p.target.Port, p.target.Rate, p.way.via
	return s
}

// run sends the requests, each when it is due.
func (p *Prober) run(ctx context.Context) {
	var requests sync.WaitGroup
	defer p.way.close()
	defer requests.Wait()
	interval := time.Second / time.Duration(p.target.Rate)
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	slots := make(chan struct{}, MaxInFlight)
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := time.Now()
		if now.Sub(due) > Width {
			due = now // this machine slept or was busy; that is not the Service's failure
		}
		seq := p.tally.sent()
		select {
		case slots <- struct{}{}:
			requests.Go(func() {
				p.request(ctx, seq, now)
				<-slots
			})
		default:
			p.tally.failed(seq, now, i18n.M("cluster.traffic.late"))
		}
		due = due.Add(interval)
		timer.Reset(time.Until(due))
	}
}

// request sends one request and counts its outcome. One that is cut short
// because the prober stops counts as never sent.
func (p *Prober) request(parent context.Context, seq int, sent time.Time) {
	ctx, cancel := context.WithDeadline(parent, sent.Add(Timeout))
	defer cancel()
	answer, err := p.way.ask(ctx)
	switch {
	case parent.Err() != nil:
		p.tally.withdrawn(seq)
	case err != nil:
		p.tally.failed(seq, sent, explain(err))
	default:
		p.tally.answered(seq, sent, time.Now(), answer)
	}
}

// newRequest makes a request that asks for one answer from one pod.
func newRequest(ctx context.Context, url string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "podium")
	request.Header.Set("Accept", "application/json, text/plain;q=0.9, */*;q=0.8")
	return request, nil
}
