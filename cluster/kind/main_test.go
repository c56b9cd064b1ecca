package kind

import (
	"os"
	"testing"
)

// TestMain makes the test's own executable the child that creates clusters.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Word {
		os.Exit(Main())
	}
	os.Exit(m.Run())
}
