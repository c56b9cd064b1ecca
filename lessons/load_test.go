package lessons

import (
	"os"
	"testing"

	"podium/i18n"
)

func TestBuiltInLessonsLoad(t *testing.T) {
	all, err := Load(BuiltIn(), Options{Manifests: os.DirFS("../manifests"), Strict: true})
	for _, mistake := range Mistakes(err) {
		t.Error(i18n.English.Say(mistake))
	}
	if len(all) == 0 {
		t.Error("there are none")
	}
}
