package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"podium/cluster"
)

// What an entry of a segment's stream says of its object.
const (
	isThere  = 'K' // at the segment's beginning
	added    = 'A'
	modified = 'M'
	deleted  = 'D'
)

var verbs = map[cluster.Verb]byte{cluster.Added: added, cluster.Modified: modified, cluster.Deleted: deleted}

// A wire is an object that writes and reads itself as the API server stores it.
type wire interface {
	cluster.Object
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// kinds are what can be recorded, by the name that stands in the file.
var kinds = func() map[string]schema.GroupVersionKind {
	all := map[string]schema.GroupVersionKind{}
	for _, k := range cluster.Kinds() {
		all[kindName(k.GroupVersionKind)] = k.GroupVersionKind
	}
	return all
}()

func kindName(k schema.GroupVersionKind) string { return k.GroupVersion().String() + "/" + k.Kind }

// An objectKey is what makes two objects two states of one.
type objectKey struct {
	kind            schema.GroupKind
	namespace, name string
}

func keyOf(o cluster.Object) objectKey {
	return objectKey{cluster.KindOf(o), o.GetNamespace(), o.GetName()}
}

// A segmentWriter writes one segment's stream: every object as it is when the
// segment begins, and then each change. Objects are written whole; that nearly
// all of one was seen before is for the compression to find out, which leaves
// some fifty bytes of a change.
type segmentWriter struct {
	zip     *zstd.Encoder
	out     *bytes.Buffer // what zip has put out and no chunk holds yet
	numbers map[objectKey]uint64
	last    int64 // when the entry before was, in microseconds
	raw     int   // bytes written into zip
	changes int   // since the last part
	scratch []byte
}

func newZip() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(window),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
}

// beginSegment starts a stream with a snapshot.
func beginSegment(zip *zstd.Encoder, s cluster.Snapshot) (*segmentWriter, error) {
	w := &segmentWriter{zip: zip, out: &bytes.Buffer{}, numbers: map[objectKey]uint64{}, last: s.Time.UnixMicro()}
	zip.Reset(w.out)
	for _, k := range cluster.Kinds() {
		for _, o := range s.Objects[k.GroupKind()] {
			if err := w.entry(isThere, s.Time, o); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// change adds a change to the stream.
func (w *segmentWriter) change(c cluster.Change) error {
	verb, ok := verbs[c.Verb]
	if !ok || c.Object == nil {
		return nil // nothing a cluster says
	}
	w.changes++
	return w.entry(verb, c.Time, c.Object)
}

func (w *segmentWriter) entry(verb byte, at time.Time, o cluster.Object) error {
	object, ok := o.(wire)
	name := kindName(o.GetObjectKind().GroupVersionKind())
	if _, known := kinds[name]; !ok || !known {
		return fmt.Errorf("%s cannot be recorded", name)
	}
	body, err := object.Marshal()
	if err != nil {
		return err
	}
	micros := at.UnixMicro()
	b := append(w.scratch[:0], verb)
	b = binary.AppendVarint(b, micros-w.last)
	w.last = micros
	number, known := w.numbers[keyOf(o)]
	if !known {
		number = uint64(len(w.numbers))
		w.numbers[keyOf(o)] = number
	}
	b = binary.AppendUvarint(b, number)
	if !known {
		b = binary.AppendUvarint(b, uint64(len(name)))
		b = append(b, name...)
	}
	b = append(b, body...)
	w.scratch = b
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)))
	w.raw += n + len(b)
	if _, err := w.zip.Write(length[:n]); err != nil {
		return err
	}
	_, err = w.zip.Write(b)
	return err
}

// part returns what the stream has come to since the last part, so that it can
// be read as far as here.
func (w *segmentWriter) part() ([]byte, error) {
	if err := w.zip.Flush(); err != nil {
		return nil, err
	}
	return w.take(), nil
}

func (w *segmentWriter) take() []byte {
	part := data(w.changes, time.UnixMicro(w.last), w.out.Bytes())
	w.out.Reset()
	w.changes = 0
	return part
}

// decode makes an object of what entry wrote.
func decode(kind schema.GroupVersionKind, body []byte) (cluster.Object, error) {
	empty, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, err
	}
	object, ok := empty.(wire)
	if !ok {
		return nil, fmt.Errorf("%s cannot be read", kind)
	}
	if err := object.Unmarshal(body); err != nil {
		return nil, err
	}
	object.GetObjectKind().SetGroupVersionKind(kind)
	return object, nil
}
