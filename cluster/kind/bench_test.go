//go:build realkind

package kind

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"podium/cluster"
)

// BenchmarkOverKind makes the same cluster with kind's library alone and with
// podium, by turns: `make bench-kind`. Both are measured until every node and
// every system pod is ready; podium also loads the lessons' images and prepares
// its way in.
func BenchmarkOverKind(b *testing.B) {
	name := fmt.Sprintf("podium-bench-%d", os.Getpid())
	var alone, ours []time.Duration
	for b.Loop() {
		alone = append(alone, withKind(b, name))
		ours = append(ours, withPodium(b, name))
		b.Logf("kind %.1f s, podium %.1f s", alone[len(alone)-1].Seconds(), ours[len(ours)-1].Seconds())
	}
	k, p := median(alone), median(ours)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(k.Seconds(), "kind-s")
	b.ReportMetric(p.Seconds(), "podium-s")
	b.ReportMetric(100*(p.Seconds()/k.Seconds()-1), "overhead-%")
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func withKind(b *testing.B, name string) time.Duration {
	p := New(Options{Home: b.TempDir(), Cluster: name})
	e, err := p.engine(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	config, err := p.config(e)
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "kubeconfig")
	kind := kindcluster.NewProvider(e.option())
	defer func() {
		if err := kind.Delete(name, file); err != nil {
			b.Error(err)
		}
	}()
	began := time.Now()
	err = kind.Create(name, kindcluster.CreateWithRawConfig([]byte(config)), kindcluster.CreateWithNodeImage(p.options.Image),
		kindcluster.CreateWithKubeconfigPath(file))
	if err != nil {
		b.Fatal(err)
	}
	made := time.Since(began)
	access, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		b.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.awaitReady(b.Context(), client, defaultWorkers+1, nil); err != nil {
		b.Fatal(err)
	}
	b.Logf("kind alone: made in %.1f s, ready in %.1f s", made.Seconds(), time.Since(began).Seconds())
	return time.Since(began)
}

func withPodium(b *testing.B, name string) time.Duration {
	p := New(Options{Home: filepath.Join(b.TempDir(), "kind"), Cluster: name})
	began := time.Now()
	c, err := p.Open(b.Context(), func(s cluster.Stage) {
		if s.Done {
			b.Logf("  %5.1f s  %s", s.Elapsed.Seconds(), s.Message.ID)
		}
	})
	took := time.Since(began)
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Close(context.Background()); err != nil {
		b.Error(err)
	}
	if err := p.Delete(context.Background()); err != nil {
		b.Error(err)
	}
	return took
}
