package doctor

import "golang.org/x/sys/windows"

// free is how many bytes an ordinary user may still write beside path, or 0.
func free(path string) uint64 {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0
	}
	var n uint64
	if windows.GetDiskFreeSpaceEx(name, &n, nil, nil) != nil {
		return 0
	}
	return n
}
