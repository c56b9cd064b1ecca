package prompt

import "strings"

// search is Ctrl-R: going back through the history by a piece of text.
type search struct {
	query string
	at    int // the entry shown; len(entries) if none was found yet
	found bool
	draft string
	above []string
}

// Search begins a search backwards, or goes on to the next older statement that
// holds the query.
func (in *Input) Search() {
	if in.search == nil {
		in.search = &search{at: len(in.history.Entries()), draft: in.value, above: in.pending}
		return
	}
	in.find(in.search.at - 1)
}

// Searching returns the query, whether a search goes on, and whether the line
// shows a statement that holds the query.
func (in *Input) Searching() (query string, on, found bool) {
	if in.search == nil {
		return "", false, false
	}
	return in.search.query, true, in.search.found
}

// Refine adds text to the query, or takes its last cluster away if text is "".
func (in *Input) Refine(text string) {
	if in.search == nil {
		return
	}
	if text == "" {
		in.search.query = in.search.query[:before(in.search.query, len(in.search.query))]
	} else {
		in.search.query += typed(text)
	}
	in.search.at = len(in.history.Entries())
	in.find(in.search.at - 1)
}

func (in *Input) find(from int) {
	entries := in.history.Entries()
	if in.search.query == "" {
		in.search.found = false
		return
	}
	for i := from; i >= 0; i-- {
		if strings.Contains(entries[i], in.search.query) {
			in.search.at, in.search.found = i, true
			in.recall(entries[i])
			return
		}
	}
	if in.search.at == len(entries) {
		in.search.found = false
	}
}

// Accept ends the search with the statement that is shown, AbandonSearch with
// what was typed before it.
func (in *Input) Accept() { in.stopSearch() }

// AbandonSearch ends the search and brings back what was typed before it.
func (in *Input) AbandonSearch() {
	if in.search == nil {
		return
	}
	draft, above := in.search.draft, in.search.above
	in.search = nil
	in.pending = above
	in.Set(draft)
}

func (in *Input) stopSearch() {
	if in.search != nil && in.search.found {
		in.at = in.search.at
	}
	in.search = nil
}
