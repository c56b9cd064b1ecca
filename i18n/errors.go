package i18n

import "errors"

// Explain returns the sentence for err: the innermost wrapping [Error]'s, or
// err's own text where nobody gave it one.
func Explain(err error) Message {
	if err == nil {
		return Message{}
	}
	var known *Error
	if errors.As(err, &known) {
		return known.Message
	}
	return Text(err.Error())
}
