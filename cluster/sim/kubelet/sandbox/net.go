package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
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

	insecure bool   // any certificate is fine
	ca       []byte // of whom certificates must be, as PEM
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
	roots := x509.NewCertPool() // a container of this size trusts nobody by itself
	roots.AppendCertsFromPEM(r.ca)
	client := &http.Client{Transport: &http.Transport{DialContext: c.Machine.Dial, DisableKeepAlives: true, Proxy: nil,
		TLSClientConfig: &tls.Config{RootCAs: roots, InsecureSkipVerify: r.insecure}}} //nolint:gosec // -k, inside the simulation
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
	failedTrust
)

func why(err error) failure {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		return failedTrust
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

// optionCA stands for --cacert, which has no letter.
const optionCA = '\x01'

// curlOptions are the ones that lessons and learners use; the rest is refused.
type curlOptions struct {
	request
	silent, showError, include, head, failOnError, verbose bool
	output, writeOut                                       string
}

func (c *Call) curlOptions() (curlOptions, error) {
	o := curlOptions{request: request{method: "GET", headers: http.Header{"User-Agent": {"curl/8.15.0"}, "Accept": {"*/*"}}, timeout: 2 * time.Minute}}
	long := map[string]string{"silent": "s", "show-error": "S", "include": "i", "head": "I", "fail": "f", "verbose": "v", "location": "L",
		"output": "o", "write-out": "w", "request": "X", "header": "H", "data": "d", "max-time": "m", "connect-timeout": "m", "user-agent": "A", "insecure": "k", "no-progress-meter": "s", "cacert": string(optionCA)}
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
			if !strings.ContainsRune("owXHdmA"+string(optionCA), f) {
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
			if err := o.value(c, f, value); err != nil {
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
	case 'k':
		o.insecure = true
	case 'g', '4':
	default:
		return false
	}
	return true
}

func (o *curlOptions) value(c *Call, f rune, value string) (err error) {
	switch f {
	case 'o':
		o.output = value
	case 'w':
		o.writeOut = value
	case 'X':
		o.method = value
	case optionCA:
		if o.ca, err = c.Machine.FS.ReadFile(c.path(value)); err != nil {
			return fmt.Errorf("error setting certificate verify locations: CAfile: %s", value)
		}
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
	case failedTrust:
		code, text = 60, "SSL certificate problem: unable to get local issuer certificate"
	default:
		code, text = 52, "Empty reply from server"
	}
	if !o.silent || o.showError {
		fmt.Fprintf(c.Stderr, "curl: (%d) %s\n", code, text)
	}
	return code
}
