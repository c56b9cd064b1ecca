package manifests

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheCatalogueIsSound(t *testing.T) {
	text, err := FS.ReadFile("images.yaml")
	if err != nil {
		t.Fatal(err)
	}
	images, err := ParseImages(string(text))
	if err != nil || len(images) < 15 {
		t.Errorf("%d images, %v", len(images), err)
	}
}

func TestMistakesInACatalogueHaveALine(t *testing.T) {
	const sound = "images:\n- name: example.com/shop\n  tags: {v1: \"1\"}\n  entrypoint: [shop]\n  program: echo\n  binary: shop\n  ports: [80]\n"
	tests := []struct {
		name, text string
		want       ImageMistake
	}{
		{"no YAML", "images: [\n", ImageMistake{1, NotYAML, "did not find expected node content"}},
		{"an unknown field", sound + "  sise: 4\n", ImageMistake{8, UnknownField, "sise"}},
		{"an unknown list", "image: []\n", ImageMistake{1, UnknownField, "image"}},
		{"a text for a number", sound + "  size: big\n", ImageMistake{8, WrongType, "cannot unmarshal !!str `big`"}},
		{"a short name", "images:\n- {name: shop, tags: {v1: '1'}, command: [sh], program: shell}\n", ImageMistake{2, BadName, "shop"}},
		{"no tags", "images:\n- {name: example.com/shop, command: [sh], program: shell}\n", ImageMistake{2, NoTags, "example.com/shop"}},
		{"a tag that is none", "images:\n- {name: example.com/shop, tags: {a b: '1'}, command: [sh], program: shell}\n", ImageMistake{2, BadTag, "a b"}},
		{"an unknown program", "images:\n- {name: example.com/shop, tags: {v1: '1'}, command: [sh], program: shop}\n", ImageMistake{2, UnknownWord, "shop"}},
		{"no binary", "images:\n- {name: example.com/shop, tags: {v1: '1'}, command: [shop], program: idle}\n", ImageMistake{2, NoBinary, "idle"}},
		{"a server without ports", "images:\n- {name: example.com/shop, tags: {v1: '1'}, command: [shop], program: podinfo, binary: shop}\n", ImageMistake{2, NoPorts, "podinfo"}},
		{"a port that is none", sound + "  grpc: [70000]\n", ImageMistake{2, BadPort, "70000"}},
		{"a delay without end", sound + "  startDelay: 24h\n", ImageMistake{2, BadDelay, "24h0m0s"}},
		{"nothing to run", "images:\n- {name: example.com/shop, tags: {v1: '1'}, program: shell}\n", ImageMistake{2, NothingToRun, "example.com/shop"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseImages(tt.text)
			var got *ImageMistake
			if !errors.As(err, &got) {
				t.Fatalf("found %v", err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := ParseImages(sound); err != nil {
		t.Error(err)
	}
}
