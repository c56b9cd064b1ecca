package record

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"podium/i18n"
)

// A recording's first line, which names the format's version. A reader of one
// version reads no other.
const (
	magicWord = "podium recording "
	magic     = magicWord + "1\n"
)

// Suffix ends the names of recordings.
const Suffix = ".podium"

// A chunk is what is written at once: its type, its length, a checksum of all
// that, and its payload. A kill between two writes leaves whole chunks.
type chunkType byte

const (
	headChunk    chunkType = 'H' // JSON of a Head, once
	segmentChunk chunkType = 'S' // a segment begins: 8 bytes, its time
	dataChunk    chunkType = 'D' // changes (4 bytes), time of the last (8), and a part of the segment's stream
	noteChunk    chunkType = 'N' // JSON lines, compressed by themselves
)

const (
	chunkHead = 1 + 4 + 4
	dataHead  = 4 + 8

	// maxChunk bounds what a reader takes for a chunk. A writer's are a second's
	// changes, or a keyframe.
	maxChunk = 64 << 20

	// maxSegment bounds a segment's stream and maxNotes a chunk of notes once
	// they are unpacked: a small file can't fill the memory.
	maxSegment = 256 << 20
	maxNotes   = 64 << 20

	// window is how far back the compression finds what it has seen: each
	// change is written as the whole object, and costs only what is new in it.
	window = 8 << 20
)

var checksums = crc32.MakeTable(crc32.Castagnoli)

// frame puts a chunk's head before its payload.
func frame(kind chunkType, payload []byte) []byte {
	b := make([]byte, chunkHead, chunkHead+len(payload))
	b[0] = byte(kind)
	binary.LittleEndian.PutUint32(b[1:], uint32(len(payload)))
	sum := crc32.Update(crc32.Checksum(b[:5], checksums), checksums, payload)
	binary.LittleEndian.PutUint32(b[5:], sum)
	return append(b, payload...)
}

// A chunk is one that was read, and where its payload is.
type chunk struct {
	kind    chunkType
	payload []byte // good until the next is read
	offset  int64  // of the payload in the file
}

// chunks reads chunks one after the other.
type chunks struct {
	r      io.Reader
	at     int64 // of the next chunk
	buffer []byte
}

// next returns io.EOF at the end of what can be read: the file's, or a chunk
// that was torn by a kill or changed since it was written.
func (c *chunks) next() (chunk, error) {
	var head [chunkHead]byte
	if n, err := io.ReadFull(c.r, head[:]); n == 0 && err == io.EOF {
		return chunk{}, io.EOF
	} else if err != nil {
		return chunk{}, errTorn
	}
	size := binary.LittleEndian.Uint32(head[1:])
	if size > maxChunk {
		return chunk{}, errTorn
	}
	payload, err := c.read(int(size))
	if err != nil {
		return chunk{}, errTorn
	}
	if sum := crc32.Update(crc32.Checksum(head[:5], checksums), checksums, payload); sum != binary.LittleEndian.Uint32(head[5:]) {
		return chunk{}, errTorn
	}
	found := chunk{chunkType(head[0]), payload, c.at + chunkHead}
	c.at += chunkHead + int64(size)
	return found, nil
}

// read reads size bytes, taking memory only as they come: a length that lies
// costs nothing.
func (c *chunks) read(size int) ([]byte, error) {
	const step = 1 << 20
	c.buffer = c.buffer[:0]
	for len(c.buffer) < size {
		from := len(c.buffer)
		c.buffer = append(c.buffer, make([]byte, min(step, size-from))...)
		if _, err := io.ReadFull(c.r, c.buffer[from:]); err != nil {
			return nil, err
		}
	}
	return c.buffer, nil
}

// data is the head of a data chunk: how many changes its part holds, and when
// the last of them was.
func data(changes int, last time.Time, part []byte) []byte {
	b := make([]byte, dataHead, dataHead+len(part))
	binary.LittleEndian.PutUint32(b, uint32(changes))
	binary.LittleEndian.PutUint64(b[4:], uint64(last.UnixMicro()))
	return append(b, part...)
}

func moment(micros []byte) time.Time {
	return time.UnixMicro(int64(binary.LittleEndian.Uint64(micros)))
}

// packNotes and unpackNotes are the payload of a chunk of notes.
func packNotes(e *zstd.Encoder, all []note) ([]byte, error) {
	var lines []byte
	for _, n := range all {
		line, err := json.Marshal(n)
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, line...), '\n')
	}
	return e.EncodeAll(lines, nil), nil
}

func unpackNotes(d *zstd.Decoder, payload []byte) ([]note, error) {
	lines, err := d.DecodeAll(payload, nil)
	if err != nil {
		return nil, err
	}
	var all []note
	for len(lines) > 0 {
		var n note
		end := 0
		for end < len(lines) && lines[end] != '\n' {
			end++
		}
		if err := json.Unmarshal(lines[:end], &n); err != nil {
			return nil, err
		}
		all = append(all, n)
		lines = lines[min(end+1, len(lines)):]
	}
	return all, nil
}

// errTorn says that a chunk is not whole, or not as it was written.
var errTorn = i18n.Errorf(nil, i18n.M("record.torn"))
