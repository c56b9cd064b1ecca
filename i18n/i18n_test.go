package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// read returns every message of a language as written: name → sentence, the
// plural forms joined.
func read(t *testing.T, l Language) map[string]string {
	t.Helper()
	all := map[string]string{}
	paths, err := fs.Glob(files, "words/*."+string(l)+".yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no words for %s: %v", l, err)
	}
	for _, file := range paths {
		data, err := files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := yaml.UnmarshalStrict(data, &messages); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for id, value := range messages {
			if _, twice := all[id]; twice {
				t.Errorf("%s: %s is in two files", file, id)
			}
			all[id] = fmt.Sprint(value)
		}
	}
	return all
}

var argument = regexp.MustCompile(`{{[^}]*?\.(\w+)[^}]*}}`)

func arguments(sentence string) []string {
	var names []string
	for _, m := range argument.FindAllStringSubmatch(sentence, -1) {
		if m[1] != "Count" && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryLanguageHasEveryMessageWithTheSameArguments(t *testing.T) {
	en, ko := read(t, English), read(t, Korean)
	for id, sentence := range en {
		other, ok := ko[id]
		if !ok {
			t.Errorf("%s is missing in Korean", id)
			continue
		}
		if a, b := arguments(sentence), arguments(other); !slices.Equal(a, b) {
			t.Errorf("%s: English uses %v, Korean %v", id, a, b)
		}
	}
	for id := range ko {
		if _, ok := en[id]; !ok {
			t.Errorf("%s is missing in English", id)
		}
	}
	for _, l := range Languages {
		for id := range read(t, l) {
			if said := l.Say(M(id)); said == "" || said == id {
				t.Errorf("%s: %s can't be said", l, id)
			}
		}
	}
}

// used returns the first argument of every call of M and the place it stands.
func used(t *testing.T) map[string]string {
	t.Helper()
	places := map[string]string{}
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				if x, ok := f.X.(*ast.Ident); ok && x.Name == "i18n" {
					name = f.Sel.Name
				}
			case *ast.Ident:
				name = f.Name
			}
			if literal, ok := call.Args[0].(*ast.BasicLit); name == "M" && ok && literal.Kind == token.STRING {
				id, _ := strconv.Unquote(literal.Value)
				places[id] = set.Position(call.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func TestEveryMessageUsedIsInTheCatalogue(t *testing.T) {
	en := read(t, English)
	for id, place := range used(t) {
		if _, ok := en[id]; !ok {
			t.Errorf("%s: no message %q", place, id)
		}
	}
}

func TestEveryMessageInTheCatalogueIsUsed(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		source.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range read(t, English) {
		// A name may be put together from a prefix that ends in a dot: "kind." + name.
		prefix := id[:strings.LastIndex(id, ".")+1]
		if !strings.Contains(source.String(), `"`+id+`"`) && !strings.Contains(source.String(), `"`+prefix+`"`) {
			t.Errorf("nobody says %s", id)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		wishes []string
		want   Language
	}{
		{[]string{"ko_KR.UTF-8"}, Korean},
		{[]string{"", "C.UTF-8", "ko"}, Korean},
		{[]string{"en_US.UTF-8", "ko"}, English},
		{[]string{"fr_FR.UTF-8"}, English},
		{nil, English},
	} {
		if got := Match(test.wishes...); got != test.want {
			t.Errorf("Match(%q) = %s, want %s", test.wishes, got, test.want)
		}
	}
}

func TestErrorsCarryTheirSentence(t *testing.T) {
	err := fmt.Errorf("outer: %w", Errorf(fs.ErrNotExist, M("language.switched")))
	if got := Korean.Say(Explain(err)); got != "이제 한국어로 보여요." {
		t.Errorf("said %q", got)
	}
	if got := English.Say(Explain(fs.ErrExist)); got != fs.ErrExist.Error() {
		t.Errorf("an error without a sentence is said as %q", got)
	}
}
