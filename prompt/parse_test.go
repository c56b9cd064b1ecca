package prompt

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"podium/i18n"
)

func TestWhatThePromptAccepts(t *testing.T) {
	for line, want := range map[string][][]string{
		"kubectl get pods":                         {{"get", "pods"}},
		"k get po -A":                              {{"get", "po", "-A"}},
		"$ kubectl get pods":                       {{"get", "pods"}},
		"kubectl get pods | grep web | wc -l":      {{"get", "pods"}},
		"kubectl get po; k get svc && k get no":    {{"get", "po"}, {"get", "svc"}, {"get", "no"}},
		"kubectl get po || echo none":              {{"get", "po"}},
		"kubectl get po\nkubectl get svc\n":        {{"get", "po"}, {"get", "svc"}},
		"kubectl apply -f - <<'EOF'\na: $B\nEOF":   {{"apply", "-f", "-"}},
		"kubectl apply -f - <<EOF\na: b\nEOF\nk x": {{"apply", "-f", "-"}, {"x"}},
		`kubectl get po -l 'a in (b)' -o "x y"`:    {{"get", "po", "-l", "a in (b)", "-o", "x y"}},
		`kubectl get po -o jsonpath='{.items[0]}'`: {{"get", "po", "-o", "jsonpath={.items[0]}"}},
		"kubectl get po -o jsonpath={.items[*].a}": {{"get", "po", "-o", "jsonpath={.items[*].a}"}},
		"kubectl scale deploy web \\\n --replicas=3": {{
			"scale", "deploy", "web", "--replicas=3",
		}},
		"kubectl get po -o yaml > pods.yaml 2>&1":    {{"get", "po", "-o", "yaml"}},
		"kubectl get po 2>/dev/null":                 {{"get", "po"}},
		"kubectl exec web -- sh -c 'echo $HOSTNAME'": {{"exec", "web", "--", "sh", "-c", "echo $HOSTNAME"}},
		"kubectl exec web -- curl -s http://x":       {{"exec", "web", "--", "curl", "-s", "http://x"}},
		"kubectl port-forward svc/web 8080:80":       {{"port-forward", "svc/web", "8080:80"}},
		"kubectl create job 한글 --image=busybox":      {{"create", "job", "한글", "--image=busybox"}},
		"":                 nil,
		"# only a comment": nil,
		"ls; cat web.yaml; vi web.yaml; pwd; sleep 1": nil,
		"cat < web.yaml >> all.yaml":                  nil,
		"curl -s http://web.lab.svc | head -1":        nil,
		"clear":                                       nil,
	} {
		t.Run(line, func(t *testing.T) {
			script, err := Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			if got := script.Kubectl(); !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("kubectl runs with %q, want %q", got, want)
			}
		})
	}
}

func TestWhatThePromptRefuses(t *testing.T) {
	t.Run("words", func(t *testing.T) { refused(t, strangers()) })
	t.Run("shell", func(t *testing.T) { refused(t, shellSyntax()) })
	t.Run("files and clusters", func(t *testing.T) { refused(t, escapes()) })
}

// strangers are lines whose command the prompt lacks, and the sentence each gets.
func strangers() map[string]string {
	return map[string]string{
		"docker ps":                "prompt.not-here",
		"/bin/sh":                  "prompt.not-here",
		"./kubectl get po":         "prompt.not-here",
		"bash -c 'kubectl get po'": "prompt.not-here",
		"sudo kubectl get po":      "prompt.not-here",
		"kubectl get po | python3": "prompt.not-here",
		"'ba'sh":                   "prompt.not-here",
		"get pods":                 "prompt.forgot-kubectl",
		"watch kubectl get po":     "prompt.no-watch",
		"cd /etc":                  "prompt.no-folders",
		"kubectl get po | jq .":    "prompt.no-filter",
		"quit":                     "prompt.no-quit",
	}
}

