package i18n

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAMessageIsReadAsItWasWritten(t *testing.T) {
	inner := M("goal.count", "Have", 2, "Want", 4)
	for _, m := range []Message{{}, Text("plain"), inner, M("x", "Inner", inner, "Part", 0.5, "Name", "web")} {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back Message
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	data, err := json.Marshal(M("x", "Why", &Error{Message: inner, Cause: errors.New("secret")}))
	if err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(data, &back); err != nil || !cmp.Equal(back.Args["Why"], inner) {
		t.Errorf("an error came back as %v, %v", back.Args["Why"], err)
	}
}
