package kubectl

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say where a kubectl child finds its cluster and its files.
type Options struct {
	Self       string   // podium's executable; empty: the running one
	Kubeconfig string   // the file that holds the lab's context; its namespace is the child's
	Home       string   // podium's home: caches go below it
	Folder     string   // the child's working directory; empty: this process's
	Editor     string   // the learner's own editor for kubectl edit; empty: podium's built-in one
	Extra      []string // further NAME=value pairs for the child, later ones win
}

// Chosen names the variable that tells a child of podium which kubeconfig is the
// lab's. KUBECONFIG alone can't: in a shell it is the learner's own.
const Chosen = "PODIUM_KUBECONFIG"

// Grace is how long an interrupted child may take to end before it is killed.
const Grace = 2 * time.Second

// Command returns kubectl with args as a child of podium's executable, not yet
// started. Cancelling ctx interrupts it and kills it after [Grace]. Standard
// input, output and error are the caller's to set.
func Command(ctx context.Context, o Options, args ...string) *exec.Cmd {
	return Self(ctx, o, append([]string{Word}, args...)...)
}

// Self returns podium's own executable with args as a child in the environment
// of [Options.Environ], not yet started. Cancelling ctx is as in [Command].
func Self(ctx context.Context, o Options, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, o.self(), args...)
	cmd.Dir = o.Folder
	cmd.Env = o.Environ()
	cmd.WaitDelay = Grace
	if runtime.GOOS != "windows" { // which has no interrupt to send
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
	return cmd
}

func (o Options) self() string {
	if o.Self != "" {
		return o.Self
	}
	self, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return self
}

// inherited are the variables a child gets from podium's own environment: what
// programs need to run at all, the terminal's and the locale's.
var inherited = []string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE", "TERM", "COLORTERM", "NO_COLOR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
	// Windows
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "USERNAME", "HOMEDRIVE",
	"HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
	// podium's own
	"PODIUM_HOME", "PODIUM_EDITOR", boundsVariable,
}

// bounding are the variables that bound a Go program; a child gets them where
// podium serves learners, which [boundsVariable] says. A learner's own shell may
// have set them for something else.
var bounding = []string{"GOMEMLIMIT", "GODEBUG"}

// boundsVariable is podium/confine's.
const boundsVariable = "PODIUM_BOUNDS"

// inheritedPrefixes are those of which a family is needed: locales, and what
// the credential helpers that a kubeconfig may name read.
var inheritedPrefixes = []string{"LC_", "XDG_", "AWS_", "AZURE_", "ARM_", "GOOGLE_", "CLOUDSDK_", "USE_GKE_"}

// Environ is the whole environment of a child: chosen, not inherited, so that
// nothing of the learner's shell changes what the lab shows.
func (o Options) Environ() []string {
	var env []string
	noProxy := "localhost,127.0.0.1,::1"
	served := os.Getenv(boundsVariable) != ""
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		upper := strings.ToUpper(name)
		if upper == "NO_PROXY" {
			if value != "" {
				noProxy += "," + value
			}
			continue
		}
		family := func(prefix string) bool { return strings.HasPrefix(upper, prefix) }
		if slices.Contains(inherited, upper) || slices.ContainsFunc(inheritedPrefixes, family) || served && slices.Contains(bounding, upper) {
			env = append(env, pair)
		}
	}
	env = append(env,
		"NO_PROXY="+noProxy, "no_proxy="+noProxy,
		"KUBECTL_KUBERC=false",
		"KUBECACHEDIR="+cacheDir(o.Home),
		"KUBE_EDITOR="+o.editor(),
	)
	if o.Kubeconfig != "" {
		env = append(env, "KUBECONFIG="+o.Kubeconfig, Chosen+"="+o.Kubeconfig)
	}
	if o.Home != "" {
		env = append(env, "PODIUM_HOME="+o.Home)
	}
	return append(env, o.Extra...)
}

// editor is the value of KUBE_EDITOR. kubectl splits it at spaces, and hands it
// to a shell only if it holds a quote or a backslash (kubectl/pkg/cmd/util/editor),
// so that plain paths need no shell.
func (o Options) editor() string {
	if o.Editor != "" {
		return o.Editor
	}
	self := filepath.ToSlash(o.self())
	if strings.ContainsAny(self, " '\"\\") {
		self = `"` + self + `"`
	}
	return self + " edit"
}
