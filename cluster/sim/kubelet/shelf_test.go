package kubelet

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/manifests"
)

const shop = `
images:
- name: example.com/shop
  tags: {v1: "1"}
  entrypoint: [shop]
  program: echo
  binary: shop
  ports: [80]
  text: open
`

func TestACourseBringsImagesOfItsOwn(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.create(aPod("early", "example.com/shop:v1"))
		s.wait(3 * time.Second)
		if got := summary(s.get("early").Status); !strings.HasPrefix(got, "Pending web=") {
			t.Errorf("without the catalogue: %s", got)
		}
		maps := s.client.CoreV1().ConfigMaps(metav1.NamespaceSystem)
		course := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "course", Labels: map[string]string{imagesLabel: ""}},
			Data: map[string]string{"shop": shop, "broken": "images: [{name: x}]"}}
		if _, err := maps.Create(context.Background(), course, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.create(aPod("web", "example.com/shop:v1"))
		s.wait(20 * time.Minute) // the longest back-off
		for _, name := range []string{"early", "web"} {
			if got := summary(s.get(name).Status); got != "Running web=Running/0 ready=True" {
				t.Errorf("%s is %s", name, got)
			}
		}
		s.stop()
		s.resume(0)
		s.wait(3 * time.Second)
		if _, body := s.fetch("web", "80"); body != "open" {
			t.Errorf("after a restart it answers %q", body)
		}
		if err := maps.Delete(context.Background(), "course", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Second)
		if _, known := s.nodes.images.find(imageRef{name: "example.com/shop", tag: "v1"}); known {
			t.Error("the image is still known")
		}
	})
}

func TestEveryProgramIsThere(t *testing.T) {
	for _, word := range manifests.Programs {
		if programs[word] == nil {
			t.Errorf("nothing runs %q", word)
		}
	}
}
