package lessons

import (
	"strings"
	"testing"
)

func TestATextIsReadForAProvider(t *testing.T) {
	text := strings.ReplaceAll(`Before.
~~~on sim
No containers.

'''sh
kubectl get pods
'''
~~~
~~~on kind kubeconfig
Containers.
~~~
'''sh
~~~on sim
'''
After.`, "'''", "```")
	tail := "```sh\n~~~on sim\n```\nAfter."
	for provider, want := range map[string]string{
		"sim":        "Before.\nNo containers.\n\n```sh\nkubectl get pods\n```\n" + tail,
		"kind":       "Before.\nContainers.\n" + tail,
		"kubeconfig": "Before.\nContainers.\n" + tail,
		"":           "Before.\n" + tail,
	} {
		if got := On(text, provider); got != want {
			t.Errorf("on %q:\n%s\nwant\n%s", provider, got, want)
		}
	}
	if got := On("~~~on sim\nnever closed", "sim"); got != "never closed" {
		t.Errorf("%q", got)
	}
}
