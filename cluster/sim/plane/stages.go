package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// A stageLine is what the parent reads: a stage has begun, Millis after the
// process was up. "ready" and "failed" are the last ones.
type stageLine struct {
	Stage  string `json:"stage"`
	Millis int64  `json:"ms"`
	Error  string `json:"error,omitempty"`
}

// The stages in the order they begin. stageReset comes between and only when
// data that could not be read was moved aside; its error is where to.
const (
	stageEtcd        = "etcd"
	stageReset       = "reset"
	stageAPIServer   = "apiserver"
	stageControllers = "controllers"
	stageNodes       = "nodes"
	stageReady       = "ready"
	stageFailed      = "failed"
)

// A stages tells the parent how far the control plane has come.
type stages struct {
	now   func() time.Time
	start time.Time

	mu  sync.Mutex
	out io.Writer
}

func newStages(out io.Writer, now func() time.Time) *stages {
	return &stages{out: out, now: now, start: now()}
}

func (s *stages) begin(stage string) { s.write(stage, "") }

func (s *stages) reset(aside string) { s.write(stageReset, aside) }

func (s *stages) failed(err error) { s.write(stageFailed, err.Error()) }

// write ignores a failing parent: the lifeline tells when it has gone.
func (s *stages) write(stage, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := stageLine{Stage: stage, Millis: s.now().Sub(s.start).Milliseconds(), Error: text}
	_ = json.NewEncoder(s.out).Encode(line)
}
