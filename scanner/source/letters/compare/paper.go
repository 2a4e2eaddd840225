package compare

import (
	"maps"
	"path"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/source/letters/memo"
)

// file is one file of a run with the letters in it.
type file struct {
	path    string
	message string // path of the MeMo message it is in
	sum     string // SHA-256 of its content
	letters []*letter
}

// letter is one letter: a file, or a part of a merged one.
type letter struct {
	file    *file
	page    int
	info    subject.LetterInfo
	numbers []string // digests of the national ids in it, distinct, as found
	sure    []string // of those found with at least medium strength
	labels  []string // masked forms of sure, in the same order
	masked  string   // masked form of the first number
	beside  []string // digests of numbers that stand by a word of kinship or role
	again   bool     // made out for the same person at the same address as the one before
	parts   []document.Segment
	segment int // index of its first text within its file, then within the document
}

// named reports whether the letter is made out for somebody.
func (l *letter) named() bool {
	return !l.info.Addressee.Empty() || !l.info.Address.Empty()
}

// personal reports whether the letter tells something about a person.
func (l *letter) personal() bool { return !l.info.Addressee.Empty() || len(l.sure) > 0 }

// containers hold files of a run and are none themselves.
var containers = []string{"zip", "tar", "7z", "rar", "compressed", memo.Type}

// contains reports whether a part holds files of a run: an archive, or the mail that takes
// them along. A mail in a run is a letter.
func contains(p *document.Part) bool {
	return slices.Contains(containers, p.Type) || p.Type == "mail" && !strings.Contains(p.Path, "/")
}

// owners finds the file of a run that a path belongs to: pictures and attachments
// inside a letter belong to the letter.
type owners struct {
	files map[string]*file
	order []*file
}

func ownersOf(doc *document.Document) *owners {
	o := &owners{files: make(map[string]*file)}
	for i := range doc.Parts {
		p := &doc.Parts[i]
		if contains(p) || o.of(p.Path) != nil {
			continue
		}
		f := &file{path: p.Path, sum: p.SHA256}
		o.files[p.Path] = f
		o.order = append(o.order, f)
	}
	return o
}

func (o *owners) of(at string) *file {
	if f := o.files[at]; f != nil {
		return f
	}
	for i := 0; i < len(at); i++ {
		if at[i] == '/' {
			if f := o.files[at[:i]]; f != nil {
				return f
			}
		}
	}
	return nil
}

// place is a position in the segments of one file.
type place struct{ segment, offset int }

func (p place) before(q place) bool {
	return p.segment < q.segment || p.segment == q.segment && p.offset < q.offset
}

// hit is a number at its place.
type hit struct {
	at      place
	finding *detectors.Finding
	related bool // a word of kinship or role stands near
}

// content is what was read of one file of a run.
type content struct {
	segments []document.Segment // of the document itself where they stand together
	global   []int              // their indices in the document
	hits     []hit              // in order, at places among the segments
}

// filesOf reads the letters of every file, in the order of the item. A file's own
// text counts; pictures within are looked at for letters only where it has none,
// as in a scan: the small picture of the first page that office files carry would
// be another letter. The file at the path list holds the recipients and no letters.
func filesOf(doc *document.Document, findings []detectors.Finding, list string) []*file {
	o := ownersOf(doc)
	own, within := make(map[*file]*content), make(map[*file]*content)
	local := make([]int, len(doc.Segments)) // index within its content
	of := func(f *file, at string) *content {
		in := own
		if at != f.path {
			in = within
		}
		if in[f] == nil {
			in[f] = &content{}
		}
		return in[f]
	}
	for i := range doc.Segments {
		if f := o.of(doc.Segments[i].At.Path); f != nil && f.path != list {
			c := of(f, doc.Segments[i].At.Path)
			local[i] = len(c.global)
			c.global = append(c.global, i)
		}
	}
	for _, c := range slices.Concat(slices.Collect(maps.Values(own)), slices.Collect(maps.Values(within))) {
		c.segments = segmentsOf(doc, c.global)
	}
	for i := range findings {
		x := &findings[i]
		if x.Category != "national-id" || x.Strength.Rank() < detectors.Weak.Rank() {
			continue
		}
		if f := o.of(x.At.Path); f != nil && f.path != list {
			c := of(f, x.At.Path)
			c.hits = append(c.hits, hit{place{local[x.Segment], x.Start}, x, relatedNear(doc, x)})
		}
	}
	files := slices.DeleteFunc(o.order, func(f *file) bool { return f.path == list })
	for _, f := range files {
		f.read(doc, own[f], within[f])
	}
	return files
}

// segmentsOf gives segments of a document by their indices, in order: its own where they
// stand together, since those of a long file are no small thing to copy.
func segmentsOf(doc *document.Document, at []int) []document.Segment {
	if n := len(at); n > 0 && at[n-1]-at[0] == n-1 {
		return doc.Segments[at[0] : at[n-1]+1 : at[n-1]+1]
	}
	out := make([]document.Segment, len(at))
	for k, i := range at {
		out[k] = doc.Segments[i]
	}
	return out
}

