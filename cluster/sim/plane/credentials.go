package main

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Addresses of the simulated cluster; they exist inside its network alone.
const (
	controlPlaneIP = "172.18.0.2" // where a kind cluster's first node is, too
	serviceRange   = "10.96.0.0/16"
	apiServiceIP   = "10.96.0.1" // the first of serviceRange, by the API server's rule
	apiPort        = 6443
	nodeIPs        = 61 // from controlPlaneIP on: 50 workers and some to add later
)

// masters is the group that RBAC lets do everything.
const masters = "system:masters"

// viewers is the group of those who only watch; seed.go grants it reading.
const viewers = "podium:viewers"

// A credentials is every certificate of one run, written where the components
// look for theirs.
type credentials struct {
	dir     string
	ca      *authority
	admin   keyPair
	viewer  keyPair
	kubelet tls.Certificate
}

func (c *credentials) file(name string) string { return filepath.Join(c.dir, name) }

// issueAll makes and writes what the components of one run need.
func issueAll(dir string) (*credentials, error) {
	ca, err := loadAuthority(dir)
	if err != nil {
		return nil, err
	}
	c := &credentials{dir: dir, ca: ca}
	loopback, node := net.IPv4(127, 0, 0, 1), net.ParseIP(controlPlaneIP).To4()
	files := map[string]holder{
		"apiserver": {name: "kube-apiserver", ips: []net.IP{loopback, node, net.ParseIP(apiServiceIP)},
			names: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}},
		"kubelet-client": {name: "kube-apiserver-kubelet-client", groups: []string{masters}},
		"controllers":    {name: "system:kube-controller-manager", groups: []string{masters}},
		"scheduler":      {name: "system:kube-scheduler", groups: []string{masters}},
		"etcd":           {name: "etcd", ips: []net.IP{loopback}, names: []string{"localhost"}},
	}
	for name, h := range files {
		pair, err := ca.issue(h)
		if err == nil {
			err = pair.write(dir, name)
		}
		if err != nil {
			return nil, err
		}
	}
	if c.admin, err = ca.issue(holder{name: "kubernetes-admin", groups: []string{masters}}); err != nil {
		return nil, err
	}
	if c.viewer, err = ca.issue(holder{name: "podium-viewer", groups: []string{viewers}}); err != nil {
		return nil, err
	}
	pair, err := ca.issue(holder{name: "system:node:podium", groups: []string{"system:nodes"}, ips: addresses(node, nodeIPs)})
	if err != nil {
		return nil, err
	}
	if c.kubelet, err = tls.X509KeyPair(pair.cert, pair.key); err != nil {
		return nil, err
	}
	return c, c.keepServiceAccountKey()
}

// keepServiceAccountKey makes the key that signs service account tokens on the
// first start; tokens kept in Secrets must stay valid afterwards.
func (c *credentials) keepServiceAccountKey() error {
	if _, err := os.Stat(c.file("sa.key")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, key, err := newKey()
	if err != nil {
		return err
	}
	return maybe.WriteFile(c.file("sa.key"), key, 0o600)
}

// writeKubeconfigs writes the learner's, the viewer's and the components' own.
func (c *credentials) writeKubeconfigs(home, server, namespace string) error {
	return errors.Join(
		c.writeKubeconfig(filepath.Join(home, fileKubeconfig), server, namespace, c.admin),
		c.writeKubeconfig(filepath.Join(home, fileViewer), server, namespace, c.viewer),
		c.writeComponent("controllers", server),
		c.writeComponent("scheduler", server),
	)
}

func (c *credentials) writeComponent(name, server string) error {
	cert, err := os.ReadFile(c.file(name + ".crt"))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(c.file(name + ".key"))
	if err != nil {
		return err
	}
	return c.writeKubeconfig(c.file(name+".kubeconfig"), server, "", keyPair{cert, key})
}

func (c *credentials) writeKubeconfig(path, server, namespace string, user keyPair) error {
	const name = "podium"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: c.ca.cert}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{ClientCertificateData: user.cert, ClientKeyData: user.key}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: namespace}
	config.CurrentContext = name
	data, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return maybe.WriteFile(path, data, 0o600)
}

// addresses returns n addresses from first on, within its last byte.
func addresses(first net.IP, n int) []net.IP {
	all := make([]net.IP, n)
	for i := range all {
		all[i] = net.IPv4(first[0], first[1], first[2], first[3]+byte(i))
	}
	return all
}
