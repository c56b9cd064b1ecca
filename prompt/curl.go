package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/interp"

	"podium/i18n"
)

const (
	bodyLimit    = 16 << 20    // of an answer; lessons' pages are a few KiB
	requestLimit = time.Minute // without --max-time
	redirections = 10          // that -L follows
	tooSlow      = 28          // curl's exit codes (curl/include/curl/curl.h)
	noConnection = 7
	noHost       = 6
	httpError    = 22
)

// request is what a curl or wget command line asks for.
type request struct {
	urls                      []string
	method, data, output      string
	headers                   []string
	head, include, silent     bool
	showError, fail, follow   bool
	insecure, get, remoteName bool
	maxTime, connectTime      float64
	writeOut, userAgent       string
	config                    string // of addresses
	hasData                   bool
}

func curlRequest(args []string) (request, error) {
	var r request
	var data []string
	rest, err := parseFlags("curl", args, func(f *pflag.FlagSet) {
		f.StringVarP(&r.method, "request", "X", "", "")
		f.StringArrayVarP(&data, "data", "d", nil, "")
		f.StringArrayVarP(&r.headers, "header", "H", nil, "")
		f.StringVarP(&r.output, "output", "o", "", "")
		f.BoolVarP(&r.remoteName, "remote-name", "O", false, "")
		f.StringVarP(&r.writeOut, "write-out", "w", "", "")
		f.StringVarP(&r.userAgent, "user-agent", "A", "", "")
		f.StringVarP(&r.config, "config", "K", "", "")
		f.BoolVarP(&r.head, "head", "I", false, "")
		f.BoolVarP(&r.include, "include", "i", false, "")
		f.BoolVarP(&r.silent, "silent", "s", false, "")
		f.BoolVarP(&r.showError, "show-error", "S", false, "")
		f.BoolVarP(&r.fail, "fail", "f", false, "")
		f.BoolVarP(&r.follow, "location", "L", false, "")
		f.BoolVarP(&r.insecure, "insecure", "k", false, "")
		f.BoolVarP(&r.get, "get", "G", false, "")
		f.Float64VarP(&r.maxTime, "max-time", "m", 0, "")
		f.Float64Var(&r.connectTime, "connect-timeout", 0, "")
	})
	r.urls, r.data, r.hasData = rest, strings.Join(data, "&"), len(data) > 0
	return r, err
}

// wgetRequest turns wget's flags into the same request: the page goes to
// standard output with -O - or -qO-, as lessons use it, and to a file otherwise.
func wgetRequest(args []string) (request, error) {
	var r request
	var quiet, noVerbose, spider, server bool
	var tries int
	rest, err := parseFlags("wget", args, func(f *pflag.FlagSet) {
		f.BoolVarP(&quiet, "quiet", "q", false, "")
		f.BoolVar(&noVerbose, "no-verbose", false, "")
		f.StringVarP(&r.output, "output-document", "O", "", "")
		f.Float64VarP(&r.maxTime, "timeout", "T", 0, "")
		f.IntVarP(&tries, "tries", "t", 1, "")
		f.StringArrayVar(&r.headers, "header", nil, "")
		f.BoolVarP(&server, "server-response", "S", false, "")
		f.BoolVar(&spider, "spider", false, "")
		f.StringVar(&r.data, "post-data", "", "")
		f.BoolVar(&r.insecure, "no-check-certificate", false, "")
	})
	r.urls, r.head, r.include = rest, spider, server
	r.hasData = r.data != ""
	r.silent, r.showError, r.follow, r.fail = true, !quiet, true, true
	r.remoteName = r.output == "" && !spider
	return r, err
}

// fetch is curl and wget.
func fetch(ctx context.Context, s shell, name string, args []string, std stdio) error {
	read := curlRequest
	if name == "wget" {
		read = wgetRequest
	}
	r, err := read(args)
	if err != nil {
		return err
	}
	if r, err = r.configured(ctx, s, std); err != nil {
		return err
	}
	if len(r.urls) == 0 {
		return refuse("prompt.url-what", "Word", name)
	}
	for _, address := range r.urls {
		if err := s.fetchOne(ctx, r, address, std); err != nil {
			return s.fetchFailed(ctx, name, r, err, std)
		}
	}
	return nil
}

// fetchFailed says what went wrong unless -s forbids it, and gives curl's code.
func (s shell) fetchFailed(ctx context.Context, name string, r request, err error, std stdio) error {
	var code interp.ExitStatus
	if errors.As(err, &code) || ctx.Err() != nil {
		return err
	}
	code = noConnection
	var timeout net.Error
	var unknown *net.DNSError
	known := errors.Is(err, syscall.ECONNREFUSED)
	switch {
	case errors.As(err, &unknown):
		code, known = noHost, true
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		code = tooSlow
	}
	if !r.silent || r.showError {
		if known && name == "curl" {
			fmt.Fprintf(std.err, "curl: (%d) ", code) // as learners will see it elsewhere
		}
		s.say(std.err, err)
	}
	return code
}

