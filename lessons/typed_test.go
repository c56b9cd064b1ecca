package lessons

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"podium/i18n"
)

func TestCommandsInText(t *testing.T) {
	text := "Read `kubectl get`.\n\n```sh\nkubectl apply -f a.yaml\n# a comment\nkubectl create deployment web \\\n  --image=nginx\n```\n\n```yaml\nkind: Pod\n```\n\n```sh\nkubectl get pods\n```\n"
	want := []string{"kubectl apply -f a.yaml", "kubectl create deployment web --image=nginx", "kubectl get pods"}
	if got := Commands(text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommandsInASentence(t *testing.T) {
	want := []string{"kubectl get pods -o wide", "curl web"}
	if got := Named("Type `kubectl get pods -o wide`, then `curl web`; see `web.yaml` and kubectl get."); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatASolutionLeavesUntried(t *testing.T) {
	text := "```sh\nkubectl apply -f web.yaml\nkubectl rollout status deploy/web\nkubectl delete pod NAME\nkubectl delete pod 이름\ncurl IP:PORT\nkubectl get pods -A\nedit web.yaml\nkubectl diff -f web.yaml\n```"
	solution := []string{"kubectl apply -f web.yaml", "kubectl rollout status deploy/web --timeout=60s"}
	if got := untried(text, solution); !slices.Equal(got, []string{"kubectl get pods -A"}) {
		t.Errorf("left: %q", got)
	}
}

// TestBothLanguagesTypeTheSame keeps the proof of one language's commands a proof
// of the other's: only what the learner fills in has another name.
func TestBothLanguagesTypeTheSame(t *testing.T) {
	course, err := Load(BuiltIn(), Options{Manifests: os.DirFS("../manifests")})
	if err != nil {
		t.Fatal(err)
	}
	filled := regexp.MustCompile(`[A-Z]{2,}|\p{Hangul}+`)
	for _, l := range course {
		for _, step := range l.Steps {
			var said [2]string
			for i, language := range i18n.Languages {
				said[i] = filled.ReplaceAllString(strings.Join(Commands(l.Words[language].Steps[step.ID].Text), "\n"), "_")
			}
			if said[0] != said[1] {
				t.Errorf("%s/%s:\n%s\nbut in Korean\n%s", l.ID, step.ID, said[0], said[1])
			}
		}
	}
}
