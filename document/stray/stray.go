// Package stray reads what no other format reads: files of an unknown type, and
// what rides along in a picture or PDF beside what a viewer shows, such as an
// appended zip or a comment in the picture's head.
package stray

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/sweep"
)

// Unknown takes what every other format refused. It stays a gap (unknown-type),
// but text that can be made out is searched, and so is a zip at the end of the
// file, as a self-extracting archive has it.
type Unknown struct{}

// Name is the format's name.
func (Unknown) Name() string { return "unknown" }

// Match takes anything but nothing. It must be the last of all formats.
func (Unknown) Match(head []byte, _ string) bool { return len(head) > 0 }

// Read sweeps the bytes for text.
func (Unknown) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	out.Gap(document.Gap{Why: document.UnknownType, Detail: kindOf(in.Data, in.Name)})
	if zip := appended(in.Data); zip != nil {
		out.ChildBytes("indhold.zip", zip, document.Input{MadeUp: true})
		return ctx.Err()
	}
	texts(ctx, in.Data, document.Hidden, out)
	return ctx.Err()
}

// Beside wraps a format whose viewers stop reading at the end of what they show.
type Beside struct {
	document.Format
	// Appended looks for a zip behind the end: for formats that hold no files of
	// other kinds in clear.
	Appended bool
	// Sweep looks for text in the whole file: for pictures, whose comments and
	// properties stand in clear between packed pixels.
	Sweep bool
}

// Read reads the file and then what stands beside it.
func (b Beside) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	err := b.Format.Read(ctx, in, out)
	if b.Appended {
		if zip := appended(in.Data); zip != nil {
			out.ChildBytes("vedhaeng.zip", zip, document.Input{MadeUp: true})
		} else {
			b.ahead(in.Data, out)
		}
	}
	if b.Sweep {
		texts(ctx, in.Data, document.Metadata, out)
		found, cut := remarks(in.Data)
		for _, r := range found {
			texts(ctx, r, document.Metadata, out)
		}
		if cut {
			out.Gap(document.Gap{Why: document.TooBig, Detail: "texts in the head of a picture"})
		}
	}
	if bytes.HasPrefix(in.Data, []byte(localFile)) {
		before, after := around(in.Data)
		if before != nil {
			// Readers disagree on which of the two it is that they opened.
			out.ChildBytes("foran.zip", before, document.Input{MadeUp: true})
			out.ChildBytes("bagest.zip", in.Data[len(before):], document.Input{MadeUp: true})
		}
		texts(ctx, after, document.Hidden, out)
	}
	return err
}

// ahead reads a zip that stands before the file of another kind: programs for zips open
// that, whatever follows.
func (b Beside) ahead(data []byte, out *document.Builder) {
	end := lastRecord(data)
	if end < 0 || !bytes.HasPrefix(data, []byte(localFile)) {
		return
	}
	end = min(len(data), end+endRecord+int(binary.LittleEndian.Uint16(data[end+20:])))
	if b.Match(data[:min(end, headBytes)], "") {
		out.Gap(document.Gap{Why: document.Damaged, Detail: "a file of two kinds at once"})
		return
	}
	out.ChildBytes("foran.zip", data[:end], document.Input{MadeUp: true})
}

// headBytes is what is shown to a format that is to know a file.
const headBytes = 4096

// around gives what stands before and behind the last zip of a file that begins
// with one: readers of zips begin at the end and see neither.
func around(data []byte) (before, after []byte) {
	end := lastRecord(data)
	if end < 0 {
		return nil, nil
	}
	size := int(binary.LittleEndian.Uint32(data[end+12:]))
	offset := int(binary.LittleEndian.Uint32(data[end+16:]))
	comment := int(binary.LittleEndian.Uint16(data[end+20:]))
	if start := end - size - offset; start > 0 && bytes.HasPrefix(data[start:], []byte(localFile)) {
		before = data[:start]
	}
	return before, data[min(len(data), end+endRecord+comment):]
}

// lastRecord is the place of the last record that ends a zip, -1 if there is none.
func lastRecord(data []byte) int {
	from := max(0, len(data)-endRecord-maxComment)
	at := bytes.LastIndex(data[from:], []byte("PK\x05\x06"))
	if at < 0 || len(data)-from-at < endRecord {
		return -1
	}
	return from + at
}

// minDigits is how many digits a run of text needs to be worth a look: the packed
// parts of a file are full of short runs that mean nothing.
const minDigits = 6

// prose is the length in bytes from which a run without digits is kept as well.
const prose = 60

// maxSwept is how many bytes of one file are swept.
const maxSwept = 64 << 20

func texts(ctx context.Context, data []byte, layer document.Layer, out *document.Builder) {
	found, cut := sweep.Texts(data[:min(len(data), maxSwept)])
	if cut || len(data) > maxSwept {
		out.Gap(document.Gap{Why: document.TooBig, Detail: "only the first of its text was searched"})
	}
	seen := make(map[string]bool)
	for _, t := range found {
		if ctx.Err() != nil {
			return
		}
		if !telling(t) || seen[t] {
			continue
		}
		seen[t] = true
		out.Segment(document.Segment{Text: t, At: document.Location{Layer: layer}})
	}
}

func telling(t string) bool {
	digits := 0
	for i := range len(t) {
		if t[i] >= '0' && t[i] <= '9' {
			digits++
		}
	}
	return digits >= minDigits || len(t) >= prose && strings.Count(t, " ") >= len(t)/12
}

// The end of a zip: its directory's record, 22 bytes, and a comment.
const (
	endRecord  = 22
	maxComment = 1<<16 - 1
)

// appended gives the zip that ends a file of another type, nil if there is none.
// A zip counts its offsets from its own beginning or from the file's; both are met.
func appended(data []byte) []byte {
	end := lastRecord(data)
	if end < 0 {
		return nil
	}
	size := int(binary.LittleEndian.Uint32(data[end+12:]))
	offset := int(binary.LittleEndian.Uint32(data[end+16:]))
	directory := end - size
	if directory < 0 || directory+46 > end || !bytes.HasPrefix(data[directory:], []byte("PK\x01\x02")) {
		return nil
	}
	first := int(binary.LittleEndian.Uint32(data[directory+42:]))
	for _, start := range []int{directory - offset + first, first} {
		if start > 0 && start < directory && bytes.HasPrefix(data[start:], []byte(localFile)) {
			return data[start:]
		}
	}
	return nil
}
