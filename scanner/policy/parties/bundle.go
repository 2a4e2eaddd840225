package parties

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// paper is one paper of an item: a file, a letter within a merged file, or the
// mail's own text.
type paper struct {
	path string
	page int // on which it begins, 0 when it is the whole file; below 0 its first segment, in a file without pages
	body bool
	// people are the subjects found in it; the first occurrence is kept of each.
	people map[int]place
	letter *subject.LetterInfo  // the first letter in it
	more   []subject.LetterInfo // letters after it in a file without pages
	text   *subject.Text        // for looking up names
}

// place is how and where a person stands in a paper.
type place struct {
	role  subject.Role
	field bool // in a form's field
	at    subject.Occurrence
}

// bundle is an item's papers with the people in each.
type bundle struct {
	papers []paper
	root   string
	paths  map[string][]int         // path → segments
	seen   map[string]*subject.Text // path → what a reader sees
	shows  map[string]shows         // path → what it says of invented people
}

// papers reads the item's papers once.
func (it *Item) bundle() *bundle {
	if it.read != nil {
		return it.read
	}
	b := &bundle{root: it.root(), seen: make(map[string]*subject.Text), shows: make(map[string]shows)}
	starts, sections := make(map[string][]int), make(map[string][]int)
	var order []string
	b.paths, order = subject.ByPath(it.Doc)
	for _, path := range order {
		starts[path] = subject.Starts(it.Doc, b.paths[path])
		if !b.own(path) || it.Doc.Mail == nil {
			sections[path] = subject.Sections(it.Doc, b.paths[path])
		}
	}
	index := make(map[string]map[int]int)
	at := func(path string, page, segment int) *paper {
		begin := beginOf(starts[path], page)
		if s := sections[path]; len(s) > 0 {
			begin = -beginOf(s, segment)
		}
		if index[path] == nil {
			index[path] = make(map[int]int)
		}
		i, ok := index[path][begin]
		if !ok {
			i = len(b.papers)
			index[path][begin] = i
			b.papers = append(b.papers, paper{path: path, page: begin, body: b.own(path) && it.Doc.Mail != nil, people: make(map[int]place), text: new(subject.Text)})
		}
		return &b.papers[i]
	}
	it.meet(at)
	it.fill(at, b.paths, order)
	slices.SortFunc(b.papers, func(x, y paper) int {
		return cmp.Or(strings.Compare(x.path, y.path), cmp.Compare(x.page, y.page))
	})
	it.read = b
	return b
}

// root is the path of the item itself.
func (it *Item) root() (root string) {
	if len(it.Doc.Segments) > 0 {
		root, _, _ = strings.Cut(it.Doc.Segments[0].At.Path, "/")
	}
	return root
}

// own reports whether a path is the mail's own text: its plain part, or one in HTML
// that has no name and so is no attachment.
func (b *bundle) own(path string) bool { return ownText(b.root, path) }

// said reports whether a segment is what a mail says itself: its own text or its
// subject, and nothing quoted.
func (b *bundle) said(s *document.Segment) bool { return saidIn(b.root, s) }

// saidIn is said for the item whose path is root.
func saidIn(root string, s *document.Segment) bool {
	return ownText(root, s.At.Path) && s.At.Layer != document.Quoted && s.At.Layer != document.Metadata && (s.At.Layer != document.Header || s.Label == "Subject")
}

func ownText(root, path string) bool {
	rest, inside := strings.CutPrefix(path, root)
	if !inside || rest == "" {
		return inside
	}
	number, unnamed := strings.CutPrefix(rest, "/del-")
	number, html := strings.CutSuffix(number, ".html")
	return unnamed && html && number != "" && strings.Trim(number, "0123456789") == ""
}

// beginOf is the page on which the paper begins that page belongs to; 0 when the
// file is one paper.
func beginOf(starts []int, page int) int {
	if len(starts) < 2 {
		return 0
	}
	begin := starts[0]
	for _, s := range starts {
		if s <= page {
			begin = s
		}
	}
	return begin
}

// meet puts the subjects into their papers. What only a hidden layer or quoted
// history says is left out: other rules look there.
func (it *Item) meet(at func(path string, page, segment int) *paper) {
	for i := range it.Subjects {
		for _, o := range it.Subjects[i].Where {
			if o.Finding >= 0 && it.Findings[o.Finding].Strength.Rank() < detectors.Medium.Rank() {
				continue
			}
			switch o.Layer {
			case document.Visible, document.Inserted, "":
			case document.Header:
				if o.Finding < 0 || it.Doc.Segments[it.Findings[o.Finding].Segment].Label != "Subject" {
					continue
				}
				o.Role = subject.About
			default:
				continue
			}
			p := at(o.Path, o.Page, o.Segment)
			if known, ok := p.people[i]; !ok || o.Role.Rank() < known.role.Rank() {
				p.people[i] = place{role: o.Role, field: o.Field || known.field, at: o}
			} else if o.Field {
				known.field = true
				p.people[i] = known
			}
		}
	}
}

// fill gives the papers their words and letters.
func (it *Item) fill(at func(path string, page, segment int) *paper, paths map[string][]int, order []string) {
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		// What a file is called says nothing of what stands in it.
		if s.At.Layer == document.Quoted || s.At.Layer == document.Metadata || s.At.Layer == document.Header && s.Label != "Subject" {
			continue
		}
		at(s.At.Path, s.At.Page, i).text.Add(s.Text)
	}
	for _, path := range order {
		for _, l := range subject.LettersOf(it.Doc, paths[path]) {
			if p := at(path, l.Page, paths[path][0]); p.letter == nil {
				p.letter = &l
			} else {
				p.more = append(p.more, l)
			}
		}
	}
}

// name is the end of a paper's path with its page.
func (p *paper) name() string {
	if p.body {
		return ""
	}
	name := detectors.RedactNumbers(lastName(p.path))
	if p.page > 0 {
		name += " s. " + strconv.Itoa(p.page)
	}
	return name
}

// principals are the people a paper is written to or about, by number in
// it.Subjects, ascending. Where nobody is, those whose number is mentioned are.
func (p *paper) principals(it *Item) []int {
	var main, mentioned []int
	for i, in := range p.people {
		switch in.role {
		case subject.Addressee, subject.About:
			main = append(main, i)
		case subject.Mentioned:
			if !it.Subjects[i].NameOnly {
				mentioned = append(mentioned, i)
			}
		}
	}
	if main == nil {
		main = mentioned
	}
	slices.Sort(main)
	return main
}

// holds reports whether a person occurs in a paper at all, by number or by name.
func (p *paper) holds(it *Item, person int) bool {
	if _, ok := p.people[person]; ok {
		return true
	}
	return p.names(it.Subjects[person].Name)
}

// names reports whether a full name stands in a paper.
func (p *paper) names(n subject.Name) bool {
	return n.Full() && n.Among(p.text)
}

// who is the masked form of a person for sentences: initials, or the number
// without its end.
func (it *Item) who(person int) string {
	if s := &it.Subjects[person]; s.Name.Full() {
		return s.Name.String()
	}
	return it.Subjects[person].Display
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
