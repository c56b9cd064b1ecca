package i18n

import (
	"bytes"
	"embed"
	"io/fs"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"sigs.k8s.io/yaml"
)

//go:embed words/*.yaml
var files embed.FS

// A catalogue is every sentence in every language. A sentence is parsed when it
// is first said: parsing all of them would take a quarter of the time to the
// first frame, and every line typed at the prompt would pay for it again.
type catalogue struct {
	mu        sync.Mutex
	bundle    *goi18n.Bundle
	localizer map[Language]*goi18n.Localizer
	written   map[Language]map[string][]byte // by message: its lines of YAML
	parsed    map[sentence]bool
	said      map[sentence]string // of sentences without arguments
}

type sentence struct {
	language Language
	id       string
}

var words = newCatalogue()

func newCatalogue() *catalogue {
	return &catalogue{
		bundle: goi18n.NewBundle(language.English), localizer: map[Language]*goi18n.Localizer{},
		written: map[Language]map[string][]byte{}, parsed: map[sentence]bool{}, said: map[sentence]string{},
	}
}

// plain says a message without arguments, once.
func (c *catalogue) plain(l Language, id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	as := sentence{l, id}
	text, ok := c.said[as]
	if !ok {
		text = c.localize(l, id, nil)
		c.said[as] = text
	}
	return text
}

func (c *catalogue) say(l Language, id string, args Args) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.localize(l, id, args)
}

func (c *catalogue) localize(l Language, id string, args Args) string {
	if !c.parse(l, id) && !c.parse(English, id) {
		return id
	}
	if c.localizer[l] == nil {
		c.localizer[l] = goi18n.NewLocalizer(c.bundle, string(l))
	}
	config := &goi18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any(args)}
	if count, ok := args["Count"]; ok {
		config.PluralCount = count
	}
	text, err := c.localizer[l].Localize(config)
	if text == "" && err != nil {
		return id
	}
	return text
}

// parse reports whether l has the message, and has the bundle know it.
func (c *catalogue) parse(l Language, id string) bool {
	as := sentence{l, id}
	if known, ok := c.parsed[as]; ok {
		return known
	}
	messages, err := goi18n.ParseMessageBytes(c.lines(l)[id], func(data []byte, v any) error { return yaml.Unmarshal(data, v) })
	if err == nil && len(messages) > 0 {
		err = c.bundle.AddMessages(language.Make(string(l)), messages...)
	}
	c.parsed[as] = err == nil && len(messages) > 0
	return c.parsed[as]
}

// lines finds where each of a language's messages is written.
func (c *catalogue) lines(l Language) map[string][]byte {
	if c.written[l] == nil {
		c.written[l] = map[string][]byte{}
		paths, _ := fs.Glob(files, "words/*."+string(l)+".yaml") // the pattern is well formed
		for _, path := range paths {
			data, _ := files.ReadFile(path) // it is embedded
			index(data, c.written[l])
		}
	}
	return c.written[l]
}

// index notes where each key of a YAML mapping begins and ends: every line that
// is not indented begins one, or is a comment.
func index(data []byte, into map[string][]byte) {
	id, begin, at := "", 0, 0
	for line := range bytes.Lines(data) {
		if first := line[0]; first != ' ' && first != '\n' {
			if id != "" {
				into[id] = data[begin:at]
			}
			key, _, _ := bytes.Cut(line, []byte(":"))
			id, begin = string(key), at
			if first == '#' {
				id = ""
			}
		}
		at += len(line)
	}
	if id != "" {
		into[id] = data[begin:]
	}
}
