package i18n

import "testing"

// A sentence that is said for the first time, and finding where all of them are
// written.
func BenchmarkFirstWord(b *testing.B) {
	for b.Loop() {
		words = newCatalogue()
		English.Say(M("cli.short"))
	}
}

func BenchmarkSay(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		English.Say(M("cli.short"))
	}
}

func BenchmarkSayWithArguments(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		English.Say(M("cli.workers", "Workers", 60, "Most", 50))
	}
}
