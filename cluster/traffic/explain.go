package traffic

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"podium/i18n"
)

// longestError is how many bytes of an unknown error's text are kept: two lines
// of a narrow screen.
const longestError = 160

// hints tell errors apart by their text. Behind a proxy nothing else is left of
// them, and equal failures have to read the same whichever pod they are about.
var hints = []struct {
	contains string
	say      i18n.Message
}{
	{"no endpoints available", i18n.M("cluster.traffic.endpoints")},
	{"connection refused", i18n.M("cluster.traffic.refused")},
	{"no such host", i18n.M("cluster.traffic.name")},
	{"no route to host", i18n.M("cluster.traffic.unreachable")},
	{"connection reset", i18n.M("cluster.traffic.cut")},
	{"broken pipe", i18n.M("cluster.traffic.cut")},
	{"i/o timeout", i18n.M("cluster.traffic.timeout")},
}

// explain turns an error into a short sentence for the list of failures.
func explain(err error) i18n.Message {
	var known *i18n.Error
	var name *net.DNSError
	var status statusError
	var network net.Error
	switch {
	case errors.As(err, &known):
		return known.Message
	case errors.As(err, &name):
		return i18n.M("cluster.traffic.name")
	case errors.As(err, &status) && status.proxy == "":
		return i18n.M("cluster.traffic.status", "Status", strconv.Itoa(status.code))
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return i18n.M("cluster.traffic.timeout")
	case errors.Is(err, syscall.ECONNREFUSED):
		return i18n.M("cluster.traffic.refused")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return i18n.M("cluster.traffic.cut")
	}
	text := err.Error()
	for _, hint := range hints {
		if strings.Contains(text, hint.contains) {
			return hint.say
		}
	}
	return i18n.Text(clean(text, longestError))
}
