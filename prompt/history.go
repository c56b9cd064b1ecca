package prompt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2/maybe"

	"podium/i18n"
)

const (
	// historyEntries bounds the history; the file is shortened to it when it
	// has grown by a quarter.
	historyEntries = 5000
	historySlack   = historyEntries / 4
)

// History is what was typed before, oldest first, kept in a file that several
// podiums append to: one JSON string a line, so that a statement of several
// lines is one entry and a line torn by a kill is recognized and passed over.
// It is not safe for concurrent use.
type History struct {
	path    string
	entries []string
}

// OpenHistory reads the history at path, which need not exist. A damaged file
// yields what of it can be read. The error has a sentence; the history works in
// memory nevertheless. An empty path is a history in memory only.
func OpenHistory(path string) (*History, error) {
	h := &History{path: path}
	if path == "" {
		return h, nil
	}
	entries, err := readHistory(path)
	if err != nil {
		return h, err
	}
	h.entries = entries
	if len(entries) > historyEntries {
		h.entries = entries[len(entries)-historyEntries:]
	}
	if len(entries) > historyEntries+historySlack {
		err = h.locked(h.shorten)
	}
	return h, err
}

// Entries returns what was typed, oldest first. The slice is not to be changed.
func (h *History) Entries() []string { return h.entries }

// Add appends a statement, unless it is blank or the same as the one before.
// The error has a sentence; the statement is remembered in memory nevertheless.
func (h *History) Add(statement string) error {
	if len(bytes.TrimSpace([]byte(statement))) == 0 || len(statement) > lineLimit {
		return nil
	}
	if n := len(h.entries); n > 0 && h.entries[n-1] == statement {
		return nil
	}
	h.entries = append(h.entries, statement)
	if len(h.entries) > historyEntries {
		h.entries = h.entries[1:]
	}
	if h.path == "" {
		return nil
	}
	return h.locked(func() error { return h.append(statement) })
}

func (h *History) locked(do func() error) error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return historyError(h.path, err)
	}
	lock := flock.New(h.path + ".lock")
	if err := lock.Lock(); err != nil {
		return historyError(h.path, err)
	}
	defer lock.Close()
	return historyError(h.path, do())
}

// append writes one line with one write, on a line of its own even if a killed
// process left half a line behind.
func (h *History) append(statement string) error {
	line, err := json.Marshal(statement)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	_, err = file.Write(append(line, '\n'))
	return err
}

// shorten rewrites the file with the newest entries, read again because another
// podium may have added some.
func (h *History) shorten() error {
	entries, err := readHistory(h.path)
	if err != nil {
		return err
	}
	if len(entries) > historyEntries {
		entries = entries[len(entries)-historyEntries:]
	}
	var all bytes.Buffer
	for _, entry := range entries {
		line, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		all.Write(append(line, '\n'))
	}
	return maybe.WriteFile(h.path, all.Bytes(), 0o600)
}

// readHistory reads a history file; one that isn't there is empty. Lines that
// are no entry are passed over.
func readHistory(path string) ([]string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || path == "" {
		return nil, nil
	}
	if err != nil {
		return nil, historyError(path, err)
	}
	defer file.Close()
	var entries []string
	reader := bufio.NewReader(file)
	for {
		line, err := reader.ReadBytes('\n')
		var entry string
		if json.Unmarshal(bytes.TrimSpace(line), &entry) == nil && entry != "" {
			entries = append(entries, entry)
		}
		if err != nil {
			return entries, nil // the end, or as far as the disk gives it
		}
	}
}

func historyError(path string, err error) error {
	if err == nil {
		return nil
	}
	return i18n.Errorf(err, i18n.M("prompt.history", "Path", path, "Reason", reason(err)))
}
