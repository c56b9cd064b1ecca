// Package manifests holds the YAML that the simulated cluster begins with: the
// images its nodes can pull (images.yaml) and what runs in kube-system
// (system.yaml).
package manifests

import "embed"

// FS holds the files of this folder by their names; apps/ holds the
// applications that lessons use.
//
//go:embed *.yaml apps/*.yaml
var FS embed.FS
