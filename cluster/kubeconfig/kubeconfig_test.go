package kubeconfig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/clientcmd"

	"podium/cluster"
	"podium/i18n"
)

const users = `apiVersion: v1
kind: Config
current-context: shop-prod
clusters:
- {name: class, cluster: {server: "https://class.example:6443", certificate-authority: ca.crt}}
- {name: shop, cluster: {server: "https://api.shop.example:6443"}}
- {name: behind, cluster: {server: "https://k8s.live.example:6443"}}
users:
- {name: me, user: {token: secret}}
contexts:
- {name: class, context: {cluster: class, user: me, namespace: default}}
- {name: shop-prod, context: {cluster: shop, user: me}}
- {name: product-demo, context: {cluster: shop, user: me}}
- {name: behind, context: {cluster: behind, user: me}}
- {name: 상점-운영, context: {cluster: shop, user: me}}
- {name: dangling, context: {cluster: nowhere, user: me}}
`

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOnlyANamedContextIsOpenedAndProductionOnlyWhenConfirmed(t *testing.T) {
	tests := []struct {
		name, text, context, confirmed string
		say                            string // "" for none
		production                     bool
	}{
		{"none named", users, "", "", "Name a context with --context; there are: behind, class, dangling, product-demo, shop-prod", false},
		{"unknown", users, "clas", "", "There is no context clas; there are: behind, class", false},
		{"named", users, "class", "", "", false},
		{"production by its name", users, "shop-prod", "", "looks like a cluster that people depend on", true},
		{"production in Korean", users, "상점-운영", "", "운영", true},
		{"production by its server", users, "behind", "", "live", true},
		{"only part of a word", users, "product-demo", "", "", false},
		{"another name confirmed", users, "shop-prod", "class", "type its name", true},
		{"confirmed", users, "shop-prod", "shop-prod", "", false},
		{"no such cluster", users, "dangling", "", "can't be used", false},
		{"no file", "", "class", "", "no kubeconfig was found", false},
		{"nonsense", "{{{", "class", "", "can't be read", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := New(Options{File: file(t, tt.text), Context: tt.context, Confirmed: tt.confirmed})
			err := p.Check(t.Context())
			if errors.Is(err, ErrProduction) != tt.production {
				t.Errorf("production: %v", err)
			}
			if tt.say == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if said := i18n.English.Say(i18n.Explain(err)); !strings.Contains(said, tt.say) {
				t.Errorf("said %q, want %q", said, tt.say)
			}
		})
	}
}

func TestPodiumsKubeconfigHasTheOneContextAndTheUsersFileStays(t *testing.T) {
	source, home := file(t, users), t.TempDir()
	p := New(Options{File: source, Context: "class", Home: home, Learner: "min"})
	config, err := p.chosen()
	if err != nil {
		t.Fatal(err)
	}
	own, err := p.write(config, NamespaceOf("min"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := clientcmd.LoadFromFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Contexts) != 1 || got.Contexts["class"].Namespace != "podium-min" || len(got.Clusters) != 1 {
		t.Errorf("podium's own kubeconfig: %+v", got)
	}
	if ca := got.Clusters["class"].CertificateAuthority; ca != filepath.Join(filepath.Dir(source), "ca.crt") {
		t.Errorf("the certificate authority is looked for at %s", ca)
	}
	if info, err := os.Stat(own); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("podium's own kubeconfig: %v %v", info.Mode(), err)
	}
	if text, err := os.ReadFile(source); err != nil || string(text) != users {
		t.Errorf("the user's kubeconfig changed: %v\n%s", err, text)
	}
}

func TestNamespaceOf(t *testing.T) {
	for learner, want := range map[string]string{
		"min": "podium-min", "Min Ji": "podium-min-ji", "min@school.example": "podium-min-school-example", "--": "podium-learner-" + label("--")[8:],
		strings.Repeat("a", 80): "podium-" + strings.Repeat("a", longestLearner),
	} {
		if got := NamespaceOf(learner); got != want {
			t.Errorf("%s: %s, want %s", learner, got, want)
		}
	}
	if a, b := NamespaceOf("민지"), NamespaceOf("지민"); a == b || !strings.HasPrefix(a, "podium-learner-") {
		t.Errorf("Korean names give %s and %s", a, b)
	}
}

// server is a cluster on which the verbs in denied are refused.
func server(denied ...string) *fake.Clientset {
	client := fake.NewClientset()
	client.PrependReactor("create", "selfsubjectaccessreviews", func(a clienttesting.Action) (bool, runtime.Object, error) {
		review := a.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview).DeepCopy()
		asked := review.Spec.ResourceAttributes
		review.Status.Allowed = !slices.Contains(denied, strings.TrimSuffix(asked.Verb+" "+asked.Resource+"/"+asked.Subresource, "/"))
		return true, review, nil
	})
	client.PrependReactor("create", "serviceaccounts", func(a clienttesting.Action) (bool, runtime.Object, error) {
		if a.GetSubresource() != "token" {
			return false, nil, nil
		}
		return true, &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{Token: "token-of-" + a.GetNamespace()}}, nil
	})
	return client
}

