package lessons

import (
	"regexp"
	"slices"
	"strings"

	"podium/cluster"
)

// A shownCommand is a command that a lesson's words show, by its words.
type shownCommand struct {
	words  []string
	column int // from 1, of the line it stands in
}

var (
	inlineCode = regexp.MustCompile("`[^`]+`")
	ends       = regexp.MustCompile(`\s*(\||;|&&)\s*`)
	shown      = []string{"kubectl", "k", "cat", "head", "tail", "grep", "diff", "edit", "vi", "nano"}
)

// commandsIn finds the commands in a line of Markdown: the line itself, as in a
// fenced block, and what stands between backquotes.
func commandsIn(line string) []shownCommand {
	var found []shownCommand
	add := func(text string, at int) {
		for _, one := range ends.Split(strings.TrimPrefix(text, "$ "), -1) {
			if words := strings.Fields(one); len(words) > 1 && slices.Contains(shown, words[0]) {
				found = append(found, shownCommand{words, at})
			}
		}
	}
	if spans := inlineCode.FindAllStringIndex(line, -1); len(spans) > 0 {
		for _, span := range spans {
			add(line[span[0]+1:span[1]-1], 2+len([]rune(line[:span[0]])))
		}
		return found
	}
	add(strings.TrimSpace(line), 1)
	return found
}

// mentions are the files and the objects that a command names.
type mentions struct {
	files   []string
	objects []mentionedObject
}

type mentionedObject struct{ kind, name string }

// concrete reports whether a word is a name itself and not a place for one:
// FILE, NAME, {{an expression}}, <one>, web-….
func concrete(word string) bool {
	return word != "" && strings.ToUpper(word) != word && !strings.ContainsAny(word, "{}<>*$…()\"'#%?[]\\")
}

// withValue are kubectl's flags whose value is the next word.
var withValue = []string{
	"-n", "-c", "-l", "-o", "-L", "-p", "--container", "--selector", "--output", "--namespace", "--image", "--replicas", "--port",
	"--target-port", "--tail", "--timeout", "--for", "--type", "--patch", "--to-revision", "--revision", "--labels", "--since",
	"--min", "--max", "--name", "--sort-by", "--field-selector", "--resource-version",
}

// mentionsOf reads a command as far as its files and objects go.
func mentionsOf(words []string) mentions {
	var said mentions
	if words[0] != "kubectl" && words[0] != "k" {
		if words[0] == "cat" || words[0] == "diff" {
			said.files = slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool { return !concrete(w) || strings.HasPrefix(w, "-") })
		}
		return said
	}
	var plainWords []string
	for i := 1; i < len(words) && words[i] != "--"; i++ {
		word := words[i]
		switch {
		case word == "-f" && words[1] != "logs" || word == "--filename":
			if i++; i < len(words) && concrete(words[i]) && words[i] != "-" {
				said.files = append(said.files, words[i])
			}
		case slices.Contains(withValue, word):
			i++
		case strings.HasPrefix(word, "--filename="):
			said.files = append(said.files, strings.TrimPrefix(word, "--filename="))
		case !strings.HasPrefix(word, "-"):
			plainWords = append(plainWords, word)
		}
	}
	said.objects = objectsIn(plainWords)
	return said
}

// podVerbs are those whose first word is a pod's name if it is no kind/name.
var podVerbs = []string{"logs", "exec", "attach", "port-forward"}

// nameVerbs are those that are followed by a kind and then by names.
var nameVerbs = []string{"get", "describe", "delete", "edit", "scale", "expose", "autoscale", "wait", "patch", "label", "annotate", "history", "undo", "status", "restart", "pause", "resume"}

func objectsIn(words []string) []mentionedObject {
	if len(words) > 1 && (words[0] == "rollout" || words[0] == "set") {
		words = words[1:]
	}
	if len(words) < 2 {
		return nil
	}
	var found []mentionedObject
	kind := ""
	if slices.Contains(podVerbs, words[0]) {
		kind = "pod"
		words = words[:2]
	}
	for i, word := range words[1:] {
		of, name, joined := strings.Cut(word, "/")
		switch {
		case joined && known(of) != "" && concrete(name):
			found = append(found, mentionedObject{known(of), name})
		case joined || strings.ContainsAny(word, "=,") || strings.HasSuffix(word, "-"):
		case i == 0 && kind == "" && slices.Contains(nameVerbs, words[0]):
			if kind = known(word); kind == "" {
				return found
			}
		case kind != "" && concrete(word):
			found = append(found, mentionedObject{kind, word})
		}
	}
	return found
}

// known returns the kind that a word of a command names, as kubectl writes it: ""
// if it is none that lessons can check. Nodes have the provider's names.
func known(word string) string {
	for _, k := range cluster.Kinds() {
		if name := strings.ToLower(k.Kind); k.Namespaced && k.Kind != "Event" && (word == name || word == k.Resource || word == k.Short) {
			return name
		}
	}
	return ""
}
