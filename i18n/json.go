package i18n

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON writes an error as its message, without the cause.
func (e *Error) MarshalJSON() ([]byte, error) { return json.Marshal(e.Message) }

// UnmarshalJSON reads a message that encoding/json wrote. Arguments that are
// messages are messages again, and whole numbers are ints.
func (m *Message) UnmarshalJSON(data []byte) error {
	var plain struct {
		ID   string
		Args map[string]any
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return err
	}
	m.ID, m.Args = plain.ID, nil
	if plain.Args != nil {
		m.Args = make(Args, len(plain.Args))
	}
	for name, value := range plain.Args {
		m.Args[name] = restored(value)
	}
	return nil
}

// restored is what a decoded value was before it was written.
func restored(value any) any {
	switch value := value.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return int(n)
		}
		f, _ := value.Float64()
		return f
	case map[string]any:
		if id, ok := value["ID"].(string); ok {
			m := Message{ID: id}
			if args, ok := value["Args"].(map[string]any); ok {
				m.Args = make(Args, len(args))
				for name, arg := range args {
					m.Args[name] = restored(arg)
				}
			}
			return m
		}
	}
	return value
}
