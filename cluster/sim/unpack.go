package sim

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// fits reports whether the file at path is the archive's contents, as far as its
// size tells. unpack checked the rest before the file got its name.
func fits(path string, archive []byte) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	var header zstd.Header
	if header.Decode(archive) != nil {
		return false
	}
	return !header.HasFCS || uint64(info.Size()) == header.FrameContentSize
}

// unpack writes the archive's contents to path, executable, in a directory that
// is the user's alone. The file gets its name once it is complete and on disk,
// and zstd's own checksum over the contents holds.
func unpack(archive []byte, path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".unpacking-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	err = errors.Join(decompress(file, archive), file.Chmod(0o700), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return removeOthers(dir)
}

func decompress(to io.Writer, archive []byte) error {
	reader, err := zstd.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	defer reader.Close()
	_, err = io.Copy(to, reader)
	return err
}

// removeOthers removes what other versions of podium unpacked beside dir: each
// is as large as all the rest of podium.
func removeOthers(dir string) error {
	others, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "plane-*"))
	for _, other := range others {
		if other != dir {
			err = errors.Join(err, os.RemoveAll(other))
		}
	}
	return err
}
