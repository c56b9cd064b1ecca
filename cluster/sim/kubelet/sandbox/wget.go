package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

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
