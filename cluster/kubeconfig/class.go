package kubeconfig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1ac "k8s.io/client-go/applyconfigurations/rbac/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/ownfile"
)

// MostLearners is the largest class. What is larger wants a cluster of its own.
const MostLearners = 100

// tokenLife is how long a learner's kubeconfig is good for: a course of some
// weeks. An API server may give less.
const tokenLife = 30 * 24 * time.Hour

// account is the ServiceAccount that a learner of a class is.
const account = "podium"

// A Seat is what one learner of a class is handed.
type Seat struct {
	Learner    string
	Namespace  string
	Kubeconfig string // a file, readable by its owner alone
	Expires    time.Time
}

// Class prepares a cluster for n learners: for each a namespace with quota, a
// ServiceAccount that may work in it alone, and a kubeconfig in dir. What is
// there already is taken up, with a new token. told is called after each.
// It needs the rights of podium-instructor.
func (p *Provider) Class(ctx context.Context, n int, dir string, told func(Seat)) error {
	seat, err := p.usher(ctx, dir)
	if err != nil {
		return err
	}
	for i := range n {
		s, err := seat(fmt.Sprintf("learner-%02d", i+1))
		if err != nil {
			return err
		}
		told(s)
	}
	return nil
}

// Seat prepares the cluster for one learner as [Provider.Class] does for many.
func (p *Provider) Seat(ctx context.Context, learner, dir string) (Seat, error) {
	seat, err := p.usher(ctx, dir)
	if err != nil {
		return Seat{}, err
	}
	return seat(learner)
}

// usher prepares the cluster for learners and returns what prepares it for each;
// that returns when the learner's rights are granted.
func (p *Provider) usher(ctx context.Context, dir string) (func(learner string) (Seat, error), error) {
	config, err := p.chosen()
	if err != nil {
		return nil, err
	}
	_, client, err := p.connect(ctx, newStages(nil), config)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, i18n.Errorf(err, i18n.M("kubeconfig.home", "Dir", dir, "Why", err.Error()))
	}
	if err := ensureRoles(ctx, client); err != nil {
		return nil, i18n.Errorf(err, i18n.M("kubeconfig.class", "Why", err.Error()))
	}
	return func(learner string) (Seat, error) {
		seat, err := prepare(ctx, client, config, learner, dir)
		if err == nil {
			err = settled(ctx, seat)
		}
		return seat, err
	}, nil
}

// ensureRoles applies the roles that learners are bound to. An instructor who
// may not is content with roles that are there.
func ensureRoles(ctx context.Context, client kubernetes.Interface) error {
	for _, role := range Roles()[:2] {
		want := rbacv1ac.ClusterRole(role.Name).WithLabels(role.Labels)
		for _, r := range role.Rules {
			want.WithRules(rbacv1ac.PolicyRule().WithAPIGroups(r.APIGroups...).WithResources(r.Resources...).WithVerbs(r.Verbs...))
		}
		_, err := client.RbacV1().ClusterRoles().Apply(ctx, want, applied)
		if apierrors.IsForbidden(err) {
			_, err = client.RbacV1().ClusterRoles().Get(ctx, role.Name, metav1.GetOptions{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func prepare(ctx context.Context, client kubernetes.Interface, config *api.Config, learner, dir string) (Seat, error) {
	seat := Seat{Learner: learner, Namespace: NamespaceOf(learner), Kubeconfig: filepath.Join(dir, learner+".kubeconfig")}
	if _, err := ensureNamespace(ctx, client, seat.Namespace, learner); err != nil {
		return seat, err
	}
	if err := admit(ctx, client, seat.Namespace); err != nil {
		return seat, failed(err, seat.Namespace)
	}
	token, err := client.CoreV1().ServiceAccounts(seat.Namespace).CreateToken(ctx, account, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To(int64(tokenLife.Seconds()))},
	}, metav1.CreateOptions{})
	if err != nil {
		return seat, failed(err, seat.Namespace)
	}
	seat.Expires = token.Status.ExpirationTimestamp.Time
	text, err := seatConfig(config, seat, token.Status.Token)
	if err == nil {
		err = ownfile.Write(seat.Kubeconfig, text)
	}
	if err != nil {
		return seat, i18n.Errorf(err, i18n.M("kubeconfig.home", "Dir", dir, "Why", err.Error()))
	}
	return seat, nil
}

// settleLimit is how long an API server may take to notice new bindings. It
// reads them from watches, so that on a calm one it is well below a second.
const settleLimit = 30 * time.Second

// settled returns when the API server grants what the seat's holder was given:
// one right through each of the two bindings. Until then a learner who is quick
// would be told that rights are missing.
func settled(ctx context.Context, seat Seat) error {
	connection, err := clientcmd.BuildConfigFromFlags("", seat.Kubeconfig)
	if err != nil {
		return failed(err, seat.Namespace)
	}
	client, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return failed(err, seat.Namespace)
	}
	return granted(ctx, client, seat.Namespace)
}

func granted(ctx context.Context, client kubernetes.Interface, namespace string) error {
	asked := append(attributes(namespace, learnerRules)[:1], attributes("", lookRules)[:1]...)
	var missing []string
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, settleLimit, true, func(ctx context.Context) (bool, error) {
		var err error
		missing, err = refused(ctx, client, asked)
		return err == nil && len(missing) == 0, nil // the token may be new to the API server too
	})
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case len(missing) > 0:
		return i18n.Errorf(err, i18n.M("kubeconfig.rights", "Namespace", namespace, "Missing", strings.Join(missing, ", "), "Count", len(missing)))
	default:
		return failed(err, namespace)
	}
}

