package why

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// RolloutBegan returns when a Deployment's newest rollout began: when its template was
// seen to change, or when it was made. False: that was before the story begins.
func (p Past) RolloutBegan(deployment types.UID) (time.Time, bool) {
	for d := range p.deeds.back() {
		if d.What == Revision && d.Owner.UID == deployment || d.What == Created && d.About.UID == deployment {
			return d.Time, true
		}
	}
	return time.Time{}, false
}

// Extremes returns the fewest ready and the most pods that controllers had
// together at any moment from a time on.
func (p Past) Extremes(from time.Time, owners ...types.UID) (least, most int, known bool) {
	latest := map[types.UID]Count{}
	for _, c := range p.Counts(from, owners...) {
		latest[c.Owner] = c
		if c.Time.Before(from) {
			continue
		}
		ready, pods := 0, 0
		for _, of := range latest {
			ready, pods = ready+of.Ready, pods+of.Pods
		}
		if !known || ready < least {
			least = ready
		}
		most, known = max(most, pods), true
	}
	return least, most, known
}
