// Package document says what was read from an item, where it stood, and what
// could not be read. It is the ground floor of brevvagt: it knows no detector,
// no mail server and no database.
//
// Glossary: a Segment is a paragraph or a cell, never a single line. A Gap is a
// place that could not be read, with the reason; it is data, not an error. A
// Seal is a part that is encrypted end to end and therefore protects itself.
package document

import (
	"cmp"
	"fmt"
	"strings"
)

// Layer names where in an item a text stood that a reader may not see at once.
type Layer string

// The layers. Visible is what a person sees when opening the item.
const (
	Visible  Layer = "visible"
	Comment  Layer = "comment"
	Inserted Layer = "inserted" // tracked insertion
	Deleted  Layer = "deleted"  // tracked deletion, still in the file
	Hidden   Layer = "hidden"   // hidden text, rows, columns, sheets, fields
	Covered  Layer = "covered"  // crossed out in black, by which nothing is taken away
	Metadata Layer = "metadata" // properties, titles, file names
	Quoted   Layer = "quoted"   // history quoted in a mail
	Header   Layer = "header"   // mail header, page header
	Earlier  Layer = "earlier"  // earlier revision of an incrementally saved file
)

// Box is a rectangle on a page picture: x, y, width, height in pixels of the
// original picture, origin at the top left.
type Box [4]int

// Union returns the smallest box that holds both.
func (b Box) Union(o Box) Box {
	x0, y0 := min(b[0], o[0]), min(b[1], o[1])
	x1, y1 := max(b[0]+b[2], o[0]+o[2]), max(b[1]+b[3], o[1]+o[3])
	return Box{x0, y0, x1 - x0, y1 - y0}
}

// Location says where a text stood. Path runs through the containers:
// "mail.eml/rapport.zip/q3.xlsx". Page and Line count from 1; 0 is unknown.
type Location struct {
	Path  string `json:"path"`
	Page  int    `json:"page"`
	Line  int    `json:"line"`
	Cell  string `json:"cell"` // "Ark1!B7"
	Layer Layer  `json:"layer"`
	OCR   bool   `json:"ocr"`
	Box   *Box   `json:"box,omitempty"`
}

// Word is a recognised word of an OCR segment: the byte range it covers in the
// segment's text, its box on the original picture and the engine's confidence
// in per cent.
type Word struct {
	Start, End int
	Box        Box
	Confidence int
}

// Segment is a paragraph or a cell with the text as a person would read it.
// Label is the column heading or field name that belongs to it, or "".
type Segment struct {
	Text  string
	Label string
	At    Location
	Words []Word // OCR only, ordered by Start
}

// Reason says why a place could not be read.
type Reason string

// The reasons for a gap.
const (
	Encrypted   Reason = "encrypted"
	Damaged     Reason = "damaged"
	TooBig      Reason = "too-big"
	TooDeep     Reason = "too-deep"
	TooMany     Reason = "too-many"
	UnknownType Reason = "unknown-type"
	OutOfTime   Reason = "out-of-time"
	NoEngine    Reason = "no-engine" // OCR or a language is not installed
	Crashed     Reason = "crashed"   // a reader died on it
	NoText      Reason = "no-text"   // it should hold text but none could be had
)

// Gap is a place that could not be read. Detail is for people and never quotes
// content.
type Gap struct {
	At     Location `json:"at"`
	Why    Reason   `json:"why"`
	Detail string   `json:"detail,omitempty"`
	// Rest says that reading ended here for a limit on the whole item: nobody has looked
	// at what comes after it.
	Rest bool `json:"rest,omitempty"`

	owner string // path of the part whose reader told it
}

func (g Gap) String() string { return fmt.Sprintf("%s: %s", g.At.Path, g.Why) }

// Seal is a part that is encrypted end to end, told by its structure and never
// by its label. Kind is "smime" or "pgp".
type Seal struct {
	At   Location `json:"at"`
	Kind string   `json:"kind"`
}

// Address is one mailbox of a mail header. Name is decoded.
type Address struct{ Name, Mail string }

// Envelope is what a mail says of itself in its header.
type Envelope struct {
	From      []Address
	To        []Address // To, Cc and Bcc in this order
	Subject   string
	MessageID string
	Date      string              // as written
	Header    map[string][]string // canonical key (textproto) → decoded values in order
}

// Part is one node of the tree that was walked, whether it could be read or not.
type Part struct {
	Path   string
	Type   string // the format that read it, "" when none did
	Size   int64  // bytes
	SHA256 string // hex, of the part's content; "" for an item that is a mail, for which [Sum] is rarely asked
}

// Picture is a part in which text was recognised.
type Picture struct {
	Path string
	Data []byte // as it came: PNG, JPEG, TIFF, ...
}

// Document is all that was read from one item.
type Document struct {
	Pictures []Picture
	Segments []Segment
	Gaps     []Gap
	Seals    []Seal
	Parts    []Part
	Mail     *Envelope // of the outermost mail, nil when the item is no mail
}

// Kind tells a mail from a file.
func (d *Document) Kind() string {
	if d.Mail != nil {
		return "mail"
	}
	return "file"
}

// Compare orders locations for sorted output.
func (l Location) Compare(o Location) int {
	return cmp.Or(
		strings.Compare(l.Path, o.Path),
		cmp.Compare(l.Page, o.Page),
		cmp.Compare(l.Line, o.Line),
		strings.Compare(l.Cell, o.Cell),
		strings.Compare(string(l.Layer), string(o.Layer)),
	)
}
