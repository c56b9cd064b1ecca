package traffic

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Headers by which a container may say who it is, whatever its body holds.
const (
	PodHeader     = "X-Podium-Pod"
	VersionHeader = "X-Podium-Version"
)

const (
	longestBody = 64 << 10 // bytes of an answer that are read
	longestName = 63       // bytes of a pod name or version that are kept, as in a DNS label
	longestText = 32       // characters of a body that can still be told apart on a chart
)

// An answer says who answered a request; "" stands for what it doesn't say.
type answer struct {
	pod, version string
}

// whoIs reads who answered, from the surest sign to the weakest: the JSON that
// podinfo and the lessons' own image answer with, the headers above, a body
// that is one short line, and the Server header.
func whoIs(response *http.Response) (answer, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, longestBody))
	if err != nil {
		return answer{}, err
	}
	var podinfo struct {
		Hostname string `json:"hostname"`
		Version  string `json:"version"`
	}
	var a answer
	if json.Unmarshal(body, &podinfo) == nil {
		a = answer{pod: podinfo.Hostname, version: podinfo.Version}
	}
	for _, sign := range []struct {
		of   *string
		says string
	}{
		{&a.pod, response.Header.Get(PodHeader)},
		{&a.version, response.Header.Get(VersionHeader)},
		{&a.version, line(body)},
		{&a.version, server(response.Header.Get("Server"))},
	} {
		if *sign.of == "" {
			*sign.of = sign.says
		}
	}
	return answer{pod: clean(a.pod, longestName), version: clean(a.version, longestName)}, nil
}

// line returns a body that is one short line of text, as an echo server's is.
func line(body []byte) string {
	text := strings.TrimSpace(string(body))
	if utf8.RuneCountInString(text) > longestText || strings.ContainsAny(text, "<{\n") {
		return ""
	}
	return text
}

// server returns the program and version of a Server header such as
// "Apache/2.4.58 (Unix)", or "" if it has no version.
func server(header string) string {
	name, _, _ := strings.Cut(header, " ")
	if !strings.Contains(name, "/") {
		return ""
	}
	return name
}

// clean makes text from outside safe to draw: no control or formatting
// characters, valid UTF-8, at most longest bytes.
func clean(text string, longest int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return text
}
