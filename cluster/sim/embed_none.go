//go:build !embedplane

package sim

// embeddedPlane is nil in a development build, which finds podium-plane beside
// itself.
var embeddedPlane []byte
