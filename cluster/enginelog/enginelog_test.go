package enginelog

import "testing"

func TestALoggedLineIsTakenOutOfItsFrame(t *testing.T) {
	for line, want := range map[string][2]string{
		`time="2026-11-22T00:16:01Z" level=fatal msg="subnet fc00::/64 overlaps"`:             {"subnet fc00::/64 overlaps", "fatal"},
		`time="2026-11-22T00:51:58Z" level=warning msg="\"/\" is not a shared mount"`:         {`"/" is not a shared mount`, "warning"},
		`time="2026-11-22T00:51:58Z" level=error msg="cannot stop" error="no such container"`: {"cannot stop", "error"},
		"Error: initializing source docker://kindest/node:v1":                                 {"Error: initializing source docker://kindest/node:v1", ""},
		`time="2026-11-22T00:51:58Z" level=fatal msg="cut`:                                    {`time="2026-11-22T00:51:58Z" level=fatal msg="cut`, ""},
		"": {"", ""},
	} {
		if text, level := Said(line); text != want[0] || level != want[1] {
			t.Errorf("%q says %q, %q; want %q", line, text, level, want)
		}
	}
}
