package lessons

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"podium/i18n"
)

// A Prediction is what the learner said before something happened, and what the
// cluster answered.
type Prediction struct {
	StepID string
	Reveal string // the step after which the answer is known
	Form   Form
	Said   string // a number, or a choice's key; "" if the question was skipped
	Answer string // what the cluster answered; "" while it isn't known
	Known  bool
	Right  bool

	Asked    time.Time // when the question was put
	Answered time.Time // when its answer was known
}

// results are the CEL types that answer a question of this form.
func (f Form) results() []*cel.Type {
	if f == Number {
		return []*cel.Type{cel.IntType, cel.UintType, cel.DoubleType}
	}
	return []*cel.Type{cel.StringType}
}

// Constant returns the answer if it stands in the lesson as it is, and has not to
// be found out on a cluster.
func (q *Question) Constant() (answer string, ok bool) {
	source := strings.TrimSpace(q.Answer.Source)
	if q.Form == Number {
		answer, err := q.Parse(source)
		return answer, err == nil
	}
	answer = strings.Trim(source, `'"`)
	return answer, slices.Contains(q.Choices, answer)
}

// Measured reports whether the answer rests on requests, whose outcome may be
// another at every run.
func (q *Question) Measured() bool { return strings.Contains(q.Answer.Source, "load.") }

// Parse reads what a learner answered: a number, or a choice's key. The error's
// sentence says what is asked.
func (q *Question) Parse(said string) (string, error) {
	said = strings.TrimSpace(said)
	if q.Form == Choice {
		if !slices.Contains(q.Choices, said) {
			return "", i18n.Errorf(nil, i18n.M("answer.choice"))
		}
		return said, nil
	}
	n, err := strconv.ParseFloat(said, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return "", i18n.Errorf(nil, i18n.M("answer.number"))
	}
	return formatNumber(n), nil
}

// answer evaluates the question on what happened. It is "" with the reason where
// the cluster gave no answer of the question's form.
func (q *Question) answer(s *scope) (string, error) {
	value, err := q.Answer.eval(s)
	if err != nil {
		return "", err
	}
	switch v := value.(type) {
	case types.Int:
		return formatNumber(float64(v)), q.fits(Number)
	case types.Uint:
		return formatNumber(float64(v)), q.fits(Number)
	case types.Double:
		return formatNumber(float64(v)), q.fits(Number)
	case types.String:
		if !slices.Contains(q.Choices, string(v)) {
			return "", i18n.Errorf(nil, i18n.M("answer.nochoice", "Answer", Plain(string(v))))
		}
		return string(v), q.fits(Choice)
	}
	return "", i18n.Errorf(nil, i18n.M("answer.noanswer", "Answer", Plain(sayValue(value))))
}

func (q *Question) fits(form Form) error {
	if q.Form != form {
		return i18n.Errorf(nil, i18n.M("answer.form", "Form", string(q.Form)))
	}
	return nil
}

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
