package traffic

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"

	"podium/i18n"
)

// A way is how a request gets to the Service.
type way struct {
	via    i18n.Message
	url    string
	client *http.Client
	proxy  bool // answers may come from the API server instead of a pod
}

// wayTo picks the way: as a client inside the cluster if there is a Dial, else
// through the API server.
func wayTo(t Target) (way, error) {
	if t.Dial != nil {
		return direct(t), nil
	}
	if t.Config == nil {
		return way{}, errors.New("neither Dial nor Config is set")
	}
	return proxied(t)
}

func direct(t Target) way {
	host := net.JoinHostPort(t.Service+"."+t.Namespace+".svc", strconv.Itoa(t.Port))
	return way{
		via: i18n.M("cluster.traffic.via.network"),
		url: "http://" + host + t.Path,
		client: &http.Client{
			CheckRedirect: stay,
			Transport: &http.Transport{
				DialContext: t.Dial,
				// A Service chooses a pod per connection, so each request needs one.
				DisableKeepAlives:      true,
				MaxResponseHeaderBytes: longestBody,
			},
		},
	}
}

// proxied goes through the API server, which opens a connection to a pod of its
// own choice for each request
// (k8s.io/kubernetes/pkg/registry/core/service/storage, ResourceLocation).
func proxied(t Target) (way, error) {
	config := rest.CopyConfig(t.Config)
	config.WarningHandlerWithContext = rest.NoWarnings{}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return way{}, err
	}
	client.CheckRedirect = stay
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return way{}, err
	}
	path, query, _ := strings.Cut(t.Path, "?")
	base = base.JoinPath("api", "v1", "namespaces", t.Namespace, "services", t.Service+":"+strconv.Itoa(t.Port), "proxy", path)
	base.RawQuery = query
	return way{via: i18n.M("cluster.traffic.via.proxy"), url: base.String(), client: client, proxy: true}, nil
}

// stay keeps a pod from sending the prober somewhere else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// close lets the connections go that are kept for later.
func (w way) close() { utilnet.CloseIdleConnectionsFor(w.client.Transport) }

// ask sends one request. A status of 400 or above is an error.
func (w way) ask(ctx context.Context) (answer, error) {
	request, err := newRequest(ctx, w.url)
	if err != nil {
		return answer{}, err
	}
	response, err := w.client.Do(request)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // the learner knows which address was asked
		}
		return answer{}, err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return answer{}, w.refusal(response)
	}
	return whoIs(response)
}

// refusal returns what an answer of 400 or above says.
func (w way) refusal(response *http.Response) error {
	status := statusError{code: response.StatusCode}
	body, err := io.ReadAll(io.LimitReader(response.Body, longestBody))
	if err != nil {
		return err
	}
	var said metav1.Status
	if w.proxy && json.Unmarshal(body, &said) == nil && said.Kind == "Status" {
		status.proxy = said.Message
	}
	return status
}

// A statusError is an answer with a status of 400 or above.
type statusError struct {
	code  int
	proxy string // the API server's own words, if it was the API server that answered
}

func (e statusError) Error() string {
	if e.proxy != "" {
		return e.proxy
	}
	return strconv.Itoa(e.code) + " " + http.StatusText(e.code)
}
