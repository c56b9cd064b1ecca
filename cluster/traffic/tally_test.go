package traffic

import (
	"fmt"
	"testing"
	"time"

	"podium/i18n"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func second(n float64) time.Time { return noon.Add(time.Duration(n * float64(time.Second))) }

func TestAnOutageIsJudgedInTheOrderOfSending(t *testing.T) {
	for _, test := range []struct {
		name     string
		outcomes string // one letter a second: g good, f failed, w withdrawn
		order    []int  // in which they become known
		want     time.Duration
	}{
		{"none", "ggg", []int{0, 1, 2}, 0},
		{"one", "gfg", []int{0, 1, 2}, time.Second},
		{"a timeout known late", "gfffg", []int{0, 4, 2, 3, 1}, 3 * time.Second},
		{"the longest of two", "gffgfg", []int{0, 1, 2, 3, 4, 5}, 2 * time.Second},
		{"from the beginning", "ffg", []int{0, 1, 2}, 2 * time.Second},
		{"still down", "gff", []int{0, 1, 2}, 9 * time.Second},
		{"withdrawn ones say nothing", "gfwfg", []int{0, 1, 2, 3, 4}, 3 * time.Second},
		{"not yet known", "gff", []int{0, 2}, 0},
	} {
		var o outage
		for _, i := range test.order {
			letter := test.outcomes[i]
			o.add(i, outcome{sent: second(float64(i)), good: letter == 'g', withdrawn: letter == 'w'})
		}
		if got := o.longest(second(10)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestATallyStaysSmallHoweverLongItRuns(t *testing.T) {
	tally := newTally(noon)
	for i := range 20_000 { // 1,000 s of answers from pods that never repeat, then 1,000 s of silence
		at := second(float64(i) / 20)
		latency := time.Duration(i%100) * time.Millisecond
		if i < 10_000 {
			latency = Timeout // long ago
		}
		tally.answered(tally.sent(), at, at.Add(latency), answer{pod: fmt.Sprint("pod-", i), version: fmt.Sprint("v", i)})
		tally.failed(tally.sent(), at, i18n.Text(fmt.Sprint("failure ", i)))
	}
	stats := tally.stats(second(1000))
	if len(stats.ByPod) != distinct+1 || stats.ByPod[others] != 20_000-distinct || len(stats.ByVersion) != distinct+1 {
		t.Errorf("%d pods, %d of them others", len(stats.ByPod), stats.ByPod[others])
	}
	if len(stats.Buckets) != int(Span/Width) || len(stats.Failures) != recentFailures || len(tally.latencies) != recentLatencies {
		t.Errorf("%d buckets, %d failures, %d latencies", len(stats.Buckets), len(stats.Failures), len(tally.latencies))
	}
	if stats.P50 != 50*time.Millisecond || stats.P95 != 95*time.Millisecond {
		t.Errorf("p50 %v, p95 %v", stats.P50, stats.P95)
	}
	if last := stats.Buckets[len(stats.Buckets)-2]; last.Answered != 5 || last.Failed != 5 {
		t.Errorf("the last full bucket is %+v", last)
	}
	for _, b := range tally.stats(second(2000)).Buckets {
		if b.Answered+b.Failed > 0 {
			t.Errorf("after a long silence there is still %+v", b)
		}
	}
}

func TestStatsNeverChangeOnceTaken(t *testing.T) {
	tally := newTally(noon)
	tally.answered(tally.sent(), noon, noon, answer{pod: "a", version: "1"})
	tally.failed(tally.sent(), noon, i18n.Text("no"))
	stats := tally.stats(second(0.1))
	before := fmt.Sprintf("%+v", stats)
	tally.answered(tally.sent(), noon, noon, answer{pod: "a", version: "1"})
	tally.failed(tally.sent(), noon, i18n.Text("no"))
	if after := fmt.Sprintf("%+v", stats); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
}
