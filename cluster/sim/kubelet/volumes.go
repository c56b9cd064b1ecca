package kubelet

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"

	"podium/cluster/sim/kubelet/sandbox"
)

var everything = labels.Everything()

// podBytes is the memory that the files of one pod may take.
const podBytes = 8 << 20

// volumes are a pod's directories that its containers share.
type volumes struct {
	pod   *pod
	mu    sync.Mutex
	space *sandbox.Space
	dirs  map[string]*sandbox.Dir
	data  map[string]map[string]string // what a volume shows, by file
}

func newVolumes(p *pod) *volumes {
	return &volumes{pod: p, dirs: map[string]*sandbox.Dir{}, data: map[string]map[string]string{}}
}

// prepare reads what the volumes show, waiting for ConfigMaps, Secrets and
// claims that are not there yet.
func (v *volumes) prepare(life context.Context) bool {
	object, _ := v.pod.latest()
	for _, vol := range object.Spec.Volumes {
		for {
			files, err := v.read(life, vol)
			if err == nil {
				v.mu.Lock()
				v.data[vol.Name] = files
				v.mu.Unlock()
				break
			}
			if life.Err() != nil {
				return false
			}
			v.pod.node.recorder.Eventf(object, corev1.EventTypeWarning, "FailedMount", "MountVolume.SetUp failed for volume %q : %v", vol.Name, err)
			if !pause(life, v.pod.nodes.pace.backOff(mountRetry)) {
				return false
			}
		}
	}
	return true
}

// mountRetry stands for the doubling wait of a kubelet's volume manager, which
// begins at half a second.
const mountRetry = 2 * time.Second

// read returns a volume's files; nil for a directory that is the pod's to fill.
func (v *volumes) read(ctx context.Context, vol corev1.Volume) (map[string]string, error) {
	switch {
	case vol.ConfigMap != nil:
		data, err := v.pod.configMap(ctx, vol.ConfigMap.Name)
		return v.selected(data, vol.ConfigMap.Items, err, vol.ConfigMap.Optional)
	case vol.Secret != nil:
		data, err := v.pod.secret(ctx, vol.Secret.SecretName)
		return v.selected(data, vol.Secret.Items, err, vol.Secret.Optional)
	case vol.DownwardAPI != nil:
		return v.downward(vol.DownwardAPI.Items)
	case vol.Projected != nil:
		return v.projected(ctx, vol.Projected.Sources)
	default:
		return nil, nil
	}
}

func (v *volumes) selected(data map[string]string, items []corev1.KeyToPath, err error, optional *bool) (map[string]string, error) {
	if err != nil {
		if ptr.Deref(optional, false) && apierrors.IsNotFound(err) {
			return map[string]string{}, nil
		}
		return nil, err
	}
	if len(items) == 0 {
		return data, nil
	}
	files := map[string]string{}
	for _, item := range items {
		value, ok := data[item.Key]
		if !ok && !ptr.Deref(optional, false) {
			return nil, fmt.Errorf("references non-existent config key: %s", item.Key)
		}
		files[item.Path] = value
	}
	return files, nil
}

func (v *volumes) downward(items []corev1.DownwardAPIVolumeFile) (map[string]string, error) {
	files := map[string]string{}
	for _, item := range items {
		switch {
		case item.FieldRef != nil:
			value, err := v.pod.field(item.FieldRef.FieldPath)
			if err != nil {
				return nil, err
			}
			files[item.Path] = value
		case item.ResourceFieldRef != nil:
			for _, c := range v.pod.containers {
				if c.spec.Name == item.ResourceFieldRef.ContainerName {
					files[item.Path] = v.pod.resourceField(c, item.ResourceFieldRef)
				}
			}
		}
	}
	return files, nil
}

func (v *volumes) projected(ctx context.Context, sources []corev1.VolumeProjection) (map[string]string, error) {
	files := map[string]string{}
	for _, src := range sources {
		var some map[string]string
		var err error
		switch {
		case src.ConfigMap != nil:
			some, err = v.pod.configMap(ctx, src.ConfigMap.Name)
			some, err = v.selected(some, src.ConfigMap.Items, err, src.ConfigMap.Optional)
		case src.Secret != nil:
			some, err = v.pod.secret(ctx, src.Secret.Name)
			some, err = v.selected(some, src.Secret.Items, err, src.Secret.Optional)
		case src.DownwardAPI != nil:
			some, err = v.downward(src.DownwardAPI.Items)
		case src.ServiceAccountToken != nil:
			some = map[string]string{src.ServiceAccountToken.Path: ""} // asked for when somebody looks
		}
		if err != nil {
			return nil, err
		}
		maps.Copy(files, some)
	}
	return files, nil
}

// dir is a volume's directory, the same for each container that mounts it.
func (v *volumes) dir(name string) *sandbox.Dir {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d := v.dirs[name]; d != nil {
		return d
	}
	d := v.spaceLocked().NewDir()
	for file, content := range v.data[name] {
		_ = d.FS().WriteFile("/"+file, []byte(content)) // fails only when the pod's space is full: the file is missing then
	}
	for file, token := range v.tokens(name) {
		_ = d.FS().WriteFile("/"+file, []byte(token))
	}
	v.dirs[name] = d
	return d
}

// tokenLimit bounds asking for a token.
const tokenLimit = 10 * time.Second