func TestAllowedNamesWhatIsMissing(t *testing.T) {
	if err := Allowed(t.Context(), server(), "podium-min"); err != nil {
		t.Errorf("everything is allowed: %v", err)
	}
	err := Allowed(t.Context(), server("create pods", "delete deployments"), "podium-min")
	if said := i18n.English.Say(i18n.Explain(err)); !strings.Contains(said, "create pods, delete deployments") || !strings.Contains(said, "podium rbac") {
		t.Errorf("said %q", said)
	}
	// Who may not make namespaces is welcome in one that was prepared.
	prepared := server("create namespaces")
	if err := Allowed(t.Context(), prepared, "podium-min"); err == nil {
		t.Error("a namespace can't be made, and nobody minds")
	}
	if _, err := ensureNamespace(t.Context(), prepared, "podium-min", "min"); err != nil {
		t.Fatal(err)
	}
	if err := Allowed(t.Context(), prepared, "podium-min"); err != nil {
		t.Errorf("in a prepared namespace: %v", err)
	}
}

func TestANamespaceIsMadeOnceWithItsBoundsAndAStrangersIsLeftAlone(t *testing.T) {
	client := server()
	for i, want := range []bool{true, false} {
		made, err := ensureNamespace(t.Context(), client, "podium-min", "min")
		if err != nil || made != want {
			t.Fatalf("time %d: made %v, %v", i, made, err)
		}
	}
	q, err := client.CoreV1().ResourceQuotas("podium-min").Get(t.Context(), fieldManager, metav1.GetOptions{})
	if err != nil || q.Labels[cluster.OwnedLabel] != "true" || q.Spec.Hard.Pods().Value() != 40 {
		t.Errorf("quota %+v, %v", q, err)
	}
	if _, err := client.CoreV1().LimitRanges("podium-min").Get(t.Context(), fieldManager, metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	stranger := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "podium-shop"}}
	if _, err := client.CoreV1().Namespaces().Create(t.Context(), stranger, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := ensureNamespace(t.Context(), client, "podium-shop", "shop"); err == nil {
		t.Error("a namespace that podium didn't make was taken")
	}
	if _, err := client.CoreV1().ResourceQuotas("podium-shop").Get(t.Context(), fieldManager, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("a stranger's namespace got a quota: %v", err)
	}
}

func TestAClassIsPreparedAndRemovedWhole(t *testing.T) {
	ctx, client, dir := context.Background(), server(), t.TempDir()
	config, err := New(Options{File: file(t, strings.ReplaceAll(users, ", certificate-authority: ca.crt", "")), Context: "class"}).chosen()
	if err != nil {
		t.Fatal(err)
	}
	keep := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "lab", Labels: map[string]string{cluster.OwnedLabel: "true"}}}
	if _, err := client.CoreV1().Namespaces().Create(ctx, keep, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := ensureRoles(ctx, client); err != nil {
		t.Fatal(err)
	}
	for _, learner := range []string{"learner-01", "learner-02"} {
		seat, err := prepare(ctx, client, config, learner, dir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := clientcmd.LoadFromFile(seat.Kubeconfig)
		if err != nil {
			t.Fatal(err)
		}
		if got.AuthInfos[learner].Token != "token-of-"+seat.Namespace || got.Contexts[got.CurrentContext].Namespace != seat.Namespace || got.AuthInfos["me"] != nil {
			t.Errorf("%s: %+v", learner, got)
		}
	}
	var told []string
	if err := remove(ctx, client, func(kind, name string) { told = append(told, kind+" "+name) }); err != nil {
		t.Fatal(err)
	}
	want := []string{"ClusterRoleBinding podium-look-podium-learner-01", "Namespace podium-learner-01", "ClusterRoleBinding podium-look-podium-learner-02",
		"Namespace podium-learner-02", "ClusterRole podium-learner", "ClusterRole podium-look"}
	if !slices.Equal(told, want) {
		t.Errorf("removed %q, want %q", told, want)
	}
	if left, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{}); err != nil || len(left.Items) != 1 || left.Items[0].Name != "lab" {
		t.Errorf("left %+v, %v", left.Items, err)
	}
}

func TestASeatIsHandedOutWhenItsRightsHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, asked := server(), 0
		client.PrependReactor("create", "selfsubjectaccessreviews", func(a clienttesting.Action) (bool, runtime.Object, error) {
			if asked++; asked > 20 {
				return false, nil, nil // from now on the server has seen the bindings
			}
			return true, a.(clienttesting.CreateAction).GetObject(), nil
		})
		if err := granted(t.Context(), client, "podium-min"); err != nil || asked <= 20 {
			t.Errorf("asked %d times: %v", asked, err)
		}
		err := granted(t.Context(), server("list nodes"), "podium-min")
		if err != nil {
			t.Errorf("only the first right through each binding is asked for: %v", err)
		}
		err = granted(t.Context(), server("get nodes"), "podium-min")
		if said := i18n.English.Say(i18n.Explain(err)); !strings.Contains(said, "get nodes") {
			t.Errorf("said %q of a binding that never holds", said)
		}
	})
}

func TestRolesGrantNothingClusterWideToLearners(t *testing.T) {
	for _, role := range Roles() {
		for _, rule := range role.Rules {
			if slices.Contains(rule.Verbs, "*") || slices.Contains(rule.Resources, "*") || slices.Contains(rule.APIGroups, "*") {
				t.Errorf("%s asks for everything: %+v", role.Name, rule)
			}
			if role.Name == lookRole && !slices.Equal(rule.Verbs, look) {
				t.Errorf("%s changes things: %+v", role.Name, rule)
			}
		}
	}
}
