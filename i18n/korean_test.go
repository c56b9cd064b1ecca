package i18n

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// finalB is the place of ㅂ among the 28 finals of a Hangul syllable, which
// stand one after the other from U+AC00 on.
const finalB = 17

// formal finds the endings -ㅂ니다, -ㅂ니까, -ㅂ시다 and -십시오 in a line.
func formal(line string) string {
	letters := []rune(line)
	for i, r := range letters {
		if i+2 >= len(letters) {
			break
		}
		switch two := string(letters[i+1 : i+3]); {
		case r == '십' && two == "시오":
			return "십시오"
		case r >= '가' && r <= '힣' && (r-'가')%28 == finalB && (two == "니다" || two == "니까" || two == "시다"):
			return string(r) + two
		}
	}
	return ""
}

var (
	// What follows a value can't know whether the value ends in a consonant: it
	// is written 은(는), or a noun stands between.
	particle = regexp.MustCompile("}}[`”’]?(은|는|이|가|을|를|과|와|로|으로|라는|이라는|예요|이에요)([ ,.:?]|$)")
	// One word for each thing, the one Korean engineers use.
	otherWord = regexp.MustCompile(`포드|라벨|레플리카 ?세트|데몬 ?세트|데몬 셋|레플리카 셋|선택자|노드셀렉터|네임 스페이스|쿠버네티즈|롤 아웃|메니페스트`)
)

func TestKoreanHasOneVoice(t *testing.T) {
	files := []string{"../README.md", "../docs/lessons.md"}
	for _, pattern := range []string{"words/*.ko.yaml", "../lessons/*/ko.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no files (%v)", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if ending := formal(line); ending != "" {
				t.Errorf("%s:%d: %s: write 해요체, the plain polite style", file, i+1, ending)
			}
			if found := particle.FindString(line); found != "" {
				t.Errorf("%s:%d: %s is wrong after some values: put a noun between, or write 은(는)", file, i+1, found)
			}
			if found := otherWord.FindString(line); found != "" {
				t.Errorf("%s:%d: %s: elsewhere another word stands for this", file, i+1, found)
			}
		}
	}
}

func TestFormalEndingsAreTold(t *testing.T) {
	for line, want := range map[string]string{
		"없습니다.": "습니다", "갑니다": "갑니다", "있습니까?": "습니까", "누르십시오.": "십시오", "봅시다": "봅시다",
		"있으니까 돼요.": "", "아니다": "", "다시 시도하세요.": "", "니다": "", "": "",
	} {
		if got := formal(line); got != want {
			t.Errorf("%s: found %q, want %q", line, got, want)
		}
	}
}