// shellSyntax is what shells have and the prompt hasn't.
func shellSyntax() map[string]string {
	return map[string]string{
		"export A=b":                      "prompt.no-variables",
		"A=b":                             "prompt.no-variables",
		"KUBECONFIG=/x kubectl get po":    "prompt.no-variables",
		"kubectl get $X":                  "prompt.no-variables",
		`kubectl get "$X"`:                "prompt.no-variables",
		"kubectl get $'a'":                "prompt.no-variables",
		"echo $((1+1))":                   "prompt.no-variables",
		"eval kubectl":                    "prompt.no-variables",
		". ./x":                           "prompt.no-variables",
		"kubectl get $(cat x)":            "prompt.no-substitution",
		"kubectl get `cat x`":             "prompt.no-substitution",
		"cat <(kubectl get po)":           "prompt.no-substitution",
		"for i in 1 2; do k get po; done": "prompt.no-control",
		"if true; then k get po; fi":      "prompt.no-control",
		"f() { k get po; }":               "prompt.no-control",
		"(k get po)":                      "prompt.no-control",
		"{ k get po; }":                   "prompt.no-control",
		"! k get po":                      "prompt.no-control",
		"[[ a == b ]]":                    "prompt.no-control",
		"k get po &":                      "prompt.no-background",
		"k get po |& cat":                 "prompt.no-redirect",
		"k get po &> x":                   "prompt.no-redirect",
		"k get po <> x":                   "prompt.no-redirect",
		"k get po 3> x":                   "prompt.no-redirect",
		"k get po >&3":                    "prompt.no-redirect",
		"> x":                             "prompt.no-redirect",
		"cat <<EOF\n$HOME\nEOF":           "prompt.quote-heredoc",
		"cat <<EOF\n$(x)\nEOF":            "prompt.quote-heredoc",
	}
}

// escapes lead out of the lesson's folder or the lab's cluster, or nowhere.
func escapes() map[string]string {
	return map[string]string{
		"cat < /etc/passwd":                "prompt.outside",
		"k get po > ../x":                  "prompt.outside",
		"k get po > a/../../x":             "prompt.outside",
		"k get po > $HOME/x":               "prompt.no-variables",
		"k --kubeconfig x get po":          "prompt.own-cluster",
		"k --kubeconfig=x get po":          "prompt.own-cluster",
		"k get po --context other":         "prompt.own-cluster",
		"k get po -s https://x":            "prompt.own-cluster",
		"k get po -shttps://x":             "prompt.own-cluster",
		"k get po --server=x":              "prompt.own-cluster",
		"k get po -As https://x":           "prompt.own-cluster",
		"k get po '--server' x":            "prompt.own-cluster",
		"k get ) po":                       "prompt.syntax",
		"k get 'po":                        "prompt.incomplete",
		"k get po |":                       "prompt.incomplete",
		"k get po &&":                      "prompt.incomplete",
		"k apply -f - <<EOF\na: b":         "prompt.incomplete",
		"k get \\":                         "prompt.incomplete",
		strings.Repeat("k get po;", 1<<16): "prompt.too-long",
	}
}

func refused(t *testing.T, lines map[string]string) {
	for line, id := range lines {
		t.Run(line[:min(len(line), 40)], func(t *testing.T) {
			script, err := Parse(line)
			var known *i18n.Error
			if !errors.As(err, &known) || known.Message.ID != id {
				t.Fatalf("%q gave %v, want %s", script.Kubectl(), err, id)
			}
			if Incomplete(err) != (id == "prompt.incomplete") {
				t.Error("it is mistaken about whether more lines help")
			}
			for _, lang := range i18n.Languages {
				said := lang.Say(known.Message)
				if said == id || strings.Contains(said, "<no value>") || strings.Contains(said, "\n") {
					t.Errorf("in %s it says %q", lang, said)
				}
			}
		})
	}
}

