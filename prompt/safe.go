package prompt

import (
	"path/filepath"
	"slices"
	"strings"
)

// safeVerbs are the kubectl verbs that a lesson pack's solutions may use: they
// act on the lab's cluster, end by themselves and run nothing on the host.
var safeVerbs = []string{
	"annotate", "api-resources", "api-versions", "apply", "auth", "autoscale", "certificate", "cluster-info", "cordon",
	"create", "delete", "describe", "diff", "drain", "events", "exec", "explain", "expose", "get", "label", "logs", "patch",
	"replace", "rollout", "run", "scale", "set", "taint", "top", "uncordon", "version", "wait",
}

// unsafeFlags leave the lab's cluster or the learner's own rights in it, wait for
// the keyboard, never end, or read and write files that are not the lesson's.
var unsafeFlags = []string{
	"kubeconfig", "context", "cluster", "user", "server", "s", "token", "as", "as-group", "as-uid", "as-user-extra",
	"username", "password", "certificate-authority", "client-certificate", "client-key", "insecure-skip-tls-verify",
	"tls-server-name", "cache-dir", "kuberc", "profile", "profile-output",
	"stdin", "tty", "attach", "edit", "watch", "watch-only", "follow", "leave-stdin-open",
	"output-directory", "cert", "key", "editor", "prefix-path",
}

// unsafeShorthands are one-letter flags that a verb makes interactive or endless.
var unsafeShorthands = map[string]string{
	"exec": "it", "run": "it", "create": "", "get": "w", "events": "w", "logs": "f", "rollout": "",
}

// pathFlags name files.
var pathFlags = []string{"filename", "kustomize", "k", "from-file", "from-env-file", "patch-file", "raw-file", "template-file"}

// Safe says why a statement is not one that a lesson pack may have run without
// being asked: its error has a sentence. It is stricter than [Parse], which
// answers to the learner's own hands.
func (s Script) Safe() error {
	for _, c := range s.calls {
		var err error
		switch words[c.args[0]] {
		case roleKubectl:
			err = safeKubectl(c.args[1:])
		case roleNetwork:
			err = safeRequest(c.args)
		case rolePodium:
			err = onlyNodes(c.args[1:])
		case roleEdit, roleScreen:
			err = unsafe(c.args[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unsafe(what string) error { return refuse("prompt.unsafe", "What", what) }

func safeKubectl(argv []string) error {
	does := verb(argv)
	if !slices.Contains(safeVerbs, does) {
		return unsafe("kubectl " + does)
	}
	for _, f := range flags(argv) {
		if slices.Contains(unsafeFlags, f.name) && f.value != "false" {
			return unsafe(dashed(f.name))
		}
		if len(f.name) == 1 && strings.Contains(unsafeShorthands[does], f.name) {
			return unsafe("kubectl " + does + " -" + f.name)
		}
		if err := safePath(does, f); err != nil {
			return err
		}
	}
	return nil
}

// safePath refuses flags whose value names a file outside the lesson's folder
// or an address on the internet.
func safePath(does string, f flag) error {
	value := f.value
	if value == "" {
		value = f.next
	}
	switch {
	case f.name == "f" && does != "logs", slices.Contains(pathFlags, f.name):
	case (f.name == "o" || f.name == "output") && strings.Contains(value, "-file="):
		_, value, _ = strings.Cut(value, "=")
	case f.name == "template":
		return unsafe("--template") // a file or a text, by another flag's value
	default:
		return nil
	}
	for one := range strings.SplitSeq(value, ",") {
		// --from-file=KEY=PATH
		if _, path, named := strings.Cut(one, "="); named && strings.HasPrefix(f.name, "from-") {
			one = path
		}
		if one == "-" {
			continue
		}
		if strings.Contains(one, "://") || !filepath.IsLocal(filepath.FromSlash(one)) {
			return refuse("prompt.outside", "Path", one)
		}
	}
	return nil
}

// safeRequest lets a pack's solution look at what the lab serves and nothing
// else: loopback also holds services that have nothing to do with it.
func safeRequest(args []string) error {
	read := curlRequest
	if args[0] == "wget" {
		read = wgetRequest
	}
	r, err := read(args[1:])
	if err != nil {
		return err
	}
	if r.hasData || r.method != "" && r.method != "GET" && r.method != "HEAD" {
		return unsafe(args[0] + " -X, -d")
	}
	return nil
}

func dashed(flag string) string {
	if len(flag) == 1 {
		return "-" + flag
	}
	return "--" + flag
}
