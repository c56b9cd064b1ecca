// Package kubectl is kubectl itself, linked in, run as a child of podium's own
// executable.
//
// It is a child because kubectl in one process with the screen ignores
// contexts, ends in os.Exit on an interrupt and writes to the real terminal;
// as a child it is an ordinary program that can be interrupted, resized and
// killed.
package kubectl

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// Version is the release of kubectl that is linked in, for the linker's
// -X k8s.io/component-base/version.gitVersion.
const Version = "v1.36.3"

// DiffWord is the last argument of the child that shows what kubectl diff found:
// kubectl puts its two folders before the words of KUBECTL_EXTERNAL_DIFF.
const DiffWord = "show-diff"

// Word is the subcommand of podium, and the name of a link to it, that is kubectl.
const Word = "kubectl"

// Main is `podium kubectl args…`: kubectl with the cluster that KUBECONFIG
// names. It leaves the process by os.Exit with kubectl's own code when the
// command fails, as kubectl does, and returns 0 otherwise. It changes the
// process's environment, so a process calls it once and last.
//
// It differs from kubectl in what it keeps away from: no plugin is looked up
// or run, ~/.kube is neither read nor written, and without KUBECONFIG there is
// no cluster at all instead of somebody's default one. Where there is none, or it
// isn't running, it says so in one of the sentences and ends with 1.
func Main(args []string, say Sentences) int {
	settle()
	command := newCommand(args, func(c *rest.Config) *rest.Config {
		c.Wrap(func(way http.RoundTripper) http.RoundTripper {
			return guard{way, say, c.Host, c.Host == clientcmd.ClusterDefaults.Server}
		})
		return c
	})
	if err := cli.RunNoErrOutput(command); err != nil {
		cmdutil.CheckErr(err)
	}
	return 0
}

// Sentences are what podium says in place of kubectl, whose ways to ask each word
// a failure in a manner of their own, some of them five times.
type Sentences struct {
	None string                     // there is no cluster; kubectl would look for one at localhost:8080
	Gone func(server string) string // nothing listens where the cluster was
}

// A guard passes requests on and ends the process when nobody can answer them.
type guard struct {
	way    http.RoundTripper
	say    Sentences
	server string
	none   bool
}

// RoundTrip implements [http.RoundTripper].
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.none {
		fmt.Fprintln(os.Stderr, g.say.None)
		os.Exit(1)
	}
	answer, err := g.way.RoundTrip(r)
	if errors.Is(err, syscall.ECONNREFUSED) {
		fmt.Fprintln(os.Stderr, g.say.Gone(g.server))
		os.Exit(1)
	}
	return answer, err
}

// settle fixes what kubectl reads from the environment before its commands are
// made.
func settle() {
	defaults := map[string]string{
		"KUBECONFIG":   os.DevNull,
		"KUBECACHEDIR": cacheDir(os.Getenv("PODIUM_HOME")),
	}
	for name, value := range defaults {
		if os.Getenv(name) == "" {
			os.Setenv(name, value)
		}
	}
	if os.Getenv("KUBECTL_EXTERNAL_DIFF") == "" {
		differ()
	}
	os.Setenv("KUBECTL_KUBERC", "false")
	// Inside a pod, kubectl without a cluster would act on the one it runs in.
	os.Unsetenv("KUBERNETES_SERVICE_HOST")
}

// differ makes podium itself the program that kubectl diff runs: the host may have
// none. kubectl cuts the variable at blanks (kubectl/pkg/cmd/diff), so a path that
// holds one is looked up instead.
func differ() {
	self, err := os.Executable()
	if err != nil {
		return // kubectl falls back to the host's diff
	}
	if strings.Contains(self, " ") {
		os.Setenv("PATH", filepath.Dir(self)+string(os.PathListSeparator)+os.Getenv("PATH"))
		self = filepath.Base(self)
	}
	os.Setenv("KUBECTL_EXTERNAL_DIFF", self+" "+DiffWord)
}

func cacheDir(home string) string {
	if home == "" {
		home = filepath.Join(os.TempDir(), "podium")
	}
	return filepath.Join(home, "cache", "kubectl")
}

func newCommand(args []string, check func(*rest.Config) *rest.Config) *cobra.Command {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	// Making the commands walks every folder on PATH for plugins, for the help
	// text and for completion only.
	path, had := os.LookupEnv("PATH")
	os.Unsetenv("PATH")
	root := cmd.NewDefaultKubectlCommandWithArgs(cmd.KubectlOptions{
		Arguments: append([]string{Word}, args...),
		// As defaultConfigFlags in kubectl/pkg/cmd/cmd.go.
		ConfigFlags: genericclioptions.NewConfigFlags(true).WithDeprecatedPasswordFlag().
			WithDiscoveryBurst(300).WithDiscoveryQPS(50).WithWarningPrinter(streams).WithWrapConfigFn(check),
		IOStreams: streams,
	})
	if completesVerb := len(args) == 2 && args[0] == cobra.ShellCompRequestCmd; had && !completesVerb {
		os.Setenv("PATH", path)
	}
	// With no arguments set, cobra takes os.Args, where podium's own word leads.
	root.SetArgs(append([]string{}, args...))
	return root
}
