//go:build !linux

package confine

// Supported returns [ErrUnsupported]: only Linux has Landlock.
func Supported() error { return ErrUnsupported }

// Enter returns [ErrUnsupported].
func Enter(Bounds) error { return ErrUnsupported }

// Become returns [ErrUnsupported].
func Become(Bounds, []string) error { return ErrUnsupported }
