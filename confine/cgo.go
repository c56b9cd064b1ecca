//go:build cgo && linux

package confine

const withCgo = true
