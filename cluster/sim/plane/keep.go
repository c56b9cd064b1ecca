//go:build keepmods

package main

// These imports keep go mod tidy from dropping the requirements of staging
// modules that k8s.io/kubernetes itself requires at v0.0.0; without them
// `go list -m all` fails.
import (
	_ "k8s.io/cli-runtime/pkg/printers"
	_ "k8s.io/code-generator"
	_ "k8s.io/sample-apiserver/pkg/apis/wardle"
)
