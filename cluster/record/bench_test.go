package record

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// full is a pod with what the API server and a kubelet put into one.
func full(i int) *corev1.Pod {
	p := pod(fmt.Sprintf("web-5d4c8b7f9-%05x", i*7919%(1<<20)), "web", cluster.Ready)
	now := metav1.NewTime(at(float64(i) / 100))
	p.GenerateName, p.UID, p.ResourceVersion, p.CreationTimestamp = "web-5d4c8b7f9-", uuid.NewUUID(), fmt.Sprint(1000+i), now
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web-5d4c8b7f9", UID: types.UID("6a1c"), Controller: ptr.To(true)}}
	mount := corev1.VolumeMount{Name: fmt.Sprintf("kube-api-access-%05x", i), ReadOnly: true, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"}
	p.Spec.Containers = []corev1.Container{{Name: "web", Image: "nginx:1.27", ImagePullPolicy: "IfNotPresent", TerminationMessagePath: "/dev/termination-log", VolumeMounts: []corev1.VolumeMount{mount}}}
	p.Spec.ServiceAccountName, p.Spec.SchedulerName, p.Spec.NodeName = "default", "default-scheduler", fmt.Sprint("worker-", i%10)
	p.Status.Phase, p.Status.PodIP, p.Status.StartTime = corev1.PodRunning, fmt.Sprintf("10.0.%d.%d", i/250, i%250), &now
	p.Status.Conditions[0].LastTransitionTime = now
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "web", Image: "nginx:1.27", ImageID: "sha256:5c8b7f9", ContainerID: "sim://" + string(uuid.NewUUID()), Ready: true}}
	return p
}

func event(i int, p *corev1.Pod) *corev1.Event {
	now := p.CreationTimestamp
	return &corev1.Event{
		TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta:     metav1.ObjectMeta{Namespace: "lab", Name: fmt.Sprintf("%s.%016x", p.Name, rand.Uint64()), UID: uuid.NewUUID(), CreationTimestamp: now},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "lab", Name: p.Name, UID: p.UID, APIVersion: "v1"},
		Reason:         []string{"Scheduled", "Pulled", "Created", "Started"}[i%4], Message: "Successfully assigned lab/" + p.Name + " to " + p.Spec.NodeName,
		FirstTimestamp: now, LastTimestamp: now, Count: 1, Type: "Normal",
	}
}

// An hour of a thousand pods, four events each, and fifty changes a second:
// half of them restarts, which are as new as a change can be. What it takes on
// disk, how long it opens and how long a moment somewhere in it takes. The times
// are medians: a machine that does other things makes single ones longer.
func BenchmarkAnHour(b *testing.B) {
	for b.Loop() {
		pods := make([]*corev1.Pod, 1000)
		var objects []cluster.Object
		for i := range pods {
			pods[i] = full(i)
			objects = append(objects, pods[i])
			for k := range 4 {
				objects = append(objects, event(k, pods[i]))
			}
		}
		v, err := newVolumes(b.TempDir(), head)
		if err != nil {
			b.Fatal(err)
		}
		s := cluster.NewSnapshot(noon, objects...)
		for second := range 3600 {
			next := s
			if err := v.write([]item{{snapshot: &next, anew: second == 0}}); err != nil {
				b.Fatal(err)
			}
			s = busy(s, pods, second)
		}
		if err := errors.Join(v.write(nil), v.close()); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(v.file.Name())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
		b.ReportMetric(float64(info.Size())/180_000, "B/change")
		look(b, v.file.Name())
	}
}

// busy is a snapshot a second after another, with the changes between them.
func busy(s cluster.Snapshot, pods []*corev1.Pod, second int) cluster.Snapshot {
	var changes []cluster.Change
	for k := range 50 {
		i := rand.IntN(len(pods))
		p := pods[i].DeepCopy()
		when := float64(second) + float64(k)/50
		p.ResourceVersion = fmt.Sprint(100000 + second*50 + k)
		if k%2 == 0 {
			p.Labels["round"] = p.ResourceVersion
		} else {
			c := &p.Status.Conditions[0]
			c.Status = map[corev1.ConditionStatus]corev1.ConditionStatus{"True": "False", "False": "True"}[c.Status]
			c.LastTransitionTime = metav1.NewTime(at(when))
			p.Status.ContainerStatuses[0].RestartCount++
			p.Status.ContainerStatuses[0].ContainerID = "sim://" + string(uuid.NewUUID())
		}
		changes = append(changes, change(when, cluster.Modified, p))
		pods[i] = p
	}
	return s.Apply(changes...)
}

func look(b *testing.B, path string) {
	var opens, seeks, steps []time.Duration
	for range 5 {
		began := time.Now()
		r, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		opens = append(opens, time.Since(began))
		for range 10 {
			began := time.Now()
			m, err := r.Seek(at(rand.Float64() * 3600))
			seeks = append(seeks, time.Since(began))
			began = time.Now()
			_, _, err2 := r.Next(m, nil)
			steps = append(steps, time.Since(began))
			if err := errors.Join(err, err2); err != nil {
				b.Fatal(err)
			}
		}
		_ = r.Close()
	}
	b.ReportMetric(median(opens), "ms-open")
	b.ReportMetric(median(seeks), "ms-seek")
	b.ReportMetric(median(steps), "ms-step")
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Microseconds()) / 1000
}
