// Command standin is, in an image made for tests, the program of an image that
// can't be had: what it does is told by /etc/standin.json, in the words of
// manifests/images.yaml.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A part is what the program plays.
type part struct {
	Program    string `json:"program"`
	Version    string `json:"version"`
	Text       string `json:"text"`
	Ports      []int  `json:"ports"`
	StartDelay string `json:"startDelay"`
	ExitCode   int    `json:"exitCode"`
	Root       string `json:"root"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	defer stop()
	var p part
	data, err := os.ReadFile("/etc/standin.json")
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err == nil {
		err = p.play(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (p part) play(ctx context.Context) error {
	switch p.Program {
	case "crash":
		p.delay(ctx)
		fmt.Print(p.Text)
		os.Exit(p.ExitCode)
	case "leak":
		fmt.Print(p.Text)
		p.delay(ctx)
		return leak(ctx)
	case "idle":
		fmt.Print(p.Text)
		<-ctx.Done()
		return nil
	case "echo":
		fmt.Println(now(), "Start server")
		return p.serve(ctx, http.HandlerFunc(p.echo))
	case "podinfo":
		p.configure(os.Args[1:])
		fmt.Printf("{\"level\":\"info\",\"ts\":%q,\"msg\":\"Starting podinfo\",\"version\":%q}\n", time.Now().UTC().Format(time.RFC3339), p.Version)
		return p.serve(ctx, p.podinfo())
	}
	p.delay(ctx)
	return p.serve(ctx, http.FileServer(http.Dir(p.Root)))
}

func now() string { return time.Now().UTC().Format("2006/01/02 15:04:05") }

func (p part) delay(ctx context.Context) {
	d, err := time.ParseDuration(p.StartDelay)
	if err != nil {
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// leak grows by 10 MiB every 100 ms until something ends it.
func leak(ctx context.Context) error {
	var kept [][]byte
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			block := make([]byte, 10<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = byte(len(kept)) // else the kernel gives no page
			}
			kept = append(kept, block)
		}
	}
}

// serve answers until ctx ends and then finishes the requests it has.
func (p part) serve(ctx context.Context, handler http.Handler) error {
	server := &http.Server{Addr: ":" + strconv.Itoa(p.Ports[0]), Handler: handler, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(done)
		_ = server.Shutdown(context.Background()) // the kubelet bounds it
	})()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return err
	}
	<-done
	return nil
}

func (p part) echo(w http.ResponseWriter, _ *http.Request) {
	fmt.Println(now(), "Received request")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, p.Text)
}

// configure takes podinfo's port from its environment or its flags.
func (p *part) configure(args []string) {
	for _, value := range append([]string{"--port=" + os.Getenv("PODINFO_PORT")}, args...) {
		if port, ok := strings.CutPrefix(value, "--port="); ok {
			if n, err := strconv.Atoi(port); err == nil && n > 0 {
				p.Ports = []int{n}
			}
		}
	}
}

// setting is one of podinfo's: --ui-message or PODINFO_UI_MESSAGE.
func setting(name, otherwise string) string {
	if value := os.Getenv("PODINFO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))); value != "" {
		otherwise = value
	}
	for _, arg := range os.Args[1:] {
		if value, ok := strings.CutPrefix(arg, "--"+name+"="); ok {
			otherwise = value
		}
	}
	return otherwise
}

// podinfo answers with the JSON of stefanprodan/podinfo.
func (p part) podinfo() http.Handler {
	hostname, _ := os.Hostname()
	ready := map[string]string{"status": "OK"}
	about := map[string]string{
		"hostname": hostname, "version": p.Version, "revision": "standin", "color": setting("ui-color", "#34577c"),
		"message": setting("ui-message", "greetings from podinfo v"+p.Version), "goos": "linux",
	}
	answers := map[string]any{
		"/": about, "/api/info": about, "/healthz": ready, "/readyz": ready, "/env": os.Environ(),
		"/version": map[string]string{"version": p.Version, "commit": "standin"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[path.Clean(r.URL.Path)]
		if code, isStatus := strings.CutPrefix(r.URL.Path, "/status/"); isStatus {
			n, err := strconv.Atoi(code)
			if err == nil && n >= 200 && n < 600 {
				w.WriteHeader(n)
				return
			}
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		_ = e.Encode(body) // the client has gone: nobody to tell
	})
}
