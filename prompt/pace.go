package prompt

import "time"

const (
	// window is the time over which a command's share of a core is measured.
	window = 50 * time.Millisecond
	// share is how much of a window drawing one command's output may take: a
	// flood slows the program that makes it, not the screen.
	share = window / 2
)

// pace holds back a reader that has used its share. The zero value is ready.
type pace struct {
	began time.Time
	used  time.Duration
}

// after notes that the work that ended at now took spent, and returns how long
// to rest before the next.
func (p *pace) after(now time.Time, spent time.Duration) time.Duration {
	if now.Sub(p.began) >= window {
		p.began, p.used = now, 0
	}
	p.used += spent
	if p.used < share {
		return 0
	}
	// Resting as long as was worked keeps the share when one piece of work
	// outlasts the window.
	rest := max(p.began.Add(window).Sub(now), p.used)
	p.began, p.used = now.Add(rest), 0
	return rest
}