func TestVerbAndAlone(t *testing.T) {
	for _, test := range []struct{ line, verb, alone string }{
		{"kubectl -n lab get pods", "get", ""},
		{"kubectl --namespace=lab --v 3 rollout status", "rollout", ""},
		{"ls; k describe po", "describe", ""},
		{"ls", "", ""},
		{"clear", "", "clear"},
		{"clear; ls", "", ""},
		{"help | head", "", ""},
		{"exit", "", "exit"},
		{"history", "", "history"},
	} {
		script, err := Parse(test.line)
		if err != nil {
			t.Fatal(err)
		}
		if script.Verb() != test.verb || script.Alone() != test.alone {
			t.Errorf("%q: verb %q alone %q", test.line, script.Verb(), script.Alone())
		}
	}
}

func TestWhatALessonMayRunByItself(t *testing.T) {
	for _, line := range []string{
		"kubectl apply -f web.yaml",
		"kubectl apply -f manifests/web.yaml,more.yaml",
		"kubectl apply -f - <<'EOF'\nkind: Pod\nEOF",
		"kubectl create deployment web --image=nginx",
		"kubectl create configmap a --from-file=k=web.conf",
		"kubectl set image deploy/web web=nginx:1.28",
		"kubectl exec web -- cat /etc/hostname",
		"kubectl exec web -- sh -it",
		"kubectl run web --image=nginx -- sleep -f",
		"kubectl rollout undo deploy/web && kubectl wait po --all --for=condition=Ready",
		"kubectl delete po --all --wait=false",
		"kubectl logs web > log.txt",
		"curl -s http://web.lab.svc",
		"cat web.yaml | grep image",
	} {
		if err := judged(t, line); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestWhatALessonMayNotRunByItself(t *testing.T) {
	for _, line := range []string{
		"kubectl apply -f /etc/passwd",
		"kubectl apply -f ../x.yaml",
		"kubectl apply --filename=../x.yaml",
		"kubectl apply -f https://example.com/x.yaml",
		"kubectl apply -k https://example.com/x",
		"kubectl create configmap a --from-file=/etc/passwd",
		"kubectl create configmap a --from-file=k=/etc/passwd",
		"kubectl create configmap a --from_file=k=/etc/passwd",
		"kubectl create secret tls a --cert=/x --key=y",
		"kubectl get po -o go-template-file=/etc/passwd",
		"kubectl get po -w",
		"kubectl get po --watch",
		"kubectl get po -Aw",
		"kubectl logs -f web",
		"kubectl exec -it web -- sh",
		"kubectl exec web -i -- sh",
		"kubectl exec web --stdin -- sh",
		"kubectl run -it web --image=busybox",
		"kubectl edit deploy web",
		"kubectl create deploy web --image=x --edit",
		"kubectl proxy",
		"kubectl port-forward po/web 80",
		"kubectl cp web:/x y",
		"kubectl config view",
		"kubectl get po --token=x",
		"kubectl get po --as admin",
		"kubectl get po --client_key x",
		"kubectl",
		"vi web.yaml",
		"clear",
		"curl -d x http://localhost:2375",
		"curl -X DELETE http://localhost:2375",
		"wget --post-data x http://localhost",
	} {
		if judged(t, line) == nil {
			t.Errorf("%q is taken as safe", line)
		}
	}
}

func judged(t *testing.T, line string) error {
	t.Helper()
	script, err := Parse(line)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return script.Safe()
}

func TestTheSentenceForAnUnknownCommandNamesNothingTwice(t *testing.T) {
	_, err := Parse("docker ps")
	for _, lang := range i18n.Languages {
		seen := map[string]bool{}
		sentence := lang.Say(i18n.Explain(err))
		for _, word := range strings.FieldsFunc(sentence, func(r rune) bool { return strings.ContainsRune(" ,.;:()", r) }) {
			if seen[word] && words[word] != 0 {
				t.Errorf("%q names %s twice", sentence, word)
			}
			seen[word] = true
		}
	}
}
