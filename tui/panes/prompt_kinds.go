package panes

import (
	"slices"
	"strings"

	"podium/prompt"
)

// lasting reports whether a script is one whose output goes on.
func lasting(script prompt.Script) bool {
	for _, argv := range script.Kubectl() {
		if interactive(script) || slices.Contains(argv, "port-forward") ||
			slices.ContainsFunc(argv, func(a string) bool { return slices.Contains([]string{"-w", "--watch", "-f", "--follow"}, a) }) &&
				slices.ContainsFunc(argv, func(a string) bool { return slices.Contains([]string{"get", "logs", "rollout"}, a) }) {
			return true
		}
	}
	return interactive(script)
}

// interactive reports whether a script reads keys.
func interactive(script prompt.Script) bool {
	for _, argv := range script.Kubectl() {
		if len(argv) > 0 && slices.Contains([]string{"exec", "attach", "edit", "run", "debug"}, argv[0]) &&
			(argv[0] == "edit" || slices.ContainsFunc(argv, func(a string) bool {
				return slices.Contains([]string{"-i", "-t", "-it", "-ti", "--stdin", "--tty"}, a)
			})) {
			return true
		}
	}
	return false
}

// readers are the words that read the keyboard when they are given no file.
var readers = []string{"cat", "grep", "head", "tail", "wc", "sort", "uniq", "cut", "edit", "vi", "vim", "nano"}

// reads reports whether keys belong to the script while it runs. What is typed
// under any other one is meant for the next line.
func reads(script prompt.Script) bool {
	fields := strings.Fields(script.Line())
	return interactive(script) || len(fields) > 0 && slices.Contains(readers, fields[0]) || slices.Contains(fields, "-")
}
