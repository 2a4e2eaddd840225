package plain

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"brevvagt/document"
	"brevvagt/document/plain/lean"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// errMalformed says that a file breaks the rules of its format somewhere.
var errMalformed = errors.New("malformed")

// XML reads any XML: the text of an element with its name as label.
type XML struct{}

// Name is the format's name.
func (XML) Name() string { return "xml" }

// Match knows XML by its declaration, or by its name and an opening bracket.
func (XML) Match(head []byte, name string) bool {
	if !looks.MayStart(head, "<") {
		return false
	}
	s := looks.Start(head)
	named := looks.Ext(name, ".xml", ".svg", ".xsd", ".kml", ".gml") && strings.HasPrefix(s, "<")
	return (named || strings.HasPrefix(s, "<?xml") || strings.HasPrefix(s, "<svg") || strings.HasPrefix(s, "<mxfile")) && looks.Text(head)
}

// Read walks the tags; what is malformed is read as text and leaves a gap.
func (XML) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	charset := looks.Charset(in.Type)
	if charset == "" {
		charset = metaCharset(in.Data)
	}
	data, _ := lean.Text(in.Data, out)
	text := prose.Decode(data, charset)
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	e := &elements{out: out, inner: inner{out: out}, lines: lineCounter{data: text}}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			e.flush("")
			e.inPlace()
			return nil
		}
		if err != nil {
			e.flush("")
			e.inPlace()
			rest := text[min(int(d.InputOffset()), len(text)):]
			paragraphs(ctx, rest, e.lines.of(d.InputOffset()), out)
			return errMalformed
		}
		e.token(token, e.lines.of(d.InputOffset()))
	}
}

// elements collects text. An element inside running text does not part it: a
// number may be half bold.
type elements struct {
	out    *document.Builder
	inner  inner
	svg    bool   // a drawing, whose shapes are rows of numbers
	single bool   // the last piece of text was one sign
	gap    string // what parts the piece of text to come from the one before
	blank  bool   // blanks stand before it
	lines  lineCounter
	names  []string
	text   strings.Builder
	line   int
	places [][2]float64      // of a drawing: where the open elements stand
	pieces []document.Placed // and its texts
	owner  int               // depth at which text began
	last   following         // the elements before, and what they and attributes say
	own    *strings.Replacer // of the document's own entities
}

// maxNames bounds the stack of open elements or brackets.
const maxNames = 10_000

func (e *elements) token(t xml.Token, line int) {
	switch t := t.(type) {
	case xml.StartElement:
		e.svg = e.svg || t.Name.Local == "svg"
		if inline(t.Name.Local) && e.text.Len() > 0 {
			e.gap = moved(t.Attr)
		}
		if inline(t.Name.Local) {
			return
		}
		if strings.TrimSpace(e.text.String()) == "" {
			e.text.Reset()
		}
		if len(e.names) < maxNames {
			e.names = append(e.names, t.Name.Local)
			if e.svg {
				e.place(t.Attr)
			}
		}
		e.attributes(t.Attr, line)
	case xml.EndElement:
		if inline(t.Name.Local) {
			return
		}
		if e.text.Len() > 0 && e.owner >= len(e.names) {
			e.flush(t.Name.Local)
		}
		if len(e.names) > 0 {
			for n := len(e.last.said); n > 0 && e.last.said[n-1] >= len(e.names); n-- {
				e.last.said = e.last.said[:n-1]
			}
			e.names = e.names[:len(e.names)-1]
			e.places = e.places[:min(len(e.places), len(e.names))]
		}
	case xml.CharData:
		if e.text.Len() == 0 {
			if strings.TrimSpace(string(t)) == "" {
				return
			}
			e.line, e.owner = line, len(e.names)
			e.gap, e.single, e.blank = "", false, false
		}
		e.write(string(t))
	case xml.ProcInst:
		if t.Target != "xml" && strings.ContainsAny(string(t.Inst), "0123456789") {
			e.out.Segment(document.Segment{Text: string(t.Inst), At: document.Location{Line: line, Layer: document.Hidden}})
		}
	case xml.Directive: // the values of a document's own entities
		if strings.ContainsAny(string(t), "0123456789") {
			e.entities(string(t))
			e.out.Segment(document.Segment{Text: string(t), At: document.Location{Line: line, Layer: document.Hidden}})
		}
	case xml.Comment:
		if looks.Sign(string(t)) {
			e.out.Segment(document.Segment{Text: string(t), At: document.Location{Line: line, Layer: document.Hidden}})
		}
	}
}

