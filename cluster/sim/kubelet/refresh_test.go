package kubelet

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestMountedConfigurationFollowsItsSource(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		maps := s.client.CoreV1().ConfigMaps("lab")
		config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "cm", Namespace: "lab"}, Data: map[string]string{"color": "blue", "old": "x", "same": "s"}}
		if _, err := maps.Create(context.Background(), config, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.create(aPod("web", "busybox:1.36", runs("sleep", "3600"), func(p *corev1.Pod) {
			c := &p.Spec.Containers[0]
			c.Env = []corev1.EnvVar{{Name: "COLOR", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "cm"}, Key: "color"}}}}
			c.VolumeMounts = []corev1.VolumeMount{{Name: "c", MountPath: "/conf"}, {Name: "c", MountPath: "/one", SubPath: "color"}}
			p.Spec.Volumes = []corev1.Volume{{Name: "c", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "cm"}}}}}
		}))
		s.wait(10 * time.Second)
		read := func(file string) string {
			data, err := s.nodes.find("lab", "web").container("web").process.sandbox().FS.ReadFile(file)
			if err != nil {
				return "-"
			}
			return string(data)
		}
		check := func(when string, want map[string]string) {
			t.Helper()
			for file, content := range want {
				if got := read(file); got != content {
					t.Errorf("%s: %s holds %q, want %q", when, file, got, content)
				}
			}
		}
		before := map[string]string{"/conf/color": "blue", "/conf/old": "x", "/conf/same": "s", "/conf/new": "-", "/one": "blue"}
		check("at first", before)
		config.Data = map[string]string{"color": "green", "same": "s", "new": "y"}
		if _, err := maps.Update(context.Background(), config, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(refreshDelay / 2)
		check("soon", before)
		s.wait(refreshDelay)
		check("later", map[string]string{"/conf/color": "green", "/conf/old": "-", "/conf/same": "s", "/conf/new": "y", "/one": "blue"})
		if env := s.nodes.find("lab", "web").container("web").env; len(env) != 1 || env[0] != "COLOR=blue" {
			t.Errorf("the environment changed: %q", env)
		}
		if err := maps.Delete(context.Background(), "cm", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(2 * refreshDelay)
		check("without its source", map[string]string{"/conf/color": "green"})
	})
}
