package main

import (
	"context"
	"errors"
	"net/http"

	utilnet "k8s.io/apimachinery/pkg/util/net"

	"podium/cluster/tunnel"
)

// errAsked is the cause of a stop that podium asked for.
var errAsked = errors.New("asked to stop")

// A door is how podium reaches into this process: an HTTP server on a private
// socket. CONNECT leads to an address in the pod network, GET /alive answers
// when this process ends and POST /stop ends it.
type door struct {
	dial utilnet.DialFunc
	stop context.CancelCauseFunc
}

// openDoor serves on path until ctx ends, as one of run's components.
func openDoor(ctx context.Context, run *components, path string, d door) error {
	listener, err := tunnel.Listen(ctx, path)
	if err != nil {
		return err
	}
	run.run(ctx, "network socket", func(ctx context.Context) error { return tunnel.Serve(ctx, listener, d) })
	return nil
}

// ServeHTTP implements http.Handler.
func (d door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		tunnel.Dial(d.dial).ServeHTTP(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/alive":
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case r.Method == http.MethodPost && r.URL.Path == "/stop":
		w.WriteHeader(http.StatusAccepted)
		_ = http.NewResponseController(w).Flush()
		d.stop(errAsked)
	default:
		http.NotFound(w, r)
	}
}