func (s shell) fetchOne(ctx context.Context, r request, address string, std stdio) error {
	limit := requestLimit
	if r.maxTime > 0 {
		limit = time.Duration(r.maxTime * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := r.build(ctx, address)
	if err != nil {
		return err
	}
	client, done := r.client(s.options.Network)
	defer done()
	began := time.Now()
	answer, err := client.Do(req)
	if err != nil {
		return fetchError(req.URL, err)
	}
	defer answer.Body.Close()
	if r.fail && answer.StatusCode >= http.StatusBadRequest {
		if !r.silent || r.showError {
			s.say(std.err, refuse("prompt.http-status", "Status", printable(answer.Status)))
		}
		return interp.ExitStatus(httpError)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, bodyLimit))
	if err != nil {
		return fetchError(req.URL, err)
	}
	if err := s.deliver(r, req.URL, answer, body, std.out); err != nil {
		return err
	}
	return r.summary(std.out, answer, len(body), time.Since(began))
}

func (r request) build(ctx context.Context, address string) (*http.Request, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	target, err := url.Parse(address)
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		return nil, i18n.Errorf(err, i18n.M("prompt.url", "URL", printable(address)))
	}
	method := r.method
	var body io.Reader
	switch {
	case r.get && r.hasData:
		target.RawQuery = strings.Trim(target.RawQuery+"&"+r.data, "&")
	case r.hasData:
		body = strings.NewReader(r.data)
	}
	if method == "" {
		method = map[bool]string{true: http.MethodPost, false: http.MethodGet}[body != nil]
		if r.head {
			method = http.MethodHead
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("prompt.url", "URL", printable(address)))
	}
	req.Header.Set("User-Agent", "curl/8 (podium)")
	if r.userAgent != "" {
		req.Header.Set("User-Agent", r.userAgent)
	}
	req.Header.Set("Accept", "*/*")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, header := range r.headers {
		name, value, _ := strings.Cut(header, ":")
		value = strings.TrimSpace(value)
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(strings.TrimSpace(name), value)
	}
	return req, nil
}

func (r request) client(socket string) (*http.Client, func()) {
	transport := &http.Transport{
		DialContext: dialer{socket: socket}.dial, DisableCompression: true,
		TLSClientConfig: tlsConfig(r.insecure),
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if !r.follow || len(via) >= redirections {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return client, transport.CloseIdleConnections
}

// deliver writes headers and body where the request wants them.
func (s shell) deliver(r request, from *url.URL, answer *http.Response, body []byte, out io.Writer) error {
	var text bytes.Buffer
	if r.include || r.head {
		fmt.Fprintf(&text, "%s %s\n", answer.Proto, answer.Status)
		names := slices.Sorted(func(yield func(string) bool) {
			for name := range answer.Header {
				if !yield(name) {
					return
				}
			}
		})
		for _, name := range names {
			for _, value := range answer.Header[name] {
				fmt.Fprintf(&text, "%s: %s\n", name, value)
			}
		}
		text.WriteByte('\n')
	}
	text.Write(body)
	name := r.output
	if r.remoteName && name == "" {
		name = path.Base(from.Path)
		if name == "/" || name == "." {
			name = "index.html"
		}
	}
	if name == "" || name == "-" {
		_, err := io.WriteString(out, printable(text.String()))
		return broken(err)
	}
	file, err := s.folder.open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(text.Bytes())
	return err
}

// summary is -w: the variables people use to watch a rollout.
func (r request) summary(out io.Writer, answer *http.Response, size int, took time.Duration) error {
	if r.writeOut == "" {
		return nil
	}
	text := strings.NewReplacer(
		"%{http_code}", fmt.Sprint(answer.StatusCode), "%{response_code}", fmt.Sprint(answer.StatusCode),
		"%{time_total}", fmt.Sprintf("%.6f", took.Seconds()), "%{size_download}", fmt.Sprint(size),
		"%{url_effective}", answer.Request.URL.String(), "%{url}", answer.Request.URL.String(),
		`\n`, "\n", `\t`, "\t",
	).Replace(r.writeOut)
	_, err := io.WriteString(out, printable(text))
	return broken(err)
}

// fetchError keeps a sentence from below, and gives one to the rest.
func fetchError(target *url.URL, err error) error {
	var known *i18n.Error
	if errors.As(err, &known) {
		return known
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return i18n.Errorf(err, i18n.M("prompt.timeout", "Address", target.Host))
	}
	return i18n.Errorf(err, i18n.M("prompt.unreachable", "Address", target.Host, "Reason", printable(err.Error())))
}
