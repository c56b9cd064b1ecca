package prompt

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"podium/cluster/kubectl"
	"podium/i18n"
)

// Options say as whom and where the learner's commands run. They reach the
// child that runs a line through its environment.
type Options struct {
	Self       string // podium's executable; empty: the running one
	Kubeconfig string // a file with the lab's context and no other; its namespace is the prompt's
	Home       string // podium's home
	Folder     string // the lesson's folder, the only one whose files can be named
	Network    string // unix socket of an HTTP CONNECT proxy into the cluster's network; empty: loopback only
	History    string // the history file, for the word history
	Editor     string // the learner's own editor; empty: podium's built-in one
	Language   i18n.Language
}

const (
	envNetwork  = "PODIUM_NETWORK"
	envHistory  = "PODIUM_HISTORY"
	envLanguage = "PODIUM_LANG"
	envEditor   = "PODIUM_EDITOR"
	envHome     = "PODIUM_HOME"
	envBounds   = "PODIUM_BOUNDS" // there where podium serves learners
)

// Word is the hidden subcommand of podium that runs one line: see [Main].
const Word = "run-line"

// kubectl returns the options of children, in whose environment term is the
// terminal's type.
func (o Options) kubectl(term string) kubectl.Options {
	return kubectl.Options{
		Self: o.Self, Kubeconfig: o.Kubeconfig, Home: o.Home, Folder: o.Folder, Editor: o.Editor,
		Extra: []string{
			"TERM=" + term,
			envNetwork + "=" + o.Network, envHistory + "=" + o.History,
			envEditor + "=" + o.Editor, envLanguage + "=" + string(o.Language),
		},
	}
}

// terminalType is what x/vt emulates.
const terminalType = "xterm-256color"

// Child returns podium's own executable running line, for [Terminal.Start]: not
// yet started, in the environment and the folder that o says.
func Child(ctx context.Context, o Options, line string) *exec.Cmd {
	return kubectl.Self(ctx, o.kubectl(terminalType), Word, "--", line)
}

// inherited are the options of the child, as [Child] put them into the
// environment.
func inherited() Options {
	folder, err := os.Getwd()
	if err != nil {
		folder = filepath.Dir(os.Args[0])
	}
	return Options{
		Kubeconfig: os.Getenv("KUBECONFIG"), Home: os.Getenv(envHome), Folder: folder,
		Network: os.Getenv(envNetwork), History: os.Getenv(envHistory), Editor: os.Getenv(envEditor),
		Language: i18n.Language(os.Getenv(envLanguage)),
	}
}