var entityRule = regexp.MustCompile(`<!ENTITY\s+([\w.-]{1,60})\s+(?:"([^"]{0,200})"|'([^']{0,200})')\s*>`)

// entities notes the short texts that a document names for its own use. Each is
// written where it is used, once: one within another stays as it is.
func (e *elements) entities(directive string) {
	var pairs []string
	for _, m := range entityRule.FindAllStringSubmatch(directive, 1000) {
		pairs = append(pairs, "&"+m[1]+";", m[2]+m[3])
	}
	e.own = strings.NewReplacer(pairs...)
}

// inline tells the elements that only change how a part of a text looks.
func inline(name string) bool {
	switch name {
	case "tspan", "textPath", "b", "i", "u", "em", "strong", "span", "sub", "sup", "font":
		return true
	}
	return false
}

// around is the name of the element around the innermost one.
func (e *elements) around() string {
	if n := len(e.names); n > 1 {
		return e.names[n-2]
	}
	return ""
}

// moved is what stands before a piece of text with a place of its own.
func moved(attrs []xml.Attr) string {
	gap := ""
	for _, a := range attrs {
		switch a.Name.Local {
		case "y", "dy":
			if a.Value != "0" {
				return "\n"
			}
		case "x", "dx":
			gap = " "
		}
	}
	return gap
}

// write adds a piece of text. Drawing programs place every sign by itself: those
// belong together.
func (e *elements) write(piece string) {
	if e.single && strings.TrimSpace(piece) == "" {
		e.blank = true // mostly the line end of the file between two pieces
		return
	}
	single := utf8.RuneCountInString(strings.TrimSpace(piece)) == 1
	if !single || !e.single {
		if e.blank && e.gap == "" {
			e.gap = " "
		}
		e.text.WriteString(e.gap)
	}
	e.gap, e.single, e.blank = "", single, false
	e.text.WriteString(piece)
}

func (e *elements) attributes(attrs []xml.Attr, line int) {
	for _, a := range attrs {
		e.last.call(a.Name.Local, a.Value)
	}
	for _, a := range attrs {
		if !looks.Sign(a.Value) || a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || e.inner.dataURIs(a.Value) {
			continue
		}
		if e.svg && shape(a.Name.Local) {
			continue
		}
		if saysPerson(a.Value) && len(e.last.said) < maxSaid {
			e.last.said = append(e.last.said, len(e.names))
		}
		label := e.label(a.Value, a.Name.Local)
		if len(a.Value) == 10 {
			for _, b := range attrs { // <id type="CPR" value="...">
				switch {
				case len(b.Value) <= 20 && cprWord.MatchString(b.Value):
					label = b.Value
				case saysPerson(b.Value):
					label = civil
				}
			}
		}
		at := document.Location{Line: line}
		if len(a.Value) <= 3 {
			at.Layer = document.Hidden // apart from what stands between the tags
		}
		e.out.Segment(document.Segment{Text: a.Value, Label: label, At: at})
		if len(a.Value) > longestPart || a.Value[0] < '0' || a.Value[0] > '9' {
			continue
		}
		for _, s := range e.last.add("", a.Name.Local, a.Value) {
			s.At.Line = line
			e.out.Segment(s)
		}
	}
}

var cprWord = regexp.MustCompile(`(?i)^\W*(?:cpr|person)`)

