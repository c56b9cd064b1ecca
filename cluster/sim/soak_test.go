package sim

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
)

// kills is how often the control plane is killed: `make soak` asks for 200.
var kills = flag.Int("kills", 3, "SIGKILLs of the control plane in TestNoAcknowledgedWriteIsLost")

// A ledger is what one writer knows of its own object. One write is under way
// at most, so that the object is as acknowledged last or as tried since.
type ledger struct {
	name         string
	acked, tried int // sequence numbers; a negative one is a deletion
}

// writers write at the same time, each to an object of its own.
const writers = 8

// write changes the object again and again until a write fails or ctx ends.
func (l *ledger) write(ctx context.Context, client kubernetes.Interface) {
	maps := client.CoreV1().ConfigMaps(cluster.Namespace)
	for ctx.Err() == nil {
		next := max(l.acked, -l.acked) + 1
		object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: l.name}, Data: map[string]string{"n": strconv.Itoa(next)}}
		var err error
		switch {
		case l.acked <= 0: // it isn't there
			l.tried = next
			_, err = maps.Create(ctx, object, metav1.CreateOptions{})
		case rand.IntN(10) == 0:
			l.tried = -next
			err = maps.Delete(ctx, l.name, metav1.DeleteOptions{})
		default:
			l.tried = next
			_, err = maps.Update(ctx, object, metav1.UpdateOptions{})
		}
		if err != nil {
			return
		}
		l.acked = l.tried
	}
}

// settle compares the ledger with the cluster and takes over what is there.
func (l *ledger) settle(t *testing.T, there map[string]string) {
	t.Helper()
	text, found := there[l.name]
	has, _ := strconv.Atoi(text)
	holds := func(n int) bool { return found && n == has || !found && n <= 0 }
	switch {
	case holds(l.tried):
		l.acked = l.tried
	case !holds(l.acked):
		t.Errorf("%s: %d was acknowledged and %d tried, the cluster has %q", l.name, l.acked, l.tried, text)
		l.acked = has
	}
	l.tried = l.acked
}

// killOnce opens the cluster, checks the ledgers, writes, and kills the control
// plane after delay: counted from its first sign of life, or, if up, from the
// first write. It returns how many writes were acknowledged, and the process
// that was killed.
func killOnce(t *testing.T, dir string, ledgers []*ledger, up bool, delay time.Duration, before int) (acked, pid int) {
	t.Helper()
	p := New(Options{Home: dir, Plane: plane(t)})
	opened, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		c, err := p.Open(t.Context(), func(s cluster.Stage) {
			if s.Message.ID == "sim.stage.reset" {
				t.Error("the data was set aside")
			}
		})
		if err != nil {
			if up {
				t.Errorf("it does not come back: %v", err)
			}
			return // killed on its way up
		}
		defer func() { _ = c.Close(context.Background()) }()
		acked = writeAll(t, c, ledgers, opened)
		select {
		case <-c.Done:
		case <-time.After(time.Minute):
			t.Error("Done is not closed although the control plane was killed")
		}
	}()
	// plane.json is of the run before until this one has written it.
	eventually(t, time.Minute, "the control plane has begun", func(context.Context) bool {
		pid = p.state().PID
		return pid != 0 && pid != before
	})
	if up {
		select {
		case <-opened:
		case <-ended:
		}
	}
	<-time.After(delay)
	if running, err := p.running(); err == nil && running {
		if err := killProcess(pid); err != nil {
			t.Errorf("kill: %v", err)
		}
	}
	<-ended
	return acked, pid
}

// writeAll checks what is there and then writes until the control plane is gone.
func writeAll(t *testing.T, c *cluster.Cluster, ledgers []*ledger, begun chan<- struct{}) int {
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		t.Error(err)
		return 0
	}
	list, err := client.CoreV1().ConfigMaps(cluster.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		return 0 // killed this moment; the ledgers are as they were
	}
	there := map[string]string{}
	for _, m := range list.Items {
		there[m.Name] = m.Data["n"]
	}
	var work sync.WaitGroup
	var count int
	for _, l := range ledgers {
		l.settle(t, there)
		count -= max(l.acked, -l.acked)
		work.Go(func() { l.write(t.Context(), client) })
	}
	close(begun)
	work.Wait()
	for _, l := range ledgers {
		count += max(l.acked, -l.acked)
	}
	return count
}

// The control plane is killed at random moments, while it comes up and while it
// serves; what it acknowledged is there the next time, and it always comes back.
func TestNoAcknowledgedWriteIsLost(t *testing.T) {
	dir := home(t)
	ledgers := make([]*ledger, writers)
	for i := range ledgers {
		ledgers[i] = &ledger{name: fmt.Sprintf("ledger-%d", i)}
	}
	pid, acked := 0, 0
	for i := range *kills {
		up := i == 0 || rand.IntN(3) > 0 // else on its way up, which takes a few seconds
		var n int
		n, pid = killOnce(t, dir, ledgers, up, time.Duration(rand.Int64N(int64(3*time.Second))), pid)
		acked += n
	}
	if acked == 0 {
		t.Error("no write was acknowledged, so that none could be lost")
	}
	c, client := open(t, Options{Home: dir})
	list, err := client.CoreV1().ConfigMaps(cluster.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	for _, m := range list.Items {
		there[m.Name] = m.Data["n"]
	}
	for _, l := range ledgers {
		l.settle(t, there)
	}
	if nodes := readyNodes(t, client); len(nodes) != 4 {
		t.Errorf("ready nodes: %v", nodes)
	}
	awaitDeployment(t, client, 3)
	t.Logf("%d kills, %d writes acknowledged", *kills, acked)
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
