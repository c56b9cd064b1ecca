package main

// ignoreBrokenPipes does nothing where a broken pipe is only an error.
func ignoreBrokenPipes() {}
