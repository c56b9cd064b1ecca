package prompt

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// network is a CONNECT proxy on a unix socket that sends every address to one
// server, as the simulated cluster's network would.
func network(t *testing.T, server string) (socket string, asked func() []string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "net") // short, as unix sockets' paths must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var list []string
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				request, err := http.ReadRequest(reader)
				if err != nil {
					return
				}
				mu.Lock()
				list = append(list, request.Host)
				mu.Unlock()
				if strings.HasPrefix(request.Host, "none") {
					why := map[string]string{"none.lab:80": "lookup none.lab: no such host\n", "none.lab:81": "connect: connection refused\n"}[request.Host]
					fmt.Fprintf(conn, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n%s", len(why), why)
					return
				}
				back, err := net.Dial("tcp", server)
				if err != nil {
					return
				}
				defer back.Close()
				fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n\r\n")
				go func() { _, _ = io.Copy(back, reader); back.Close() }()
				_, _ = io.Copy(conn, back)
			})
		}
	})
	t.Cleanup(func() { listener.Close(); all.Wait() })
	return socket, func() []string { mu.Lock(); defer mu.Unlock(); return list }
}

// webServer answers as the pages of the tests do.
func webServer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/missing":
		http.NotFound(w, r)
	case "/moved":
		http.Redirect(w, r, "/", http.StatusFound)
	case "/hostile":
		fmt.Fprint(w, "a\x1b]52;c;aGk=\ab\x1b[2Jc\n")
	case "/slow":
		<-r.Context().Done()
	default:
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Pod", "web-1")
		fmt.Fprintf(w, "%s %s %s %s%s\n", r.Method, r.Host, r.URL, r.Header.Get("X-A"), body)
	}
}

func TestCurlAndWget(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(webServer))
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	socket, asked := network(t, address)
	o := lab(t)
	o.Network = socket
	for _, test := range []run{
		{"curl http://web.lab.svc/x?y=z", "GET web.lab.svc /x?y=z \n", 0},
		{"curl -s web", "GET web / \n", 0},
		{"curl -sH 'X-A: b' -H 'Host: other' 10.96.0.10:8080", "GET other / b\n", 0},
		{"curl -s -X PUT -d a=1 -d b=2 web", "PUT web / a=1&b=2\n", 0},
		{"curl -s -d a web", "POST web / a\n", 0},
		{"curl -sG -d q=1 web", "GET web /?q=1 \n", 0},
		{"curl -sI web | grep -i x-pod", "X-Pod: web-1\n", 0},
		{"curl -si web | head -1", "HTTP/1.1 200 OK\n", 0},
		{"curl -s web -o page; cat page", "GET web / \n", 0},
		{`curl -s -o /dev/null -w '%{http_code}\n' web/missing`, "404\n", 0},
		{"curl -s web/missing", "404 page not found\n", 0},
		{"curl -sf web/missing", "", 22},
		{"curl -fsS web/missing", "The server answered 404 Not Found.\n", 22},
		{`curl -s -o /dev/null -w '%{url_effective}\n' web/x`, "http://web/x\n", 0},
		{`echo 'url = web/a' > asked; echo 'url="http://web/b"' >> asked; curl -s -K asked`, "GET web /a \nGET web /b \n", 0},
		{"cat asked | curl -s -K - web", "GET web / \nGET web /a \nGET web /b \n", 0},
		{`echo 'header = x' | curl -s -K -`, "curl doesn't know the line \"header = x\" here: each line of a -K file is url = ADDRESS.\n", 1},
		{"curl -s -K ../x", "../x is outside the lesson's folder: name files in it only, without / or .. in front.\n", 1},
		{"curl -s web/moved | grep -c Found", "1\n", 0},
		{"curl -sL web/moved", "GET web / \n", 0},
		{"curl -s web/hostile", "abc\n", 0},
		{"curl --max-time 0.1 web/slow", "web took too long to answer: check that a pod is ready behind it, or give it time with --max-time.\n", 28},
		{"curl -s none", "", 7},
		{"curl none.lab", "curl: (6) Could not resolve host: none.lab. Check the Service's name and its namespace: kubectl get services.\n", 6},
		{"curl none.lab:81", "curl: (7) Failed to connect to none.lab port 81: Connection refused. Check the Service's port and targetPort, and that a pod is ready: kubectl get endpointslices.\n", 7},
		{"wget -O - none.lab:81", "Failed to connect to none.lab port 81: Connection refused. Check the Service's port and targetPort, and that a pod is ready: kubectl get endpointslices.\n", 7},
		{"curl none.lab:82", "No answer from none.lab:82 (502 Bad Gateway): check the Service's name, its port, and that a pod is ready.\n", 7},
		{"wget -qO- http://web/", "GET web / \n", 0},
		{"wget -q -O - --timeout=5 web", "GET web / \n", 0},
		{"wget -q web/page2; cat page2", "GET web /page2 \n", 0},
		{"curl", "Which address? Type curl and a URL: curl http://web.lab.svc.\n", 1},
		{"curl ftp://web", "ftp://web is no address: type one such as http://web.lab.svc or localhost:30080.\n", 7},
		{"curl -v web", "curl doesn't know that here (unknown shorthand flag: 'v' in -v): leave it out.\n", 1},
	} {
		test.check(t, o)
	}
	if list := strings.Join(asked(), " "); !strings.Contains(list, "web.lab.svc:80 web:80 10.96.0.10:8080") {
		t.Errorf("the network was asked for %s", list)
	}
	before := len(asked())
	if c := capture(t, o, "curl -s "+address); c.Exit != 0 || len(asked()) != before {
		t.Errorf("loopback went through the network: %+v", c)
	}
	o.Network = ""
	if c := capture(t, o, "curl web"); c.Exit != 7 || !strings.Contains(c.Output, "kubectl port-forward") {
		t.Errorf("without a network: %+v", c)
	}
}
