package prompt

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
)

// configLimit bounds a list of addresses.
const configLimit = 64 << 10

// configured adds the addresses that curl's -K finds in a file or, for "-", in
// standard input: one line `url = ADDRESS` for each. So a pipe can say whom to
// ask, where a shell would substitute.
func (r request) configured(ctx context.Context, s shell, std stdio) (request, error) {
	if r.config == "" {
		return r, nil
	}
	from := std.in
	if from == nil {
		from = strings.NewReader("")
	}
	if r.config != "-" {
		file, err := s.folder.open(r.config, os.O_RDONLY, 0)
		if err != nil {
			return r, err
		}
		defer file.Close()
		from = file
	}
	lines := bufio.NewScanner(io.LimitReader(from, configLimit))
	for lines.Scan() && ctx.Err() == nil {
		name, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		switch strings.TrimSpace(name) {
		case "url":
			r.urls = append(r.urls, strings.Trim(strings.TrimSpace(value), `"`))
		case "":
		default:
			return r, refuse("prompt.curl-config", "Line", printable(lines.Text()))
		}
	}
	return r, lines.Err()
}