// label is the name of the value's element or attribute. A single digit is a piece of
// what stands around it: the names of two elements more say what that is.
func (e *elements) label(value, name string) string {
	if len(strings.TrimSpace(value)) > 1 {
		return name
	}
	return strings.Join(append(slices.Clone(e.names[max(0, len(e.names)-2):]), name), " ")
}

// shape tells the attributes of a drawing that hold lines and places.
func shape(name string) bool {
	switch name {
	case "d", "points", "transform", "viewBox", "x", "y", "dx", "dy", "x1", "x2", "y1", "y2", "width", "height":
		return true
	}
	return false
}

func (e *elements) flush(label string) {
	text := strings.TrimSpace(e.text.String())
	if e.own != nil {
		text = e.own.Replace(text)
	}
	if e.inner.packed(text) {
		e.text.Reset()
		return
	}
	if n := len(e.places); e.svg && n > 0 && len(text) > 0 && len(text) < 60 && len(e.pieces) < document.MaxPlaced {
		e.pieces = append(e.pieces, document.Placed{X: e.places[n-1][0], Y: e.places[n-1][1], Size: drawnLine, Text: text})
	}
	single := e.label(text, label)
	if n := len(e.last.said); n > 0 && tenDigits(text) && len(e.names)-e.last.said[n-1] < saidReach && !otherKind.MatchString(label) {
		single = civil
	}
	prose.Paragraphs(text, e.line, func(line int, p string) {
		e.out.Segment(document.Segment{Text: p, Label: single, At: document.Location{Line: line}})
	})
	e.text.Reset()
	if len(text) > longestPart && !day(text) {
		return
	}
	for _, s := range e.last.add(e.around(), label, text) {
		s.At.Line = e.line
		e.out.Segment(s)
	}
	if s, ok := e.last.kinds.add(label, text); ok {
		s.At.Line = e.line
		e.out.Segment(s)
	}
}

// An attribute that says what an element holds counts for the element itself and for
// the one within: <Data name="CPR"><value>.
const (
	saidReach = 2
	maxSaid   = 100
)

// drawnLine is the height of a line of letters in a drawing, in its own units.
const drawnLine = 10

var shift = regexp.MustCompile(`translate\(\s*(-?[\d.]+)(?:[\s,]+(-?[\d.]+))?|matrix\((?:\s*-?[\d.eE-]+[\s,]+){4}(-?[\d.]+)[\s,]+(-?[\d.]+)`)

// place notes where an element of a drawing stands: where the one around it does, and
// how far it is moved from there.
func (e *elements) place(attrs []xml.Attr) {
	at := [2]float64{}
	if n := len(e.places); n > 0 {
		at = e.places[n-1]
	}
	for _, a := range attrs {
		switch a.Name.Local {
		case "x", "y":
			first, _, _ := strings.Cut(strings.TrimSpace(a.Value), " ")
			v, err := strconv.ParseFloat(strings.TrimSuffix(first, "px"), 64)
			if err != nil {
				continue
			}
			at[a.Name.Local[0]-'x'] += v
		case "transform":
			if m := shift.FindStringSubmatch(a.Value); m != nil {
				x, _ := strconv.ParseFloat(m[1]+m[3], 64) // 0 where there is none
				y, _ := strconv.ParseFloat(m[2]+m[4], 64)
				at[0], at[1] = at[0]+x, at[1]+y
			}
		}
	}
	e.places = append(e.places, at)
}

// inPlace reads the texts of a drawing once more, in the order in which they stand.
func (e *elements) inPlace() {
	for _, line := range document.Lines(e.pieces) {
		e.out.Segment(document.Segment{Text: line})
	}
}

// lineCounter gives the line of ever growing offsets.
type lineCounter struct {
	data string
	at   int
	line int
}

func (l *lineCounter) of(offset int64) int {
	to := min(int(offset), len(l.data))
	if to > l.at {
		l.line += strings.Count(l.data[l.at:to], "\n")
		l.at = to
	}
	return l.line + 1
}
