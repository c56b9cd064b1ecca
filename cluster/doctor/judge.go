package doctor

import (
	"fmt"
	"strings"

	"podium/cluster/enginelog"
	"podium/i18n"
)

// A Level says how much a finding matters.
type Level int

// The levels. A Problem makes its provider unusable; a Warning may.
const (
	Fine Level = iota
	Warning
	Problem
)

// A Finding is one line of the examination.
type Finding struct {
	Level  Level
	Topic  i18n.Message // "container engine"
	Seen   i18n.Message
	Advice *Advice // what to do, where there is something
	For    string  // the provider it concerns; "" for all
}

// Judge turns facts into findings, in the order a learner should read them.
func Judge(f Facts) []Finding {
	list := []Finding{home(f), plane(f), loopback(f)}
	list = append(list, engines(f)...)
	if e, ok := chosen(f.Engines); ok {
		list = append(list, memory(e), disk(e), cgroups(e, f))
	}
	if f.OS == "linux" {
		list = append(list, inotify(f))
	}
	if f.Proxy != "" {
		list = append(list, proxy(f))
	}
	if f.WSL {
		list = append(list, finding("wsl", "kind", Fine, i18n.M("doctor.wsl.seen"), ""))
	}
	if len(f.Leftovers) > 0 {
		list = append(list, finding("leftovers", "kind", Warning, i18n.M("doctor.leftovers.seen", "Names", strings.Join(f.Leftovers, ", ")), "leftovers"))
	}
	return list
}

// Worst returns the worst level that concerns the provider.
func Worst(list []Finding, provider string) Level {
	worst := Fine
	for _, f := range list {
		if f.For == "" || f.For == provider {
			worst = max(worst, f.Level)
		}
	}
	return worst
}

// chosen is the engine that kind would use: the first that works.
func chosen(engines []Engine) (Engine, bool) {
	for _, e := range engines {
		if e.Usable() {
			return e, true
		}
	}
	return Engine{}, false
}

func finding(topic, provider string, level Level, seen i18n.Message, advice string) Finding {
	return about("", topic, provider, level, seen, advice)
}

// about is a finding whose advice is for one engine.
func about(engine, topic, provider string, level Level, seen i18n.Message, advice string) Finding {
	f := Finding{Level: level, Topic: i18n.M("doctor.topic." + topic), Seen: seen, For: provider}
	if advice != "" {
		a := Named(advice, engine)
		f.Advice = &a
	}
	return f
}

func home(f Facts) Finding {
	switch {
	case f.HomeWhy != "":
		return finding("home", "", Problem, i18n.M("doctor.home.denied", "Dir", f.Home, "Why", f.HomeWhy), "home")
	case f.HomeFree > 0 && f.HomeFree < leastHome:
		return finding("home", "", Problem, i18n.M("doctor.home.full", "Dir", f.Home, "Free", size(f.HomeFree)), "home-full")
	}
	return finding("home", "", Fine, i18n.M("doctor.home.fine", "Dir", f.Home, "Free", size(f.HomeFree)), "")
}

func plane(f Facts) Finding {
	if f.Plane == "" {
		return finding("sim", "sim", Problem, i18n.M("doctor.sim.missing"), "plane")
	}
	return finding("sim", "sim", Fine, i18n.M("doctor.sim.fine", "Path", f.Plane), "")
}

func loopback(f Facts) Finding {
	if f.Loopback != "" {
		return finding("ports", "", Problem, i18n.M("doctor.ports.denied", "Why", f.Loopback), "ports")
	}
	return finding("ports", "", Fine, i18n.M("doctor.ports.fine"), "")
}

