package classroom

import (
	"encoding/json"
	"strings"
	"unicode"
)

// bounded is a standing whose numbers, lists and texts can't hurt who shows them.
func (s Standing) bounded() Standing {
	s.Commands = s.Commands[max(0, len(s.Commands)-MostCommands):]
	for i := range s.Commands {
		c := &s.Commands[i]
		c.Line, c.Output, c.Calls = printable(c.Line), printable(c.Output), nil
	}
	s.Steps = max(0, min(s.Steps, 1000))
	s.Number = max(0, min(s.Number, s.Steps+1))
	s.Ran = max(len(s.Commands), s.Ran)
	s.Place.Lesson, s.Place.Step = printable(s.Place.Lesson), printable(s.Place.Step)
	var detail any
	raw := s.Place.Detail
	s.Place.Detail = nil
	if len(raw) > 0 && json.Unmarshal(raw, &detail) == nil {
		if clean, err := json.Marshal(everyText(detail)); err == nil {
			s.Place.Detail = clean
		}
	}
	return s
}

// printable is a text without control characters but line breaks and tabs.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// everyText makes every text in what was JSON printable.
func everyText(value any) any {
	switch v := value.(type) {
	case string:
		return printable(v)
	case []any:
		for i := range v {
			v[i] = everyText(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = everyText(v[name])
		}
	}
	return value
}
