package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// maxBody bounds what a download writes.
const maxBody = 8 << 20

// request is what the options of curl and wget come to.
type request struct {
	method  string
	url     string
	body    string
	headers http.Header
	timeout time.Duration
	follow  bool
}

func (c *Call) do(ctx context.Context, r request) (*http.Response, error) {
	if !strings.Contains(r.url, "://") {
		r.url = "http://" + r.url
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	req, err := http.NewRequestWithContext(ctx, r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		cancel()
		return nil, err
	}
	for name, values := range r.headers {
		req.Header[name] = values
	}
	if host := r.headers.Get("Host"); host != "" {
		req.Host = host
	}
	client := &http.Client{Transport: &http.Transport{DialContext: c.Machine.Dial, DisableKeepAlives: true, Proxy: nil}}
	if !r.follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	resp, err := client.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &cancelled{io.LimitReader(resp.Body, maxBody), resp.Body, cancel}
	return resp, nil
}

// cancelled ends the request's context with its body.
type cancelled struct {
	io.Reader
	body   io.Closer
	cancel func()
}

func (c *cancelled) Close() error { defer c.cancel(); return c.body.Close() }

// failure is what went wrong with a connection, as far as a client tells.
type failure int

const (
	failedOther failure = iota
	failedName
	failedRefused
	failedRoute
	failedTimeout
)

func why(err error) failure {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns):
		return failedName
	case errors.Is(err, syscall.ECONNREFUSED):
		return failedRefused
	case errors.Is(err, syscall.EHOSTUNREACH):
		return failedRoute
	case errors.As(err, &timeout) && timeout.Timeout():
		return failedTimeout
	default:
		return failedOther
	}
}

func hostOf(raw string) (host, port string) {
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return raw, "80"
	}
	port = u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return u.Hostname(), port
}

// curlOptions are the ones that lessons and learners use; the rest is refused.
type curlOptions struct {
	request
	silent, showError, include, head, failOnError, verbose bool
	output, writeOut                                       string
}

func (c *Call) curlOptions() (curlOptions, error) {
	o := curlOptions{request: request{method: "GET", headers: http.Header{"User-Agent": {"curl/8.15.0"}, "Accept": {"*/*"}}, timeout: 2 * time.Minute}}
	long := map[string]string{"silent": "s", "show-error": "S", "include": "i", "head": "I", "fail": "f", "verbose": "v", "location": "L",
		"output": "o", "write-out": "w", "request": "X", "header": "H", "data": "d", "max-time": "m", "connect-timeout": "m", "user-agent": "A", "insecure": "k", "no-progress-meter": "s"}
	args := c.Args[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a) < 2 || a[0] != '-' {
			o.url = a
			continue
		}
		letters := a[1:]
		if name, ok := strings.CutPrefix(a, "--"); ok {
			if letters, ok = long[name]; !ok {
				return o, fmt.Errorf("option %s: is unknown", a)
			}
		}
		for j, f := range letters {
			if !strings.ContainsRune("owXHdmA", f) {
				if !o.flag(f) {
					return o, fmt.Errorf("option -%c: is unknown", f)
				}
				continue
			}
			value := letters[j+1:]
			if value == "" && i+1 < len(args) {
				i++
				value = args[i]
			}
			if err := o.value(f, value); err != nil {
				return o, err
			}
			break
		}
	}
	if o.url == "" {
		return o, errors.New("no URL specified")
	}
	return o, nil
}

func (o *curlOptions) flag(f rune) bool {
	switch f {
	case 's':
		o.silent = true
	case 'S':
		o.showError = true
	case 'i':
		o.include = true
	case 'I':
		o.head, o.method = true, "HEAD"
	case 'f':
		o.failOnError = true
	case 'v':
		o.verbose = true
	case 'L':
		o.follow = true
	case 'k', 'g', '4':
	default:
		return false
	}
	return true
}

func (o *curlOptions) value(f rune, value string) error {
	switch f {
	case 'o':
		o.output = value
	case 'w':
		o.writeOut = value
	case 'X':
		o.method = value
	case 'A':
		o.headers.Set("User-Agent", value)
	case 'H':
		name, v, _ := strings.Cut(value, ":")
		o.headers.Set(strings.TrimSpace(name), strings.TrimSpace(v))
	case 'd':
		o.body = value
		if o.method == "GET" {
			o.method = "POST"
		}
	case 'm':
		d, ok := seconds(value)
		if !ok {
			return fmt.Errorf("expected a proper numerical parameter: %s", value)
		}
		o.timeout = d
	}
	return nil
}

func curl(ctx context.Context, c *Call) int {
	o, err := c.curlOptions()
	if err != nil {
		fmt.Fprintf(c.Stderr, "curl: %s\ncurl: try 'curl --help' for more information\n", err)
		return 2
	}
	began := time.Now()
	resp, err := c.do(ctx, o.request)
	if err != nil {
		return c.curlFailed(o, err, time.Since(began))
	}
	defer resp.Body.Close()
	if o.include || o.head || o.verbose {
		fmt.Fprintf(c.Stdout, "%s %s\r\n", resp.Proto, resp.Status)
		_ = resp.Header.Write(c.Stdout)
		fmt.Fprint(c.Stdout, "\r\n")
	}
	status := 0
	if o.failOnError && resp.StatusCode >= 400 {
		status = 22
		if !o.silent || o.showError {
			fmt.Fprintf(c.Stderr, "curl: (22) The requested URL returned error: %d\n", resp.StatusCode)
		}
	} else if err := c.save(o.output, resp.Body); err != nil {
		fmt.Fprintf(c.Stderr, "curl: (23) %s\n", reason(err))
		status = 23
	}
	if o.writeOut != "" {
		fmt.Fprint(c.Stdout, strings.NewReplacer("%{http_code}", fmt.Sprint(resp.StatusCode), "%{time_total}",
			fmt.Sprintf("%.6f", time.Since(began).Seconds())).Replace(unescape(o.writeOut)))
	}
	return status
}

