package manifests

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/distribution/reference"
	"go.yaml.in/yaml/v3"
)

// An Image is one entry of images.yaml, whose head explains each field.
type Image struct {
	Name        string            `yaml:"name"`
	Tags        map[string]string `yaml:"tags"`
	Lessons     []string          `yaml:"lessons"` // for real clusters alone
	Size        int64             `yaml:"size"`
	Entrypoint  []string          `yaml:"entrypoint"`
	Command     []string          `yaml:"command"`
	Program     string            `yaml:"program"`
	Binary      string            `yaml:"binary"`
	Ports       []int32           `yaml:"ports"`
	GRPC        []int32           `yaml:"grpc"`
	StartDelay  time.Duration     `yaml:"startDelay"`
	StopDelay   time.Duration     `yaml:"stopDelay"`
	IgnoresTerm bool              `yaml:"ignoresTerm"`
	Shells      []string          `yaml:"shells"`
	Packages    []string          `yaml:"packages"`
	Env         map[string]string `yaml:"env"`
	Root        string            `yaml:"root"`
	Files       map[string]string `yaml:"files"`
	Text        string            `yaml:"text"`
	ExitCode    int               `yaml:"exitCode"`
}

// Programs are the words that an image's program may be; those that serve need
// ports.
var (
	Programs = []string{"nginx", "httpd", "proxy", "echo", "podinfo", "idle", "crash", "leak", "shell"}
	serving  = []string{"nginx", "httpd", "proxy", "echo", "podinfo"}
)

// The bounds of a catalogue, far above what a course needs: it may come from
// anywhere.
const (
	MostImages = 100
	MostDelay  = 10 * time.Minute
)

// A Problem says what is wrong with an image; its value is what it is about.
type Problem string

// The problems.
const (
	NotYAML       Problem = "yaml"    // the parser's words
	UnknownField  Problem = "field"   // the field
	WrongType     Problem = "type"    // the parser's words
	TooMany       Problem = "many"    // nothing
	BadName       Problem = "name"    // the name
	NoTags        Problem = "tags"    // the image
	BadTag        Problem = "tag"     // the tag
	UnknownWord   Problem = "program" // the program
	NoBinary      Problem = "binary"  // the program
	NoPorts       Problem = "ports"   // the program
	BadPort       Problem = "port"    // the port
	BadDelay      Problem = "delay"   // the delay
	BadExitCode   Problem = "exit"    // the code
	NothingToRun  Problem = "run"     // the image
	NegativeBytes Problem = "size"    // the size
)

// An ImageMistake is one thing that is wrong with a catalogue, in a line counted
// from 1.
type ImageMistake struct {
	Line    int
	Problem Problem
	Value   string
}

func (m *ImageMistake) Error() string {
	return fmt.Sprintf("line %d: %s: %s", m.Line, m.Problem, m.Value)
}

// ParseImages reads a file of the form of images.yaml, strictly. Its error joins
// an [ImageMistake] for each thing that is wrong.
func ParseImages(text string) ([]Image, error) {
	var list struct {
		Images []Image `yaml:"images"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); errors.Is(err, io.EOF) {
		return nil, nil // an empty file
	} else if err != nil {
		return nil, unreadable(err)
	}
	var places struct {
		Images []yaml.Node `yaml:"images"`
	}
	if err := yaml.Unmarshal([]byte(text), &places); err != nil {
		return nil, unreadable(err)
	}
	var found []error
	for i := range list.Images {
		if i == MostImages {
			found = append(found, &ImageMistake{places.Images[i].Line, TooMany, ""})
			break
		}
		if what, value := list.Images[i].problem(); what != "" {
			found = append(found, &ImageMistake{places.Images[i].Line, what, value})
		}
	}
	return list.Images, errors.Join(found...)
}

func (im Image) problem() (Problem, string) {
	named, err := reference.ParseNormalizedNamed(im.Name)
	if err != nil || named.Name() != im.Name {
		return BadName, im.Name
	}
	for tag := range im.Tags {
		if _, err := reference.WithTag(named, tag); err != nil {
			return BadTag, tag
		}
	}
	for _, port := range slices.Concat(im.Ports, im.GRPC) {
		if port < 1 || port > 65535 {
			return BadPort, strconv.Itoa(int(port))
		}
	}
	delay := max(im.StartDelay, im.StopDelay)
	least := min(im.StartDelay, im.StopDelay)
	switch {
	case len(im.Tags) == 0:
		return NoTags, im.Name
	case !slices.Contains(Programs, im.Program):
		return UnknownWord, im.Program
	case im.Program != "shell" && im.Binary == "":
		return NoBinary, im.Program
	case slices.Contains(serving, im.Program) && len(im.Ports) == 0:
		return NoPorts, im.Program
	case len(im.Entrypoint)+len(im.Command) == 0:
		return NothingToRun, im.Name
	case delay > MostDelay || least < 0:
		return BadDelay, cmp.Or(min(least, 0), delay).String()
	case im.ExitCode < 0 || im.ExitCode > 255:
		return BadExitCode, strconv.Itoa(im.ExitCode)
	case im.Size < 0:
		return NegativeBytes, strconv.FormatInt(im.Size, 10)
	}
	return "", ""
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+): `)
	noField   = regexp.MustCompile(`^field (\S+) not found in type`)
	typeWords = regexp.MustCompile(` into .*$| in type .*$`)
)

// unreadable sorts the parser's errors.
func unreadable(err error) error {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		line, text := lineOf(strings.TrimPrefix(err.Error(), "yaml: "))
		return &ImageMistake{line, NotYAML, text}
	}
	var found []error
	for _, one := range typed.Errors {
		line, text := lineOf(one)
		if field := noField.FindStringSubmatch(text); field != nil {
			found = append(found, &ImageMistake{line, UnknownField, field[1]})
			continue
		}
		found = append(found, &ImageMistake{line, WrongType, typeWords.ReplaceAllString(text, "")})
	}
	return errors.Join(found...)
}

func lineOf(text string) (int, string) {
	at := yamlLine.FindStringSubmatch(text)
	if at == nil {
		return 1, text
	}
	line, _ := strconv.Atoi(at[1])
	return line, yamlLine.ReplaceAllString(text, "")
}