// admit makes the learner's ServiceAccount and binds it to its rights.
func admit(ctx context.Context, client kubernetes.Interface, namespace string) error {
	own := map[string]string{cluster.OwnedLabel: "true"}
	if _, err := client.CoreV1().ServiceAccounts(namespace).Apply(ctx, corev1ac.ServiceAccount(account, namespace).WithLabels(own), applied); err != nil {
		return err
	}
	who := rbacv1ac.Subject().WithKind(rbacv1.ServiceAccountKind).WithName(account).WithNamespace(namespace)
	learner := rbacv1ac.RoleBinding(learnerRole, namespace).WithLabels(own).WithSubjects(who).
		WithRoleRef(rbacv1ac.RoleRef().WithAPIGroup(rbacv1.GroupName).WithKind("ClusterRole").WithName(learnerRole))
	if _, err := client.RbacV1().RoleBindings(namespace).Apply(ctx, learner, applied); err != nil {
		return err
	}
	look := rbacv1ac.ClusterRoleBinding(lookRole + "-" + namespace).WithLabels(own).WithSubjects(who).
		WithRoleRef(rbacv1ac.RoleRef().WithAPIGroup(rbacv1.GroupName).WithKind("ClusterRole").WithName(lookRole))
	_, err := client.RbacV1().ClusterRoleBindings().Apply(ctx, look, applied)
	return err
}

// seatConfig is a kubeconfig with the class's cluster and the learner's token.
// What the instructor's own kubeconfig proves itself with is not in it.
func seatConfig(config *api.Config, seat Seat, token string) ([]byte, error) {
	c := config.DeepCopy()
	name := c.Contexts[c.CurrentContext].Cluster
	if err := api.FlattenConfig(c); err != nil {
		return nil, err
	}
	return clientcmd.Write(api.Config{
		CurrentContext: seat.Namespace,
		Clusters:       map[string]*api.Cluster{name: c.Clusters[name]},
		AuthInfos:      map[string]*api.AuthInfo{seat.Learner: {Token: token}},
		Contexts:       map[string]*api.Context{seat.Namespace: {Cluster: name, AuthInfo: seat.Learner, Namespace: seat.Namespace}},
	})
}

// Remove deletes what podium made in the cluster: the namespaces it labelled as
// learners', and podium's own roles and bindings. told is called with the name
// of each. It returns when the API server has accepted the deletions.
func (p *Provider) Remove(ctx context.Context, told func(kind, name string)) error {
	client, err := p.client(ctx)
	if err != nil {
		return err
	}
	return remove(ctx, client, told)
}

func remove(ctx context.Context, client kubernetes.Interface, told func(kind, name string)) error {
	ours := metav1.ListOptions{LabelSelector: cluster.OwnedLabel + "=true," + LearnerLabel}
	namespaces, err := client.CoreV1().Namespaces().List(ctx, ours)
	if err != nil {
		return i18n.Errorf(err, i18n.M("kubeconfig.remove", "Why", err.Error()))
	}
	var problems error
	did := func(kind, name string, err error) {
		switch {
		case err == nil:
			told(kind, name)
		case !apierrors.IsNotFound(err):
			problems = errors.Join(problems, err)
		}
	}
	for i := range namespaces.Items {
		name := namespaces.Items[i].Name
		did("ClusterRoleBinding", lookRole+"-"+name, client.RbacV1().ClusterRoleBindings().Delete(ctx, lookRole+"-"+name, metav1.DeleteOptions{}))
		did("Namespace", name, client.CoreV1().Namespaces().Delete(ctx, name, deleteNow))
	}
	for _, role := range Roles()[:2] {
		if have, err := client.RbacV1().ClusterRoles().Get(ctx, role.Name, metav1.GetOptions{}); err != nil || have.Labels[cluster.OwnedLabel] != "true" {
			continue // not there, not ours, or not to be seen
		}
		did("ClusterRole", role.Name, client.RbacV1().ClusterRoles().Delete(ctx, role.Name, metav1.DeleteOptions{}))
	}
	if problems != nil {
		return i18n.Errorf(problems, i18n.M("kubeconfig.remove", "Why", problems.Error()))
	}
	return nil
}
