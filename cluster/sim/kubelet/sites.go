package kubelet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// Headers that tell the traffic chart who answered, the ones that
// cluster/traffic reads.
const (
	podHeader     = "X-Podium-Pod"
	versionHeader = "X-Podium-Version"
)

// recorder notes what a handler answered, for the access line.
type responseRecorder struct {
	http.ResponseWriter
	status, bytes int
}

func (r *responseRecorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *responseRecorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

func (r *responseRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// combinedLog writes one line a request in the "combined" format that nginx and
// httpd share; forwarded adds nginx's last field.
func combinedLog(next http.Handler, out io.Writer, forwarded bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &responseRecorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		line := fmt.Sprintf("%s - - [%s] %q %d %d", host, time.Now().UTC().Format("02/Jan/2006:15:04:05 -0700"),
			r.Method+" "+r.URL.RequestURI()+" "+r.Proto, max(rec.status, http.StatusOK), rec.bytes)
		if forwarded {
			line += fmt.Sprintf(" %q %q %q", orDash(r.Referer()), orDash(r.UserAgent()), orDash(r.Header.Get("X-Forwarded-For")))
		}
		_, _ = io.WriteString(out, line+"\n")
	})
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// files serves the container's own files, so that what a learner writes with
// exec or mounts from a ConfigMap is what the browser gets.
func (p *process) files(server string, notFound func(w io.Writer)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fs := p.sandbox().FS
		name := path.Join(p.image.Root, path.Clean("/"+r.URL.Path))
		if info, err := fs.Stat(name); err == nil && info.IsDir() {
			name = path.Join(name, "index.html")
		}
		w.Header().Set("Server", server)
		w.Header().Set(podHeader, p.container.pod.name.Name)
		content, err := fs.ReadFile(name)
		if err != nil {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			notFound(w)
			return
		}
		kind := "text/html"
		switch path.Ext(name) {
		case ".txt":
			kind = "text/plain"
		case ".json":
			kind = "application/json"
		case ".css":
			kind = "text/css"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		if string(content) == p.image.Files[name] { // a learner's own page speaks for itself
			w.Header().Set(versionHeader, p.image.version)
		}
		_, _ = w.Write(content)
	})
}

func nginxHandler(p *process, _ []string, out io.Writer) site {
	at := time.Now().UTC().Format("2006/01/02 15:04:05")
	server := "nginx/" + p.image.version
	pages := p.files(server, func(w io.Writer) {
		fmt.Fprintf(w, "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>%s</center>\r\n</body>\r\n</html>\r\n", server)
	})
	return site{
		handler: combinedLog(pages, out, true), ports: p.image.Ports, inUse: bindFailed,
		greet: fmt.Sprintf("/docker-entrypoint.sh: Configuration complete; ready for start up\n%[1]s [notice] 1#1: %[2]s\n%[1]s [notice] 1#1: start worker processes\n", at, server),
	}
}

func httpdHandler(p *process, _ []string, out io.Writer) site {
	server := "Apache/" + p.image.version + " (Unix)"
	pages := p.files(server, func(w io.Writer) {
		fmt.Fprint(w, "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n")
	})
	at := time.Now().UTC().Format("Mon Jan 02 15:04:05.000000 2006")
	return site{
		handler: combinedLog(pages, out, false), ports: p.image.Ports,
		inUse: func(port int32) string {
			return fmt.Sprintf("(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:%d\nno listening sockets available, shutting down\n", port)
		},
		greet: fmt.Sprintf("[%[1]s] [mpm_event:notice] [pid 1:tid 1] AH00489: %[2]s configured -- resuming normal operations\n[%[1]s] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n", at, server),
	}
}

