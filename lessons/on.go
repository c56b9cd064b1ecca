package lessons

import (
	"slices"
	"strings"
)

// onBlock begins a part of a text that is for clusters of some providers only:
// "~~~on kind" up to "~~~".
const onBlock = "on"

// On returns a text as it reads on a provider's cluster: of its parts for some
// providers only those that are for this one.
func On(text, provider string) string {
	lines := strings.Split(text, "\n")
	kept := lines[:0:0]
	for i := 0; i < len(lines); i++ {
		fence, name := openingFence(lines[i])
		if fence == "" {
			kept = append(kept, lines[i])
			continue
		}
		end := i + 1
		for end < len(lines) && !closesFence(lines[end], fence) {
			end++
		}
		after := min(end+1, len(lines))
		switch {
		case name != onBlock:
			kept = append(kept, lines[i:after]...)
		case slices.Contains(strings.Fields(lines[i])[1:], provider):
			kept = append(kept, lines[i+1:end]...)
		}
		i = after - 1
	}
	return strings.Join(kept, "\n")
}
