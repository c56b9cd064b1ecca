package main

import (
	"os"
	"path/filepath"
	"strings"

	"podium/cluster/kind"
	"podium/cluster/kubectl"
	"podium/prompt"
	"podium/tui/editor"
)

// asChild returns the program that the executable is to be in this process,
// when its name or its first argument says that it isn't podium itself.
func asChild(args []string) (func() int, bool) {
	if name := strings.TrimSuffix(filepath.Base(args[0]), ".exe"); name == kubectl.Word {
		args = append([]string{args[0], kubectl.Word}, args[1:]...)
	}
	if len(args) < 2 {
		return nil, false
	}
	// Two folders come before the word: an argument of kubectl's is no such path.
	if len(args) == 4 && args[3] == kubectl.DiffWord && filepath.IsAbs(args[1]) && filepath.IsAbs(args[2]) {
		return narrowed(func() int { return prompt.DiffMain(args[1:3], wishedLanguage(nil)) }), true
	}
	rest := args[2:]
	switch args[1] {
	case kubectl.Word:
		return narrowed(func() int { return runKubectl(rest) }), true
	case editor.Verb:
		return narrowed(func() int { return editor.Main(rest, wishedLanguage(nil)) }), true
	case mendWord:
		return mend, true
	case kind.Word:
		return kind.Main, true
	case prompt.Word:
		return narrowed(func() int { return prompt.Main(rest) }), true
	case confinedWord:
		return func() int { return becomeConfined(rest) }, true
	}
	return nil, false
}

// runKubectl is `podium kubectl` from a shell: kubectl on the lab's cluster,
// whatever KUBECONFIG says, which is the learner's and not podium's to act on.
// At the prompt, and in a grandchild of it, the lab's is already chosen.
func runKubectl(args []string) int {
	if os.Getenv(kubectl.Chosen) == "" {
		h, err := findHome()
		if err != nil {
			return report(os.Stderr, err, wishedLanguage(nil))
		}
		for name, value := range map[string]string{"KUBECONFIG": filepath.Join(h.provider(defaultProvider()), "kubeconfig"), "PODIUM_HOME": string(h)} {
			if err := os.Setenv(name, value); err != nil {
				return report(os.Stderr, err, wishedLanguage(nil))
			}
		}
	}
	return kubectl.Main(args, prompt.KubectlSays(wishedLanguage(nil)))
}
