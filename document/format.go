package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"brevvagt/internal/seam"
)

// HeadBytes is how much of an item a format may look at to recognise it.
const HeadBytes = 64 << 10

// ErrEncrypted is returned by a format whose input needs a password or key; the
// walker turns it into a gap with the reason Encrypted.
var ErrEncrypted = errors.New("encrypted")

// ErrTooDeep is returned by a format that met more within each other than it reads.
var ErrTooDeep = errors.New("too deep")

// ErrNoEngine is returned by a format whose engine or language is not installed.
var ErrNoEngine = errors.New("engine not installed")

// ErrCrashed is returned when the process that read the input died on it.
var ErrCrashed = errors.New("reader crashed")

// Format reads one kind of file. Match decides by content first and by name only
// where content cannot tell. Read puts segments, gaps and children into out; what
// it has put there stays when it returns an error, which becomes a gap. A format
// never opens, limits or recurses by itself: that is the walker's work.
type Format interface {
	Name() string
	Match(head []byte, name string) bool
	Read(ctx context.Context, in Input, out *Builder) error
}

// Input is one part to be read, whole in memory and immutable.
type Input struct {
	Name  string // last element of the path, a label only
	Path  string // full path through the containers
	Type  string // declared media type, "" when none was declared; a hint only
	Label string // for embedded pictures and texts: the label of the place they stand
	Data  []byte
	Layer Layer // layer of the container's place, Visible by default
	Page  int   // page of the container this part stands on, 0 if unknown

	// MadeUp says that the name is the format's invention ("del-2.png") and
	// therefore no text of the item.
	MadeUp bool

	// Passwords are words of the item that may open this part; nil at the first reading.
	Passwords []string

	// Written says that the container knows of text in a picture, without being able
	// to read it: when nothing comes out of it, that is a gap and no silence.
	Written bool
}

// Formats is the explicit list of formats, asked in order.
type Formats struct {
	List   []Format
	Limits Limits

	// Spill is a folder on a disk. What is unpacked of an item and larger than 32 MB lies
	// there while the item is read, in files without a name, and not in memory. "" keeps
	// all in memory.
	Spill string
}

// Read walks one item and everything in it. It never fails: what could not be
// read is a gap in the returned document. name is the item's label ("mail.eml").
func (f *Formats) Read(ctx context.Context, name string, data []byte) *Document {
	limits := f.Limits.orDefault()
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	w := &walk{formats: f.List, budget: budget{limits: limits}, doc: &Document{}, spill: f.Spill}
	defer w.giveBack()
	in := Input{Name: name, Path: name, Data: data, Layer: Visible}
	w.part(ctx, in, 0)
	w.unlock(ctx)
	if w.doc.Mail == nil {
		// A mail's own name is a label of its carrier; a file's name was given
		// by a person and may say whom it is about.
		w.name(in, name)
	}
	return w.doc
}

// maxName is the longest file name that is read as text, in bytes.
const maxName = 4 << 10

// name makes the name of a part a segment of its own: "Afgoerelse_010203.pdf".
func (w *walk) name(in Input, name string) {
	if name == "" || in.MadeUp {
		return
	}
	text := cutRunes(tidyName(name), maxName)
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain // "Brev%20010237-5006.pdf", as a browser saved it
	}
	w.segment(Segment{Text: text, At: Location{Path: in.Path, Page: in.Page, Layer: Metadata}})
}

type walk struct {
	formats []Format
	budget  budget
	doc     *Document
	emit    func(Emitted) // set by Stream only: takes everything instead of doc

	locked      []locked
	lockedBytes int

	spared  spared
	spill   string   // folder for large parts, "" for none
	spilled []func() // give them back
}

