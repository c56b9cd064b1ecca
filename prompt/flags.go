package prompt

import (
	"slices"
	"strings"
)

// flag is one flag of a kubectl command line, as far as it can be told without
// kubectl's own tables: a value in the next argument may belong to it or not.
type flag struct {
	name  string // without dashes; shorthands are one letter
	value string // after = or joined to the shorthand
	next  string // the next argument
}

// switches are kubectl's one-letter flags without a value: letters after one of
// them in the same argument are flags again (kubectl -it).
const switches = "AhiLqRtwpRW"

// flags returns the flags before "--".
func flags(argv []string) []flag {
	var list []flag
	for i, arg := range argv {
		next := ""
		if i+1 < len(argv) {
			next = argv[i+1]
		}
		switch {
		case arg == "--":
			return list
		case strings.HasPrefix(arg, "--"):
			name, value, _ := strings.Cut(arg[2:], "=")
			// kubectl takes --client_key for --client-key.
			list = append(list, flag{strings.ReplaceAll(name, "_", "-"), value, next})
		case strings.HasPrefix(arg, "-") && len(arg) > 1:
			for j := 1; j < len(arg); j++ {
				rest := strings.TrimPrefix(arg[j+1:], "=")
				list = append(list, flag{arg[j : j+1], rest, next})
				if !strings.Contains(switches, arg[j:j+1]) {
					break
				}
			}
		}
	}
	return list
}

// valued are kubectl's flags for every verb that take a value, so that the verb
// can be found behind them.
var valued = []string{
	"n", "namespace", "v", "v-module", "request-timeout", "context", "cluster", "user", "kubeconfig", "s", "server", "token",
	"as", "as-group", "as-uid", "as-user-extra", "cache-dir", "certificate-authority", "client-certificate", "client-key",
	"tls-server-name", "username", "password", "log-flush-frequency", "profile", "profile-output", "vmodule", "kuberc",
}

// verb is the first argument that is neither a flag nor a flag's value.
func verb(argv []string) string {
	for i := 0; i < len(argv); i++ {
		arg := argv[i]
		if !strings.HasPrefix(arg, "-") {
			return arg
		}
		name := strings.TrimLeft(arg, "-")
		if slices.Contains(valued, strings.ReplaceAll(name, "_", "-")) {
			i++
		}
	}
	return ""
}

// elsewhere are the flags that make kubectl leave the lab's cluster.
var elsewhere = []string{"kubeconfig", "server", "s", "context", "cluster"}

// ownCluster refuses a kubectl command line that names another cluster.
func ownCluster(argv []string) error {
	for _, f := range flags(argv) {
		if slices.Contains(elsewhere, f.name) {
			return refuse("prompt.own-cluster", "Flag", dashed(f.name))
		}
	}
	return nil
}
