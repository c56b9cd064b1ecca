//go:build embedplane

package sim

import _ "embed"

// embeddedPlane is podium-plane, compressed; `make release` puts it there.
//
//go:embed plane.zst
var embeddedPlane []byte
