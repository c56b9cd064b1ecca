package doctor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"podium/i18n"
)

// Every row of the table is met by what its engine really printed, and no
// earlier row takes it away.
func TestAdviseKnowsWhatEnginesPrint(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			advice, ok := Advise(string(text), "")
			if !ok || name != advice.ID && !strings.HasPrefix(name, advice.ID+"-") {
				t.Fatalf("advice %q for the error of %s", advice.ID, name)
			}
			seen[advice.ID] = true
		})
	}
	for _, r := range rows {
		if r.pattern != nil && !seen[r.id] {
			t.Errorf("no recorded error for %s: add testdata/errors/%s.txt", r.id, r.id)
		}
	}
	if a, ok := Advise("everything is fine", ""); ok {
		t.Errorf("advice %q where nothing is wrong", a.ID)
	}
}

func TestEveryAdviceSaysWhatToDoInEveryLanguage(t *testing.T) {
	for _, r := range rows {
		a := Named(r.id, "")
		for _, lang := range i18n.Languages {
			for _, m := range []i18n.Message{a.Cause, a.Remedy} {
				if lang.Say(m) == m.ID {
					t.Errorf("%s is not in the catalogue of %s", m.ID, lang)
				}
			}
		}
		if r.pattern != nil && !strings.HasPrefix(a.Link, "https://") {
			t.Errorf("%s has no page to read on", r.id)
		}
	}
}

// dockers are the rows that only a user of Docker's meets, or that are about it.
var dockers = []string{"engine-missing", "windows-containers", "desktop-stopped", "socket-denied", "engine-stopped"}

func TestUsersOfOtherEnginesReadNothingOfDocker(t *testing.T) {
	for _, r := range rows {
		for _, engine := range []string{"podman", "nerdctl"} {
			a := Named(r.id, engine)
			said := []string{a.Link}
			for _, command := range a.Paste {
				said = append(said, command)
			}
			for _, lang := range i18n.Languages {
				said = append(said, lang.Say(a.Cause), lang.Say(a.Remedy))
			}
			for _, text := range said {
				text = strings.NewReplacer("docker.io", "", "Docker Hub", "", dockerUsage, "").Replace(text)
				if strings.Contains(strings.ToLower(text), "docker") && !slices.Contains(dockers, r.id) {
					t.Errorf("%s says to a user of %s: %s", r.id, engine, text)
				}
			}
		}
	}
}

// Each folder of facts is a machine; the findings are what a learner reads.
func TestJudge(t *testing.T) {
	machines, err := filepath.Glob("testdata/machines/*.yaml")
	if err != nil || len(machines) == 0 {
		t.Fatal("no machines", err)
	}
	for _, file := range machines {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			var machine struct {
				Facts Facts             `json:"facts"`
				Want  []string          `json:"want"`  // "level topic: seen [advice]"
				Worst map[string]string `json:"worst"` // by provider
			}
			text, err := os.ReadFile(file)
			if err == nil {
				err = yaml.UnmarshalStrict(text, &machine)
			}
			if err != nil {
				t.Fatal(err)
			}
			list := Judge(machine.Facts)
			var got []string
			for _, f := range list {
				got = append(got, line(f))
			}
			if !slices.Equal(got, machine.Want) {
				t.Errorf("got\n- %s\nwant\n- %s", strings.Join(got, "\n- "), strings.Join(machine.Want, "\n- "))
			}
			for provider, want := range machine.Worst {
				if got := levels[Worst(list, provider)]; got != want {
					t.Errorf("%s: %s, want %s", provider, got, want)
				}
			}
		})
	}
}

var levels = map[Level]string{Fine: "fine", Warning: "warning", Problem: "problem"}

func line(f Finding) string {
	text := levels[f.Level] + " " + i18n.English.Say(f.Topic) + ": " + i18n.English.Say(f.Seen)
	if f.Advice != nil {
		text += " [" + f.Advice.ID + "]"
	}
	return text
}

func TestReadInfoUnderstandsEveryEngine(t *testing.T) {
	tests := []struct {
		name, out string
		want      Engine
	}{
		{"docker", `{"ServerVersion":"28.2.2","OSType":"linux","CgroupVersion":"2","MemTotal":8321499136,"DockerRootDir":"/var/lib/docker","SecurityOptions":["name=seccomp,profile=builtin","name=rootless"]}`,
			Engine{Name: "docker", Version: "28.2.2", OS: "linux", Cgroup: "2", Memory: 8321499136, Root: "/var/lib/docker", Rootless: true}},
		{"podman", `{"host":{"cgroupVersion":"v2","memTotal":4102029312,"os":"linux","security":{"rootless":true}},"store":{"graphRoot":"/home/min/.local/share/containers/storage"},"version":{"Version":"5.4.2"}}`,
			Engine{Name: "podman", Version: "5.4.2", OS: "linux", Cgroup: "2", Memory: 4102029312, Root: "/home/min/.local/share/containers/storage", Rootless: true}},
		{"nerdctl", `{"ServerVersion":"v2.1.1","OSType":"linux","CgroupVersion":"1","MemTotal":1,"DockerRootDir":""}`,
			Engine{Name: "nerdctl", Version: "v2.1.1", OS: "linux", Cgroup: "1", Memory: 1}},
	}
	for _, tt := range tests {
		got, err := readInfo(tt.name, []byte(tt.out))
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
	stopped := `{"ServerErrors":["Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"]}`
	if _, err := readInfo("docker", []byte(stopped)); err == nil {
		t.Error("a stopped engine was taken for a running one")
	}
	if _, err := readInfo("docker", []byte("no JSON")); err == nil {
		t.Error("nonsense was taken for an answer")
	}
}

func TestLookChangesNothing(t *testing.T) {
	home := t.TempDir()
	f := Look(t.Context(), Where{Home: home, Plane: func() (string, error) { return "/opt/podium-plane", nil }})
	if f.HomeWhy != "" || f.Plane == "" || f.Loopback != "" {
		t.Errorf("facts of a healthy machine: %+v", f)
	}
	left, err := os.ReadDir(home)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind in podium's folder: %v, %v", left, err)
	}
	if f := Look(t.Context(), Where{Home: filepath.Join(home, "missing"), Plane: func() (string, error) { return "", os.ErrNotExist }}); f.HomeWhy == "" || f.Plane != "" {
		t.Errorf("facts of a machine without a folder or a plane: %+v", f)
	}
}

func TestProxyOfHidesThePassword(t *testing.T) {
	env := map[string]string{"https_proxy": "http://min:secret@proxy.example:3128"}
	if got := proxyOf(func(name string) string { return env[name] }); strings.Contains(got, "secret") || !strings.Contains(got, "proxy.example") {
		t.Errorf("proxy %q", got)
	}
}
