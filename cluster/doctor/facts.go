package doctor

// Facts are what was found out about a machine. What is unknown is zero: a
// finding is only made from what is known.
type Facts struct {
	OS  string `json:"os"`  // GOOS
	WSL bool   `json:"wsl"` // Linux inside Windows

	Home     string `json:"home"`     // podium's folder
	HomeWhy  string `json:"homeWhy"`  // why it can't be written to, or ""
	HomeFree uint64 `json:"homeFree"` // bytes
	Plane    string `json:"plane"`    // podium-plane's path, or ""
	Loopback string `json:"loopback"` // why no port on 127.0.0.1 can be listened on, or ""

	Wish    string   `json:"wish"`    // the only engine that may be used, or ""
	Engines []Engine `json:"engines"` // those whose program is on PATH, in the order podium tries them

	InotifyWatches   int `json:"inotifyWatches"`
	InotifyInstances int `json:"inotifyInstances"`

	Proxy   string `json:"proxy"` // HTTPS_PROXY or HTTP_PROXY, without its password
	NoProxy string `json:"noProxy"`

	Leftovers []string `json:"leftovers"` // containers of podium's own clusters that don't run
}

// An Engine is a container engine and what it said of itself.
type Engine struct {
	Name    string `json:"name"` // docker, podman or nerdctl
	Failure string `json:"failure"`
	Version string `json:"version"`
	OS      string `json:"os"`     // of its containers: linux or windows
	Cgroup  string `json:"cgroup"` // 1 or 2
	Root    string `json:"root"`   // where it keeps images, on the engine's own machine

	Rootless bool   `json:"rootless"`
	Memory   uint64 `json:"memory"` // bytes
	Free     uint64 `json:"free"`   // bytes beside Root, 0 when it is on another machine
}

// Usable says that the engine answered and runs Linux containers.
func (e Engine) Usable() bool { return e.Failure == "" && e.OS != "windows" }

// What a kind cluster of one control plane and three workers needs: 2.5 GiB
// were measured at rest, and the node image with the lessons' images takes
// about as much disk twice over.
const (
	LeastMemory = 4 << 30
	LeastDisk   = 8 << 30
	leastHome   = 512 << 20
)

// The inotify limits below which clusters of several nodes fail, from kind's
// known issues: distributions ship 8192 and 128.
const (
	leastWatches   = 65536
	leastInstances = 256
)
