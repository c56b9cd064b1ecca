package prompt

import (
	"slices"
	"strings"
)

// role says what one of the prompt's words does.
type role int

const (
	roleKubectl role = iota + 1 // kubectl itself
	roleFilter                  // reads standard input or files, writes text
	roleFile                    // shows the lesson's folder
	roleEdit                    // opens the editor
	roleNetwork                 // speaks HTTP through the cluster's network
	rolePodium                  // podium itself, to switch the lab's nodes
	roleScreen                  // is the screen's own to do when it stands alone
	rolePlain                   // the rest
)

// words are all the commands the prompt knows.
var words = map[string]role{
	"kubectl": roleKubectl, "k": roleKubectl,
	"grep": roleFilter, "head": roleFilter, "tail": roleFilter, "wc": roleFilter, "sort": roleFilter,
	"uniq": roleFilter, "cut": roleFilter, "cat": roleFilter, "diff": roleFilter,
	"ls": roleFile, "pwd": roleFile,
	"edit": roleEdit, "vi": roleEdit, "vim": roleEdit, "nano": roleEdit,
	"podium": rolePodium,
	"curl":   roleNetwork, "wget": roleNetwork,
	"clear": roleScreen, "history": roleScreen, "help": roleScreen, "exit": roleScreen,
	"echo": rolePlain, "sleep": rolePlain,
}

// named returns the words of a role, sorted.
func named(r role) []string {
	var list []string
	for word, its := range words {
		if its == r {
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return list
}

func filters() string { return strings.Join(named(roleFilter), ", ") }