func (c *Call) save(name string, body io.Reader) error {
	if name == "" || name == "-" {
		_, err := io.Copy(c.Stdout, body)
		return err
	}
	file, err := c.Machine.FS.Open(c.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, body)
	return err
}

func (c *Call) curlFailed(o curlOptions, err error, took time.Duration) int {
	host, port := hostOf(o.url)
	code, text := 7, ""
	switch why(err) {
	case failedName:
		code, text = 6, "Could not resolve host: "+host
	case failedTimeout:
		code, text = 28, fmt.Sprintf("Operation timed out after %d milliseconds with 0 bytes received", took.Milliseconds())
	case failedRefused, failedRoute:
		text = fmt.Sprintf("Failed to connect to %s port %s after %d ms: Could not connect to server", host, port, took.Milliseconds())
	default:
		code, text = 52, "Empty reply from server"
	}
	if !o.silent || o.showError {
		fmt.Fprintf(c.Stderr, "curl: (%d) %s\n", code, text)
	}
	return code
}

func wget(ctx context.Context, c *Call) int {
	o := request{method: "GET", headers: http.Header{"User-Agent": {"Wget"}}, timeout: 15 * time.Minute, follow: true}
	output, quiet, spider := "", false, false
	args := c.Args[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		next := func() string {
			if i+1 < len(args) {
				i++
				return args[i]
			}
			return ""
		}
		switch {
		case a == "--spider":
			spider = true
		case strings.HasPrefix(a, "--timeout="):
			if d, ok := seconds(strings.TrimPrefix(a, "--timeout=")); ok {
				o.timeout = d
			}
		case strings.HasPrefix(a, "--header"):
			name, value, _ := strings.Cut(strings.TrimPrefix(a, "--header="), ":")
			o.headers.Set(name, strings.TrimSpace(value))
		case a == "-T":
			if d, ok := seconds(next()); ok {
				o.timeout = d
			}
		case strings.HasPrefix(a, "-") && strings.HasSuffix(a, "O"):
			quiet = quiet || strings.Contains(a, "q")
			output = next()
		case strings.HasPrefix(a, "-") && strings.Contains(a, "O"):
			quiet = quiet || strings.Contains(a, "q")
			_, output, _ = strings.Cut(a, "O")
		case a == "-q":
			quiet = true
		case strings.HasPrefix(a, "-"):
			if a == "-t" {
				next()
			}
		default:
			o.url = a
		}
	}
	if o.url == "" {
		return c.fail("missing URL")
	}
	return c.wgetRun(ctx, o, output, quiet, spider)
}

func (c *Call) wgetRun(ctx context.Context, o request, output string, quiet, spider bool) int {
	host, port := hostOf(o.url)
	if ips, err := c.Machine.Lookup(ctx, host); !quiet && err == nil && len(ips) > 0 {
		fmt.Fprintf(c.Stderr, "Connecting to %s (%s)\n", net.JoinHostPort(host, port), net.JoinHostPort(ips[0], port))
	}
	resp, err := c.do(ctx, o)
	if err != nil {
		switch why(err) {
		case failedName:
			return c.fail("bad address '%s'", host)
		case failedRefused:
			return c.fail("can't connect to remote host (%s): Connection refused", host)
		case failedRoute:
			return c.fail("can't connect to remote host (%s): No route to host", host)
		case failedTimeout:
			return c.fail("download timed out")
		default:
			return c.fail("error getting response")
		}
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return c.fail("server returned error: %s %s", resp.Proto, resp.Status)
	}
	if spider {
		return 0
	}
	if output == "" {
		u, _ := url.Parse(o.url)
		output = "index.html"
		if u != nil && path.Base(u.Path) != "/" && path.Base(u.Path) != "." {
			output = path.Base(u.Path)
		}
	}
	if err := c.save(output, resp.Body); err != nil {
		return c.fail("%s: %s", output, reason(err))
	}
	if !quiet && output != "-" {
		fmt.Fprintf(c.Stderr, "saving to '%s'\n'%s' saved\n", output, output)
	}
	return 0
}

func nslookup(ctx context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.fail("usage: nslookup HOST")
	}
	host := c.Args[1]
	fmt.Fprint(c.Stdout, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n")
	ips, err := c.Machine.Lookup(ctx, host)
	if err != nil {
		fmt.Fprintf(c.Stdout, "** server can't find %s: NXDOMAIN\n\n", host)
		return 1
	}
	for _, ip := range ips {
		fmt.Fprintf(c.Stdout, "Name:\t%s\nAddress: %s\n", host, ip)
	}
	fmt.Fprintln(c.Stdout)
	return 0
}
