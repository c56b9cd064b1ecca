package prompt

import "os"

// A Windows console tells of its size in its input, not by a signal.
func notifyResize(c chan os.Signal) { c <- os.Interrupt }