// engines reports every engine that is installed. One that works is enough: the
// failures of the others are then no problem.
func engines(f Facts) []Finding {
	if len(f.Engines) == 0 && f.Wish != "" {
		return []Finding{about(f.Wish, "engine", "kind", Problem, i18n.M("doctor.engine.wished", "Name", f.Wish), "engine-wished")}
	}
	if len(f.Engines) == 0 {
		return []Finding{finding("engine", "kind", Problem, i18n.M("doctor.engine.none"), "engine-missing")}
	}
	level := Problem
	if _, ok := chosen(f.Engines); ok {
		level = Fine
	}
	var list []Finding
	for _, e := range f.Engines {
		switch {
		case e.Failure != "":
			found := Finding{Level: level, Topic: i18n.M("doctor.topic.engine"), For: "kind",
				Seen: i18n.M("doctor.engine.silent", "Name", e.Name, "Why", complaint(e.Failure))}
			if a, ok := Advise(e.Failure, e.Name); ok {
				found.Advice = &a
			}
			list = append(list, found)
		case e.OS == "windows":
			list = append(list, finding("engine", "kind", level, i18n.M("doctor.engine.windows", "Name", e.Name), "windows-containers"))
		case e.Name == "nerdctl": // the version it tells is that of its server
			list = append(list, finding("engine", "kind", Fine, i18n.M("doctor.engine.containerd", "Name", e.Name, "Version", e.Version), ""))
		default:
			list = append(list, finding("engine", "kind", Fine, i18n.M("doctor.engine.fine", "Name", e.Name, "Version", e.Version), ""))
		}
	}
	return list
}

func memory(e Engine) Finding {
	if e.Memory > 0 && e.Memory < LeastMemory {
		return about(e.Name, "memory", "kind", Warning, i18n.M("doctor.memory.little", "Have", size(e.Memory), "Need", size(LeastMemory)), "memory")
	}
	return finding("memory", "kind", Fine, i18n.M("doctor.memory.fine", "Have", size(e.Memory)), "")
}

func disk(e Engine) Finding {
	switch {
	case e.Root == "":
		return finding("disk", "kind", Fine, i18n.M("doctor.disk.untold", "Name", e.Name), "")
	case e.Free == 0:
		return finding("disk", "kind", Fine, i18n.M("doctor.disk.unknown", "Root", e.Root), "")
	case e.Free < LeastDisk:
		return about(e.Name, "disk", "kind", Warning, i18n.M("doctor.disk.little", "Root", e.Root, "Free", size(e.Free), "Need", size(LeastDisk)), "disk-full")
	}
	return finding("disk", "kind", Fine, i18n.M("doctor.disk.fine", "Root", e.Root, "Free", size(e.Free)), "")
}

func cgroups(e Engine, f Facts) Finding {
	switch {
	case e.Cgroup == "1" && e.Rootless:
		return finding("cgroups", "kind", Problem, i18n.M("doctor.cgroups.rootless"), "rootless")
	case e.Cgroup == "1" && f.WSL:
		return finding("cgroups", "kind", Warning, i18n.M("doctor.cgroups.old"), "wsl-cgroups")
	case e.Cgroup == "1":
		return finding("cgroups", "kind", Warning, i18n.M("doctor.cgroups.old"), "cgroup-v1")
	}
	return finding("cgroups", "kind", Fine, i18n.M("doctor.cgroups.fine", "Version", e.Cgroup), "")
}

func inotify(f Facts) Finding {
	if f.InotifyWatches == 0 && f.InotifyInstances == 0 {
		return finding("inotify", "kind", Fine, i18n.M("doctor.inotify.unknown"), "")
	}
	seen := i18n.M("doctor.inotify.seen", "Watches", f.InotifyWatches, "Instances", f.InotifyInstances)
	if f.InotifyWatches > 0 && f.InotifyWatches < leastWatches || f.InotifyInstances > 0 && f.InotifyInstances < leastInstances {
		return finding("inotify", "kind", Warning, seen, "inotify")
	}
	return finding("inotify", "kind", Fine, seen, "")
}

// proxy warns when connections to the cluster itself would go through a proxy.
func proxy(f Facts) Finding {
	for _, need := range []string{"127.0.0.1", "localhost"} {
		if !strings.Contains(f.NoProxy, need) && f.NoProxy != "*" {
			return finding("proxy", "", Warning, i18n.M("doctor.proxy.through", "Proxy", f.Proxy, "Missing", need), "proxy")
		}
	}
	return finding("proxy", "", Fine, i18n.M("doctor.proxy.fine", "Proxy", f.Proxy), "")
}

// complaint is the first line that is more than a warning.
func complaint(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		if said, level := enginelog.Said(line); level != "warning" {
			return said
		}
	}
	return lines[0]
}

// size is a number of bytes as people say it.
func size(n uint64) string {
	const unit = 1 << 10
	switch {
	case n == 0:
		return "?"
	case n < unit*unit*unit:
		return fmt.Sprintf("%d MiB", n/unit/unit)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/unit/unit/unit)
}