// part reads one part with the first format that recognises it.
func (w *walk) part(ctx context.Context, in Input, depth int) {
	at := Location{Path: in.Path, Page: in.Page, Layer: in.Layer}
	p := Part{Path: in.Path, Size: int64(len(in.Data))}
	if why, detail := w.charge(ctx, in, depth); why != "" {
		p.SHA256 = Sum(in.Data)
		w.doc.Parts = append(w.doc.Parts, p)
		b := &w.budget
		w.gap(Gap{At: at, Why: why, Detail: detail, Rest: b.parts > b.limits.Parts || b.bytes > b.limits.Bytes})
		return
	}
	format := w.match(in)
	if depth > 0 || format == nil || format.Name() != "mail" {
		p.SHA256 = Sum(in.Data)
	}
	if format == nil {
		w.doc.Parts = append(w.doc.Parts, p)
		if len(in.Data) > 0 {
			w.gap(Gap{At: at, Why: UnknownType})
		}
		return
	}
	p.Type = format.Name()
	w.doc.Parts = append(w.doc.Parts, p)
	segments, gaps := len(w.doc.Segments), len(w.doc.Gaps)
	w.read(ctx, format, in, depth)
	w.notes(in, depth, gaps, p.Type)
	if in.Written && w.emit == nil && len(w.doc.Segments) == segments && len(w.doc.Gaps) == gaps {
		w.gap(Gap{At: at, Why: NoText, Detail: "text in a font that does not tell its letters could not be read from its picture either"})
	}
}

// Sum is the digest by which parts are compared: SHA-256, hex.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (w *walk) charge(ctx context.Context, in Input, depth int) (Reason, string) {
	b := &w.budget
	b.parts++
	b.bytes += int64(len(in.Data))
	switch {
	case ctx.Err() != nil:
		return OutOfTime, ""
	case depth > b.limits.Depth:
		return TooDeep, fmt.Sprintf("more than %d containers within each other", b.limits.Depth)
	case b.parts > b.limits.Parts:
		return TooMany, fmt.Sprintf("more than %d parts", b.limits.Parts)
	case int64(len(in.Data)) > b.limits.PartBytes:
		return TooBig, fmt.Sprintf("part over %d bytes", b.limits.PartBytes)
	case b.bytes > b.limits.Bytes:
		return TooBig, fmt.Sprintf("more than %d bytes in all", b.limits.Bytes)
	}
	return "", ""
}

func (w *walk) match(in Input) Format {
	head := in.Data[:min(len(in.Data), HeadBytes)]
	for _, f := range w.formats {
		if f.Match(head, in.Name) {
			return f
		}
	}
	return nil
}

func (w *walk) gap(g Gap) {
	// A hostile item can make a gap per byte: the first thousand tell the story.
	if len(w.doc.Gaps) >= 1000 {
		return
	}
	w.doc.Gaps = append(w.doc.Gaps, g)
	if w.emit != nil {
		w.emit(Emitted{Gap: &g})
	}
}

// Builder takes what a format reads. It fills in the path and charges the
// walk's budget, so a format says only what it found.
type Builder struct {
	walk  *walk
	in    Input
	depth int
	ctx   context.Context
	tabs  tabbed
	apart [2]apart // of what is shown and what is not: names of boxes stand between the boxes
	seam  seam.Seam
}

// Segment adds a text. The path, and the layer and page where the format left
// them empty, are those of the input. Empty texts are dropped.
func (b *Builder) Segment(s Segment) {
	if strings.TrimSpace(s.Text) == "" {
		return
	}
	s.At = b.place(s.At)
	if s.Label == "" {
		s.Label = b.in.Label
	}
	b.walk.picture(b.in, s)
	b.walk.segment(s)
	if b.walk.emit == nil { // else the one walker does it, elsewhere
		b.deciphered(s)
	}
}

// segment takes a text that was read; of a long item not all are kept.
func (w *walk) segment(s Segment) {
	switch {
	case strings.TrimSpace(s.Text) == "":
	case len(s.Text) > pieceBytes && len(s.Words) == 0:
		for _, text := range cutLong(s.Text) {
			piece := s
			piece.Text = text
			w.segment(piece)
		}
	case w.budget.sparing():
		w.spare(s)
	default:
		w.keep(s)
	}
}

