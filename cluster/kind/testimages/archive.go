package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A layer is an uncompressed layer of images: a tar file.
type layer struct{ path, digest string }

// A file is a member of a layer: a regular one, or a link if it has a target.
type file struct {
	path, content, target string
	mode                  int64
}

// An image is what goes into the archive under one name. Its configuration is
// the part of the OCI image specification's that is used here.
type image struct {
	tags   []string
	layers []layer
	config runConfig
}

type runConfig struct {
	Env        []string `json:",omitempty"`
	Entrypoint []string `json:",omitempty"`
	Cmd        []string `json:",omitempty"`
	WorkingDir string   `json:",omitempty"`
	StopSignal string   `json:",omitempty"`
}

// newLayer writes files, and the folders above them, as a layer to path.
func newLayer(path string, files []file) (layer, error) {
	var content bytes.Buffer
	w := tar.NewWriter(&content)
	made := map[string]bool{".": true}
	for _, f := range files {
		name := strings.TrimPrefix(f.path, "/")
		if err := folders(w, filepath.Dir(name), made); err != nil {
			return layer{}, err
		}
		header := &tar.Header{Name: name, Mode: f.mode, Size: int64(len(f.content)), Typeflag: tar.TypeReg, ModTime: epoch}
		if f.target != "" {
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, f.target, 0
		}
		if err := w.WriteHeader(header); err != nil {
			return layer{}, err
		}
		if _, err := io.WriteString(w, f.content); err != nil {
			return layer{}, err
		}
	}
	if err := w.Close(); err != nil {
		return layer{}, err
	}
	sum := sha256.Sum256(content.Bytes())
	return layer{path, hex.EncodeToString(sum[:])}, os.WriteFile(path, content.Bytes(), 0o644)
}

// epoch makes the same files the same layer on every day.
var epoch = time.Unix(0, 0)

func folders(w *tar.Writer, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	if err := folders(w, filepath.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	mode := int64(0o755)
	if dir == "tmp" {
		mode = 0o1777
	}
	return w.WriteHeader(&tar.Header{Name: dir + "/", Mode: mode, Typeflag: tar.TypeDir, ModTime: epoch})
}

// writeArchive writes images as `docker save` does
// (https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format).
func writeArchive(out io.Writer, images []image) error {
	type listed struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	w := tar.NewWriter(out)
	var manifest []listed
	written := map[string]bool{}
	for _, im := range images {
		entry := listed{RepoTags: im.tags}
		var diffs []string
		for _, l := range im.layers {
			name := l.digest + ".tar"
			entry.Layers, diffs = append(entry.Layers, name), append(diffs, "sha256:"+l.digest)
			if written[name] {
				continue
			}
			written[name] = true
			if err := addFile(w, name, l.path); err != nil {
				return err
			}
		}
		config, err := json.Marshal(map[string]any{
			"architecture": runtime.GOARCH, "os": "linux", "config": im.config,
			"rootfs": map[string]any{"type": "layers", "diff_ids": diffs},
		})
		if err != nil {
			return err
		}
		entry.Config = fmt.Sprintf("%x.json", sha256.Sum256(config))
		if !written[entry.Config] {
			written[entry.Config] = true
			if err := addBytes(w, entry.Config, config); err != nil {
				return err
			}
		}
		manifest = append(manifest, entry)
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	if err := addBytes(w, "manifest.json", data); err != nil {
		return err
	}
	return w.Close()
}

func addBytes(w *tar.Writer, name string, data []byte) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func addFile(w *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