// proxyHandler is the book's nginx: it passes requests on to BACKEND_HOST.
func proxyHandler(p *process, _ []string, out io.Writer) site {
	backend := p.variable("BACKEND_HOST")
	dial := p.container.pod.dialer()
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: backend})
			r.SetXForwarded()
		},
		Transport: &http.Transport{DialContext: dial.DialContext, DisableKeepAlives: true},
		ErrorLog:  log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			problem := fmt.Sprintf("connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://%s%s\"", backend, r.URL.Path)
			if unknown := (*net.DNSError)(nil); errors.As(err, &unknown) {
				problem = unknown.Name + " could not be resolved (3: Host not found)"
			}
			fmt.Fprintf(out, "%s [error] 7#7: *1 %s\n", time.Now().UTC().Format("2006/01/02 15:04:05"), problem)
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprintf(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/%s</center>\r\n</body>\r\n</html>\r\n", p.image.version)
		},
	}
	return site{handler: combinedLog(proxy, out, true), ports: p.image.Ports, inUse: bindFailed}
}

func echoHandler(p *process, _ []string, out io.Writer) site {
	at := func() string { return time.Now().UTC().Format("2006/01/02 15:04:05") }
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(out, "%s Received request\n", at())
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set(podHeader, p.container.pod.name.Name)
		w.Header().Set(versionHeader, p.image.version)
		_, _ = io.WriteString(w, p.image.Text)
	})
	return site{
		handler: handler, ports: p.image.Ports, greet: at() + " Start server\n",
		inUse: func(port int32) string { return fmt.Sprintf("listen tcp :%d: bind: address already in use\n", port) },
	}
}

// podinfoHandler answers with the JSON of stefanprodan/podinfo.
func podinfoHandler(p *process, args []string, out io.Writer) site {
	port, grpc, service := p.image.Ports[0], int32(0), "podinfo"
	number := func(into *int32) func(string) {
		return func(s string) {
			if n, err := strconv.ParseUint(s, 10, 16); err == nil && n > 0 {
				*into = int32(n)
			}
		}
	}
	message, color := "greetings from podinfo v"+p.image.version, "#34577c"
	for _, v := range []struct {
		flag, env string
		set       func(string)
	}{
		{"--port", "PODINFO_PORT", number(&port)},
		{"--grpc-port", "PODINFO_GRPC_PORT", number(&grpc)},
		{"--grpc-service-name", "PODINFO_GRPC_SERVICE_NAME", func(s string) { service = s }},
		{"--ui-message", "PODINFO_UI_MESSAGE", func(s string) { message = s }},
		{"--ui-color", "PODINFO_UI_COLOR", func(s string) { color = s }},
	} {
		if value := p.variable(v.env); value != "" {
			v.set(value)
		}
		for _, a := range args[1:] {
			if value, ok := strings.CutPrefix(a, v.flag+"="); ok {
				v.set(value)
			}
		}
	}
	mux := http.NewServeMux()
	answer := func(pattern string, body func() any) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set(podHeader, p.container.pod.name.Name)
			w.Header().Set(versionHeader, p.image.version)
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			_ = e.Encode(body()) // the client has gone: nobody to tell
		})
	}
	answer("GET /version", func() any { return map[string]string{"version": p.image.version, "commit": "simulated"} })
	answer("GET /healthz", func() any { return map[string]string{"status": "OK"} })
	answer("GET /readyz", func() any { return map[string]string{"status": "OK"} })
	answer("GET /env", func() any { return p.env })
	answer("GET /", func() any {
		return map[string]string{
			"hostname": p.container.pod.hostname(), "version": p.image.version, "revision": "simulated", "color": color,
			"logo": "https://raw.githubusercontent.com/stefanprodan/podinfo/gh-pages/cuddle_clap.gif", "message": message,
			"goos": "linux", "goarch": "amd64", "runtime": "go1.25.0", "num_goroutine": "8", "num_cpu": "4",
		}
	})
	return site{
		handler: mux, ports: []int32{port}, grpc: grpc, service: service,
		greet: fmt.Sprintf("{\"level\":\"info\",\"ts\":\"%s\",\"msg\":\"Starting podinfo\",\"version\":\"%s\",\"port\":\"%d\"}\n",
			time.Now().UTC().Format(time.RFC3339), p.image.version, port),
		inUse: func(port int32) string {
			return fmt.Sprintf("{\"level\":\"fatal\",\"msg\":\"HTTP server crashed\",\"error\":\"listen tcp :%d: bind: address already in use\"}\n", port)
		},
	}
}

// variable is one of the process's environment.
func (p *process) variable(name string) string {
	value := ""
	for _, pair := range p.env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}
