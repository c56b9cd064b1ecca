package kubelet

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"sync"
)

// runtimeName is the scheme of container ids and of the node's runtime version:
// learners see at once that no containerd is behind them.
const runtimeName = "podium"

// contentID is 64 hex digits that follow from parts alone, so that a resumed
// pod's containers keep their ids.
func contentID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// addresses hands out pod IPs, one range per node.
type addresses struct {
	mu    sync.Mutex
	taken map[netip.Addr]bool
	last  map[netip.Prefix]netip.Addr
}

// reserve marks an address that a resumed pod already has.
func (a *addresses) reserve(ip string) {
	if addr, err := netip.ParseAddr(ip); err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.init()
		a.taken[addr] = true
	}
}

// next returns a free address of the range, going round it as the host-local
// IPAM plugin does, so that a new pod seldom gets the last one's address.
func (a *addresses) next(cidr netip.Prefix) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.init()
	first := cidr.Addr().Next() // .1 is the node's own end
	addr, ok := a.last[cidr]
	if !ok {
		addr = first
	}
	for range 254 {
		if addr = addr.Next(); !cidr.Contains(addr.Next()) { // the last one is the broadcast address
			addr = first.Next()
		}
		if !a.taken[addr] {
			a.taken[addr], a.last[cidr] = true, addr
			return addr.String(), true
		}
	}
	return "", false
}

func (a *addresses) release(ip string) {
	if addr, err := netip.ParseAddr(ip); err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.taken, addr)
	}
}

func (a *addresses) init() {
	if a.taken == nil {
		a.taken, a.last = map[netip.Addr]bool{}, map[netip.Prefix]netip.Addr{}
	}
}
