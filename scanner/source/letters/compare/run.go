// Package compare compares the letters of a run with the people who are to get
// them, and tells single mistakes from swapped pairs and shifted rows.
package compare

import (
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters/list"
	"brevvagt/scanner/source/letters/memo"
)

// Relate compares the letters of an item with their recipients. It is nil when
// the item is no run of letters: it then has neither MeMo messages nor exactly
// one list of recipients whose rows refer to its files. It adds a finding to the
// outcome for each letter that is made out for another.
func Relate(key detectors.Key, asOf time.Time, out *scanner.Outcome) *policy.Run {
	r := &run{key: key, asOf: asOf, doc: out.Document, findings: out.Findings}
	if messages := memo.Messages(out.Document); len(messages) > 0 {
		r.people = addressees(messages, key)
		r.index()
		r.files = filesOf(out.Document, out.Findings, "")
		r.apart()
		r.assignMessages()
		return r.report(out)
	}
	rows, ok := list.Of(out.Document)
	if !ok {
		if out.Document.Mail != nil {
			return nil // enclosures that bear names are no run
		}
		if rows, ok = namedAfter(out.Document); !ok {
			return nil
		}
	}
	r.homes, r.paged, r.byNames = rows.Homes, rows.HasPages, rows.Path == ""
	if r.files = filesOf(out.Document, out.Findings, rows.Path); len(r.files) == 0 {
		return nil // a table alone, however long
	}
	for _, row := range rows.Rows {
		r.people = append(r.people, newRecipient(row, key))
	}
	r.index()
	r.apart()
	if !r.assign(rows.HasFiles) {
		return nil
	}
	r.outliers()
	r.figures()
	return r.report(out)
}

// Enclosed is Relate for the mails that take a list of recipients along with letters to
// them: beside the list there is another file at least.
func Enclosed(key detectors.Key, asOf time.Time, out *scanner.Outcome) *policy.Run {
	if out.Document.Mail == nil || !listed(out.Document) {
		return nil
	}
	return Relate(key, asOf, out)
}

// listed reports whether a mail has two files, of which one may be a list or a message by
// its name: others are not looked into, and those are most.
func listed(doc *document.Document) bool {
	files, lists := 0, false
	for i := range doc.Parts {
		p := &doc.Parts[i]
		if contains(p) && p.Type != memo.Type {
			continue
		}
		files++
		lists = lists || p.Type == memo.Type || list.IsTable(p.Path) || list.IsExport(p.Path) || list.IsJob(p.Path) || list.IsPaper(p.Path)
	}
	return lists && files > 1
}

// run is the work on one run of letters.
type run struct {
	key      detectors.Key
	asOf     time.Time
	doc      *document.Document
	findings []detectors.Finding
	people   []*recipient
	files    []*file
	alerts   int

	lookup
	budget int // slow comparisons left
	pairs  []pair
	rest
	sorted bool // the letters lie in another order than the list
	cut    bool // more comparisons than maxPairs
}

// rest is what is in no pair.
type rest struct {
	missing []string  // files that the list names and that are not there
	extra   []string  // letters to people on the list, in files that it does not name
	strange []*letter // letters to people who are not on it
	unread  []string  // letters for no row whose addressee cannot be read
	without int       // rows without a letter
}

// lookup finds the rows of a list.
type lookup struct {
	homes    bool                  // the list has addresses and nobody's name
	paged    bool                  // the list says on which page of a merged file each letter begins
	byNames  bool                  // there is no list: the files bear the names of those they are for
	byNumber map[string]int        // digest of a CPR number → row
	byName   map[string][]int      // digest of a name → rows
	declared map[string]int        // digest of a number beside a row's own → row
	byCVR    map[string]int        // CVR number → row
	byFirm   map[string]int        // folded name of a company → row
	byPlace  map[subject.Place]int // address → row, of a list without names
}

// pair is a letter with the recipient it goes to and what the comparison says.
type pair struct {
	letter *letter
	row    int
	result result
	target int    // row whose letter it seems to be, -1 for nobody's
	inside string // masked form of what is another's in it, "" when its head tells
}

// slowComparisons bounds the search for a name that is written in another way than
// on the list.
const slowComparisons = 1_000_000

func (r *run) index() {
	r.byNumber, r.byName, r.budget = make(map[string]int), make(map[string][]int), slowComparisons
	r.byCVR, r.byFirm = make(map[string]int), make(map[string]int)
	r.declared, r.byPlace = make(map[string]int), make(map[subject.Place]int)
	for i, p := range r.people {
		for _, at := range p.places {
			if _, taken := r.byPlace[at]; r.homes && !taken {
				r.byPlace[at] = i
			}
		}
		for n := range p.allowed {
			if n != p.number {
				r.declared[n] = i
			}
		}
		if p.cvr != "" {
			r.byCVR[p.cvr], r.byFirm[subject.Fold(p.written)] = i, i
			continue
		}
		if p.number != "" {
			r.byNumber[p.number] = i
		}
		if !p.name.Empty() {
			id := p.name.Mask(r.key).Digest()
			r.byName[id] = append(r.byName[id], i)
		}
	}
}

// target finds the recipient whose letter this is by its own words: by number,
// then by name, of several with one name the one at that address. It is -1 when
// nobody fits.
func (r *run) target(l *letter) int {
	if i, ok := r.firm(l); ok {
		return i
	}
	if r.homes {
		if i, ok := r.byPlace[l.info.Address]; ok && !l.info.Address.Empty() {
			return i
		}
		return -1
	}
	n := l.info.Addressee
	if n.Empty() && l.info.Salutation.Full() {
		n = l.info.Salutation
	}
	if !n.Empty() {
		rows := r.byName[n.Mask(r.key).Digest()]
		for i := 0; len(rows) == 0 && i < len(r.people) && r.budget > 0; i++ {
			r.budget--
			if r.people[i].name.Same(n) {
				rows = append(rows, i)
			}
		}
		for _, i := range rows {
			if r.people[i].lives(l.info.Address) {
				return i
			}
		}
		for _, i := range rows {
			if len(r.people[i].places) == 0 || l.info.Address.Empty() {
				return i
			}
		}
		if len(rows) > 0 && len(l.numbers) == 0 {
			return rows[0]
		}
		for i := 0; i < len(r.people) && r.budget > 0 && !l.info.Address.Empty(); i++ {
			r.budget--
			if p := r.people[i]; l.above(p) || p.lives(l.info.Address) && p.coupled(l) {
				return i
			}
		}
	}
	for _, number := range l.numbers {
		if i, ok := r.byNumber[number]; ok {
			return i
		}
	}
	return -1
}

// person is how a letter's own addressee is named for people.
func (l *letter) person() string {
	switch {
	case !l.info.Addressee.Empty():
		return l.info.Addressee.String()
	case l.masked != "":
		return l.masked
	case !l.info.Salutation.Empty():
		return l.info.Salutation.String()
	}
	return "?"
}

func redact(path string) string {
	return detectors.RedactNumbers(path[strings.LastIndexByte(path, '/')+1:])
}