func (f *file) read(doc *document.Document, own, within *content) {
	if own == nil {
		own = &content{}
	}
	f.take(doc, own)
	if within == nil {
		return
	}
	if !slices.ContainsFunc(f.letters, func(l *letter) bool { return l.named() || !l.info.Salutation.Empty() }) {
		if f.letters = nil; len(own.hits) == 0 {
			f.take(doc, within)
			return
		}
		f.take(doc, &content{slices.Concat(own.segments, within.segments), slices.Concat(own.global, within.global), own.hits})
	}
	for _, h := range within.hits {
		if strings.Contains(strings.ToLower(h.finding.At.Path), "thumbnail") {
			continue
		}
		l := f.letters[0]
		for _, next := range f.letters {
			if next.page > 0 && next.page <= h.finding.At.Page {
				l = next
			}
		}
		l.add(h)
	}
}

// take splits content into letters.
func (f *file) take(doc *document.Document, c *content) {
	slices.SortStableFunc(c.hits, func(a, b hit) int {
		if a.at.before(b.at) {
			return -1
		}
		if b.at.before(a.at) {
			return 1
		}
		return 0
	})
	f.split(c.segments, c.hits)
	for _, l := range f.letters {
		l.segment = firstText(doc, c.global, l.segment)
	}
}

// firstText is the index in the document of a file's first text of a letter at or
// after one of its segments, -1 when there is none: a file's name is no text of it.
func firstText(doc *document.Document, global []int, from int) int {
	for _, i := range global[min(from, len(global)):] {
		if doc.Segments[i].At.Layer != document.Metadata {
			return i
		}
	}
	return -1
}

// split cuts a file into its letters at every address block that begins one.
func (f *file) split(segments []document.Segment, hits []hit) {
	starts := blocks(segments)
	begin := place{}
	for i := 0; i <= len(starts); i++ {
		end := place{segment: len(segments)}
		if i < len(starts) {
			end = starts[i]
		}
		if i > 0 || end.segment > 0 || end.offset > 0 {
			f.piece(cut(segments, begin, end), begin.segment)
		}
		begin = end
		if len(f.letters) > 0 {
			l := f.letters[len(f.letters)-1]
			for len(hits) > 0 && hits[0].at.before(end) {
				l.add(hits[0])
				hits = hits[1:]
			}
		}
	}
}

// piece adds a part of the file: a letter of its own when it is made out for somebody,
// otherwise more of the letter before. Whether a second one to the same person is another
// letter is for the list to tell, see apart.
func (f *file) piece(segments []document.Segment, first int) {
	l := &letter{file: f, parts: segments, segment: first}
	doc := &document.Document{Segments: segments}
	if slices.ContainsFunc(segments, func(s document.Segment) bool { return s.At.Path != f.path }) {
		doc.Segments = slices.Clone(segments)
		for i := range doc.Segments {
			doc.Segments[i].At.Path = f.path
		}
	}
	l.info, _ = subject.Letter(doc, f.path)
	if !l.named() {
		if info, ok := behalf(segments); ok {
			info.Salutation, l.info = l.info.Salutation, info
		}
	}
	l.page = l.info.Page
	if n := len(f.letters); n > 0 {
		last := f.letters[n-1]
		switch {
		case !last.named() && l.named() && last.info.Salutation.Empty():
			l.parts = append(last.parts, l.parts...)
			l.numbers, l.sure, l.labels, l.masked, l.beside = last.numbers, last.sure, last.labels, last.masked, last.beside
			f.letters[n-1] = l
			return
		case !l.named():
			last.parts = append(last.parts, segments...)
			return
		}
		l.again = last.info.Addressee.Same(l.info.Addressee) && last.info.Address.Same(l.info.Address)
	}
	f.letters = append(f.letters, l)
}

func (l *letter) add(h hit) {
	x := h.finding
	id := x.Value.Digest()
	if h.related {
		l.beside = append(l.beside, id)
	}
	if slices.Contains(l.sure, id) {
		return
	}
	if !slices.Contains(l.numbers, id) {
		l.numbers = append(l.numbers, id)
	}
	if l.masked == "" {
		l.masked = x.Value.String()
	}
	if x.Strength.Rank() >= detectors.Medium.Rank() {
		l.sure = append(l.sure, id)
		l.labels = append(l.labels, x.Value.String())
	}
}

// cut copies what stands between two places.
func cut(segments []document.Segment, from, to place) []document.Segment {
	out := make([]document.Segment, 0, max(0, min(len(segments), to.segment+1)-from.segment))
	for i := from.segment; i < len(segments) && i <= to.segment; i++ {
		s := segments[i]
		if i == to.segment {
			s.Text = s.Text[:min(to.offset, len(s.Text))]
		}
		if i == from.segment {
			s.Text = s.Text[min(from.offset, len(s.Text)):]
		}
		s.Words = nil
		if strings.TrimSpace(s.Text) != "" {
			out = append(out, s)
		}
	}
	return out
}

// base is a file's name for people and for comparing with a list.
func base(p string) string { return path.Base(p) }