// keep charges the text budget and keeps the part of the text it pays for.
func (w *walk) keep(s Segment) {
	bud := &w.budget
	if left := bud.limits.TextBytes - bud.textBytes; int64(len(s.Text)) > left {
		s.Text = cutRunes(s.Text, int(max(left, 0)))
		if !bud.toldText {
			bud.toldText = true
			w.gap(Gap{At: s.At, Why: TooBig, Rest: true, Detail: fmt.Sprintf("more than %d bytes of text", bud.limits.TextBytes)})
		}
	}
	if s.Text == "" {
		return
	}
	if bud.segments++; bud.segments > bud.limits.Segments {
		if bud.segments == bud.limits.Segments+1 {
			w.gap(Gap{At: s.At, Why: TooMany, Rest: true, Detail: fmt.Sprintf("more than %d pieces of text", bud.limits.Segments)})
		}
		return
	}
	bud.textBytes += int64(len(s.Text))
	if w.emit != nil {
		sent := s // a copy, or every segment would be one
		w.emit(Emitted{Segment: &sent})
		return
	}
	if n := len(w.doc.Segments); n == cap(w.doc.Segments) {
		// A sheet has many small cells: twice the room spares most of the copying.
		more := max(64, n)
		if n == 0 { // most files are one text and a name; a mail's paragraphs have some hundred bytes
			more = int(min(max(4, bud.bytes>>9), 512))
		}
		if n > 1<<16 {
			more = n / 2
		}
		w.doc.Segments = slices.Grow(w.doc.Segments, more)
	}
	w.doc.Segments = append(w.doc.Segments, s)
}

// Gap adds a place that could not be read; an empty path means the input itself.
func (b *Builder) Gap(g Gap) {
	g.At, g.owner = b.place(g.At), b.in.Path
	b.walk.gap(g)
}

// Seal adds a part that is encrypted end to end.
func (b *Builder) Seal(s Seal) {
	s.At = b.place(s.At)
	if b.walk.emit != nil {
		b.walk.emit(Emitted{Seal: &s})
		return
	}
	b.walk.doc.Seals = append(b.walk.doc.Seals, s)
}

// Mail says what the mail's header says. The first mail of the walk wins, and
// only if it is the item itself: a forwarded mail does not speak for its carrier.
func (b *Builder) Mail(e Envelope) {
	if b.walk.emit != nil {
		b.walk.emit(Emitted{Mail: &e})
		return
	}
	if b.depth == 0 && b.walk.doc.Mail == nil {
		b.walk.doc.Mail = &e
	}
}

// Depth tells how many containers stand around the input; 0 is the item itself.
func (b *Builder) Depth() int { return b.depth }

// PartLimit is the number of bytes that one child may have.
func (b *Builder) PartLimit() int64 {
	l := b.walk.budget.limits
	return max(0, min(l.PartBytes, l.Bytes-b.walk.budget.bytes))
}

// Child hands a contained file back to the walker, which recognises and reads it
// at once. name is a label and may be anything. in.Data is ignored; r is read up
// to the limit of one part, and a longer child is a gap but its beginning is
// still read.
func (b *Builder) Child(name string, r io.Reader, hint Input) {
	data, cut, err := b.Gather(name, r)
	if cut {
		b.Gap(Gap{At: Location{Path: b.join(name)}, Why: TooBig, Detail: fmt.Sprintf("only the first %d bytes were read", len(data))})
		err = nil
	}
	b.ChildBytes(name, data, hint)
	if err != nil {
		b.walk.gap(gapOf(err, Location{Path: b.join(name), Layer: b.in.Layer}))
	}
}

// ChildBytes is Child for content that is in memory already.
func (b *Builder) ChildBytes(name string, data []byte, hint Input) {
	hint.Name = baseName(name)
	hint.Path = b.join(name)
	hint.Data = data
	if hint.Layer == "" {
		hint.Layer = b.in.Layer
	}
	if b.walk.emit != nil {
		b.walk.child(b.ctx, name, hint, b.join(name), b.depth+1)
		return
	}
	b.walk.name(hint, name)
	b.walk.part(b.ctx, hint, b.depth+1)
}

// ChildPath gives the path that a child of this name has, for gaps and seals.
func (b *Builder) ChildPath(name string) string { return b.join(name) }

func (b *Builder) join(name string) string { return b.in.Path + "/" + cleanName(name) }

func (b *Builder) place(at Location) Location {
	if at.Path == "" {
		at.Path = b.in.Path
	}
	if at.Layer == "" {
		at.Layer = b.in.Layer
	}
	if at.Page == 0 {
		at.Page = b.in.Page
	}
	return at
}

// HasPrefixFold reports whether head begins with prefix, ASCII case ignored.
func HasPrefixFold(head []byte, prefix string) bool {
	return len(head) >= len(prefix) && bytes.EqualFold(head[:len(prefix)], []byte(prefix))
}
