package prompt

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func texts(candidates []Candidate) []string {
	var list []string
	for _, c := range candidates {
		list = append(list, c.Text)
	}
	return list
}

func TestCompletion(t *testing.T) {
	o := lab(t)
	for _, test := range []struct {
		line string // with | for the cursor
		want []string
		from int
	}{
		{"|", []string{"cat", "clear", "curl", "cut", "diff", "echo", "edit", "exit", "grep", "head", "help", "history", "k", "kubectl", "ls", "nano", "podium", "pwd", "sleep", "sort", "tail", "uniq", "vi", "vim", "wc", "wget"}, 0},
		{"ku| get", []string{"kubectl"}, 0},
		{"k get po | s|", []string{"sort"}, 11},
		{"k get po || sl|", []string{"sleep"}, 12},
		{"k get po; hi|", []string{"history"}, 10},
		{"k fake po|", []string{"pod/web-1", "pod/web-2"}, 7},
		{"k apply -f |", []string{"csv", "in", "more/", "numbers", "out", "table", "up", "web.yaml", "한글.txt"}, 11},
		{"k apply -f w|", []string{"web.yaml"}, 11},
		{"k apply -f more/|", []string{"more/a.yaml"}, 11},
		{"k apply --filename=w|", []string{"--filename=web.yaml"}, 8},
		{"cat more/a|", []string{"more/a.yaml"}, 4},
		{"vi 한|", []string{"한글.txt"}, 3},
		{"cat 'we|", []string{"web.yaml"}, 4},
		{"k get po > w|", []string{"web.yaml"}, 11},
		{"ls ../|", nil, 3},
		{"docker p|", nil, 7},
	} {
		line, rest, _ := strings.Cut(test.line, "|")
		if strings.Contains(rest, "|") { // the cursor is the last one
			at := strings.LastIndex(test.line, "|")
			line, rest = test.line[:at], test.line[at+1:]
		}
		got, err := completeWithin(t.Context(), patience, o, line+rest, len(line))
		if !slices.Equal(texts(got), test.want) {
			t.Errorf("%q may go on with %q, want %q (%v)", test.line, texts(got), test.want, err)
		}
		if at := Place(line+rest, len(line)); at != test.from {
			t.Errorf("%q: the word begins at %d, want %d", test.line, at, test.from)
		}
	}
}

func TestKubectlItselfCompletesVerbsAndFlags(t *testing.T) {
	o := lab(t)
	o.Kubeconfig = o.Home + "/none"
	for _, test := range []struct{ line, want, help string }{
		{"kubectl rol", "rollout", "Manage the rollout of a resource"},
		{"k rollout und", "undo", "Undo a previous rollout"},
		{"k get pods --all-n", "--all-namespaces", "If present, list the requested object"},
		{"k get --sel", "--selector", "Selector (label query)"},
	} {
		got, err := completeWithin(t.Context(), patience, o, test.line, len(test.line))
		if err != nil || len(got) == 0 || !strings.HasPrefix(got[0].Text, test.want) || !strings.Contains(got[0].Help, test.help[:10]) {
			t.Errorf("%q: %+v, %v", test.line, got, err)
		}
	}
}

func TestCompletionDoesNotWaitForASlowCluster(t *testing.T) {
	began := time.Now()
	got, err := Complete(t.Context(), lab(t), "k slow ", 7)
	if took := time.Since(began); err == nil || len(got) > 0 || took > 3*time.Second {
		t.Errorf("%q, %v after %s", got, err, took)
	}
}

func TestCandidatesAreCleanAndHelped(t *testing.T) {
	got, directive := parseCompletion("pod/web-1\tready\x1b]0;gone\a\nbad\x1b[31m\n_activeHelp_ x\n:4\nnoise\n")
	if len(got) != 1 || got[0] != (Candidate{"pod/web-1", "ready"}) || directive != 4 {
		t.Errorf("%+v, %d", got, directive)
	}
}

func TestCommonPrefix(t *testing.T) {
	for want, list := range map[string][]string{
		"web-": {"web-1", "web-2"}, "": {"a", "b"}, "same": {"same"}, "한": {"한국", "한글"},
	} {
		var all []Candidate
		for _, text := range list {
			all = append(all, Candidate{Text: text})
		}
		if got := Common(all); got != want {
			t.Errorf("of %q it is %q", list, got)
		}
	}
}

func TestKindsAreOfferedAsTheyAreTyped(t *testing.T) {
	got := asTyped([]Candidate{{Text: "deployments.apps"}, {Text: "pods"}, {Text: "networkpolicies.networking.k8s.io", Help: "h"}})
	if want := []Candidate{{Text: "deployments"}, {Text: "pods"}, {Text: "networkpolicies", Help: "h"}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for line, want := range map[string]bool{
		"get": true, "describe -n lab": true, "get -o wide": true, "delete --now": true, "scale --replicas=2": true,
		"get pods": false, "get -n lab pods": false, "logs": false, "rollout status": false, "": false,
	} {
		if kindExpected(strings.Fields(line)) != want {
			t.Errorf("%q: a kind is expected: %v", line, !want)
		}
	}
}
