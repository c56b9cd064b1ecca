package sim

import (
	"fmt"
	"testing"

	"podium/cluster"
	"podium/cluster/clustertest"
)

func TestTheSimKeepsAProvidersPromises(t *testing.T) {
	dir := home(t)
	clustertest.Run(t, clustertest.Provider{
		New:  func() cluster.Keeper { return New(Options{Home: dir, Plane: plane(t), Speed: 4}) },
		Home: dir,
		Remains: func(t *testing.T) []string {
			p := New(Options{Home: dir})
			running, err := p.running()
			if err != nil {
				t.Fatal(err)
			}
			if running {
				return []string{fmt.Sprintf("podium-plane, process %d", p.state().PID)}
			}
			return nil
		},
		Stages: 4,
	})
}