// tokens are the service account tokens of a projected volume, by file: real
// ones, bound to the pod. They are asked for when a container is first looked
// into, because hardly one pod in a hundred ever reads its own. The API server
// lets one that expires after an hour live for a year
// (--service-account-extend-token-expiration), so none is renewed.
func (v *volumes) tokens(name string) map[string]string {
	tokens := map[string]string{}
	for _, vol := range v.pod.spec.Volumes {
		if vol.Name != name || vol.Projected == nil {
			continue
		}
		for _, src := range vol.Projected.Sources {
			if src.ServiceAccountToken == nil {
				continue
			}
			token, err := v.pod.token(src.ServiceAccountToken)
			if err != nil {
				v.pod.nodes.log.Warn("no service account token", "pod", v.pod.name.String(), "error", err)
			}
			tokens[src.ServiceAccountToken.Path] = token
		}
	}
	return tokens
}

func (p *pod) token(from *corev1.ServiceAccountTokenProjection) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenLimit)
	defer cancel()
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: from.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: p.name.Name, UID: p.uid},
	}}
	if from.Audience != "" {
		request.Spec.Audiences = []string{from.Audience}
	}
	answer, err := p.nodes.options.Client.CoreV1().ServiceAccounts(p.name.Namespace).CreateToken(ctx, p.spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return answer.Status.Token, nil
}

func (v *volumes) spaceLocked() *sandbox.Space {
	if v.space == nil {
		v.space = sandbox.NewSpace(podBytes)
	}
	return v.space
}

func (v *volumes) newFS() *sandbox.FS {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.spaceLocked().FS()
}

// fileSystem builds what a container sees: a small Linux, the image's files, the
// pod's own files under /etc, its volumes.
func (p *pod) fileSystem(c *container, proc *process) *sandbox.FS {
	fs := p.volumes.newFS()
	files := map[string]string{
		"/etc/hostname": p.hostname() + "\n",
		"/etc/hosts": "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n" +
			p.address() + "\t" + p.hostname() + "\n",
		"/etc/resolv.conf": "search " + p.name.Namespace + ".svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
		"/etc/passwd":      "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
		"/etc/group":       "root:x:0:\nnobody:x:65534:\n",
		"/etc/os-release":  fmt.Sprintf("NAME=\"podium simulated image\"\nID=podium\nPRETTY_NAME=\"%s:%s (simulated)\"\n", proc.image.Name, proc.image.version),
	}
	maps.Copy(files, proc.image.Files)
	for _, dir := range []string{"/bin", "/dev", "/proc/1", "/root", "/tmp", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/var/log", "/var/run", "/run", "/home", "/sys", "/mnt", "/opt", "/srv"} {
		_ = fs.MkdirAll(dir)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_ = fs.WriteFile(name, []byte(files[name])) // the space is empty: nothing to fail
		if strings.HasSuffix(name, ".sh") {
			_ = fs.Chmod(name, 0o755)
		}
	}
	p.devices(fs, proc)
	if log := c.spec.TerminationMessagePath; log != "" {
		_ = fs.MkdirAll(path.Dir(path.Clean("/" + log)))
		_ = fs.WriteFile(path.Clean("/"+log), nil)
	}
	for _, m := range c.spec.VolumeMounts {
		at, sub := path.Clean("/"+m.MountPath), m.SubPath
		if m.SubPathExpr != "" {
			sub = expandRefs(m.SubPathExpr, proc.env)
		}
		dir := p.volumes.dir(m.Name)
		readOnly := m.ReadOnly || p.readOnlyVolume(m.Name)
		if sub != "" {
			_ = fs.MountFile(at, dir, sub, readOnly)
			continue
		}
		_ = fs.Mount(at, dir, readOnly)
	}
	return fs
}

// readOnlyVolume says that a volume shows API objects, which no container may
// write to.
func (p *pod) readOnlyVolume(name string) bool {
	for _, v := range p.spec.Volumes {
		if v.Name == name {
			return v.ConfigMap != nil || v.Secret != nil || v.DownwardAPI != nil || v.Projected != nil
		}
	}
	return false
}

func (p *pod) devices(fs *sandbox.FS, proc *process) {
	zeros := make([]byte, 4096)
	toLog := func(w []byte) []byte {
		if w != nil {
			_, _ = proc.out.Write(w)
		}
		return nil
	}
	for name, device := range map[string]func([]byte) []byte{
		"/dev/null":    func([]byte) []byte { return nil },
		"/dev/zero":    func([]byte) []byte { return zeros },
		"/dev/urandom": func([]byte) []byte { return []byte(contentID(name(proc), time.Now().String())) },
		"/proc/1/fd/1": toLog,
		"/proc/1/fd/2": toLog,
	} {
		_ = fs.Device(name, true, device)
	}
	static := map[string]string{
		"/proc/1/cmdline": strings.Join(proc.args, "\x00"), "/proc/version": "Linux version simulated\n",
		"/proc/cpuinfo": "model name\t: podium simulated cpu\n", "/proc/meminfo": "MemTotal:        8388608 kB\n",
		"/proc/mounts": "overlay / overlay rw 0 0\n", "/proc/1/environ": strings.Join(proc.env, "\x00"),
	}
	for name, content := range static {
		_ = fs.Device(name, false, func([]byte) []byte { return []byte(content) })
	}
}

func name(proc *process) string { return proc.container.spec.Name }
