package traffic

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestWhoAnsweredIsReadFromTheSurestSign(t *testing.T) {
	headers := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	page := "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head></html>"
	for _, test := range []struct {
		name   string
		header http.Header
		body   string
		want   answer
	}{
		{"podinfo", headers("Server", "nginx/1.27.0"), `{"hostname":"web-1","version":"6.7.1","color":"#34577c"}`, answer{"web-1", "6.7.1"}},
		{"headers", headers(PodHeader, "web-2", VersionHeader, "v2"), page, answer{"web-2", "v2"}},
		{"nginx", headers("Server", "nginx/1.27.5"), page, answer{"", "nginx/1.27.5"}},
		{"apache", headers("Server", "Apache/2.4.58 (Unix)"), "<html><body><h1>It works!</h1></body></html>\n", answer{"", "Apache/2.4.58"}},
		{"echo", nil, "Hello Docker!!\n", answer{"", "Hello Docker!!"}},
		{"another JSON", headers("Server", "x"), `{"ok":true}`, answer{}},
		{"JSON of other types", nil, `{"hostname":1,"version":[]}`, answer{}},
		{"nothing", nil, "", answer{}},
		{"hostile", nil, "{\"hostname\":\"a\\u001b]0;owned\\u0007\\u202eb\",\"version\":\"" + strings.Repeat("가", 100) + "\"}", answer{"a]0;ownedb", strings.Repeat("가", 21)}},
		{"endless", nil, strings.Repeat("x", 1<<20), answer{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := whoIs(&http.Response{Header: test.header, Body: io.NopCloser(strings.NewReader(test.body))})
			if err != nil || got != test.want {
				t.Errorf("%+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}
