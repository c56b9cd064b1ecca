package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// endings are the signals that Go knows of on Windows.
var endings = []os.Signal{os.Interrupt}

// silence sends what this process and its libraries write to standard error to
// a file, and returns how to undo it.
func silence(file *os.File) (undo func(), err error) {
	kept, err := windows.GetStdHandle(windows.STD_ERROR_HANDLE)
	if err != nil {
		return nil, err
	}
	if err := windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(file.Fd())); err != nil {
		return nil, err
	}
	before := os.Stderr
	os.Stderr = file
	return func() {
		os.Stderr = before
		_ = windows.SetStdHandle(windows.STD_ERROR_HANDLE, kept)
	}, nil
}
