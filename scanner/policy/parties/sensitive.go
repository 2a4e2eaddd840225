package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/special"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file asks of whom sensitive words speak, sentence by sentence: that a paper is
// the reader's own, or is about nobody in particular, does not make what it says of
// another the reader's business.

// nameReach is how far before a sentence the full name may stand of somebody whom the
// sentence calls by first name or "hun", in bytes.
const nameReach = 300

// maxTold bounds the people that are told apart.
const maxTold = 50

// Told are the people, no readers, of whom a sentence says something of the given
// categories, once each. A person whom the mail itself names is left out in papers:
// they are its matter.
func (it *Item) Told(categories map[string]bool) []Odd {
	if it.Doc.Mail == nil || len(it.External) == 0 {
		return nil
	}
	var out []Odd
	var met []subject.Name
	words := make(map[string]int) // initials → sensitive words told of them
	r := it.readers()
	own := it.bundle()
	for k := range it.Findings {
		x := &it.Findings[k]
		if !categories[x.Category] || x.Strength.Rank() < detectors.Medium.Rank() || len(out) == maxTold {
			continue
		}
		if it.postOf(x) {
			continue
		}
		n, ok := it.toldOf(x)
		many := ok && it.tellsOthers(n, r)
		known := ok && it.knows(n, r) && !many
		if !ok && !own.own(x.At.Path) {
			n, ok = it.author(x)
			known = ok && (r.is(n) || r.akin(n))
		}
		if !ok || known || r.family && it.ownChild(n) || !own.own(x.At.Path) && (it.speaksOfName(n) || it.Programme(x)) || it.longDead(x) {
			continue
		}
		if own.own(x.At.Path) && it.introduced(n) {
			continue
		}
		words[n.String()]++
		if i := slices.IndexFunc(met, n.Same); i >= 0 {
			out[i].Weak = out[i].Weak && words[n.String()] < 2
			out[i].Stated = out[i].Stated || !out[i].Weak && it.stated(x)
			continue
		}
		met = append(met, n)
		p := paper{path: x.At.Path, body: own.own(x.At.Path)}
		o := it.somebody(p.name(), n, false)
		// To an organisation the mail may speak of a citizen whom both work with.
		o.Weak = r.family && !many && !it.formerSpouse() && (p.body || !it.namesOthers(n)) || own.own(x.At.Path) && !grave(*x)
		o.Stated = !o.Weak && it.stated(x)
		out = append(out, o)
	}
	return out
}

// posts end the words for somebody's work that are made of a sensitive one: "din nye
// støttekontaktperson er Testperson Eksempel".
var posts = []string{"kontaktperson", "kontaktpersonen", "støtteperson", "støttepersonen", "nøgleperson", "nøglepersonen", "fagperson", "fagpersonen", "konsulent", "konsulenten", "behandler", "behandleren", "rådgiver", "rådgiveren", "koordinator"}

// postOf reports whether what was found is the word for somebody's work.
func (it *Item) postOf(x *detectors.Finding) bool {
	if x.Segment < 0 || x.Segment >= len(it.Doc.Segments) || x.Start > x.End || x.End > len(it.Doc.Segments[x.Segment].Text) {
		return false
	}
	word := strings.ToLower(it.Doc.Segments[x.Segment].Text[x.Start:x.End])
	return slices.ContainsFunc(posts, func(p string) bool { return strings.HasSuffix(word, p) })
}

// statedReach is how near, in bytes, the verb stands that says a thing of somebody.
const statedReach = 40

// stated reports whether a sentence says of a person what a finding is, and does not
// merely name both: "er indlagt med", not "spurgte til ventetiden for". Behind "hun" and
// "han" it does so too.
func (it *Item) stated(x *detectors.Finding) bool {
	text := it.Doc.Segments[x.Segment].Text
	if it.Doc.Segments[x.Segment].At.Cell != "" || special.OnList(x) {
		return true // a row says what its name has, a list what its heading says
	}
	if x.Category == special.Private {
		return it.toldByPronoun(x)
	}
	low, _ := sentence(text, x.Start, x.End)
	before := strings.ToLower(strings.ToValidUTF8(text[max(low, x.Start-statedReach):x.Start], ""))
	if hasAny(before, []string{" om ", " mod ", " til ", "med at "}) {
		return false
	}
	if hasAny(before, stating) {
		return true
	}
	// "Indlagt med psykose er Testperson Eksempel"
	behind := text[min(x.End, len(text)):]
	return slices.ContainsFunc(stating, func(v string) bool {
		rest, ok := strings.CutPrefix(behind, v)
		_, rest, _ = strings.Cut(rest, " ")
		return ok && !strings.HasPrefix(rest, "af ") // "er opdateret af" says who did it
	})
}

// stating are verbs by which a sentence says a thing of somebody.
var stating = []string{" er ", " har ", " fik ", " blev ", " lider ", " drikker ", " afsoner "}

// graveGroups are those of which one word about a person by name is too much.
var graveGroups = setOf("helbred psykiatri misbrug straf_art10 seksualitet " + special.Private)

// grave reports whether a finding tells more of a person than what is said every day,
// such as that somebody is ill.
func grave(x detectors.Finding) bool {
	return special.OnList(&x) || graveGroups[x.Category] && !slices.Contains(x.Why, special.Everyday)
}

// Spread is the first person, masked, of whom the item tells at least n different things
// of the given categories, and who is not the one that writes. It asks nothing of who
// reads: it is for what goes to many colleagues.
func (it *Item) Spread(categories map[string]bool, n int) (who string, ok bool) {
	if it.Doc.Mail == nil || it.Says(mourning...) || it.Teaches() {
		return "", false
	}
	return it.tellsMuch(categories, n, it.staff)
}

// Exposed is the first person, masked, of whom the item tells at least n different things
// of the given categories, and who is neither a reader nor a reader's relative.
func (it *Item) Exposed(categories map[string]bool, n int) (who string, ok bool) {
	if it.Doc.Mail == nil {
		return "", false
	}
	r := it.readers()
	return it.tellsMuch(categories, n, func(name subject.Name) bool { return it.knows(name, r) || r.family })
}

func (it *Item) tellsMuch(categories map[string]bool, n int, skip func(subject.Name) bool) (who string, ok bool) {
	words := make(map[string]map[string]bool) // initials → digests of the words
	for k := range it.Findings {
		x := &it.Findings[k]
		if !categories[x.Category] || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		name, ok := it.toldOf(x)
		if !ok || skip(name) || it.Programme(x) {
			continue
		}
		who := name.String()
		if words[who] == nil {
			words[who] = make(map[string]bool)
		}
		if words[who][x.Value.Digest()] = true; len(words[who]) >= n {
			return who, true
		}
	}
	return "", false
}

// courses are words of a mail that invites colleagues to hear somebody speak.
var courses = []string{"kursus", "oplæg", "foredrag", "temadag", "underviser", "fyraftensmøde", "konference", "webinar", "workshop"}

// Teaches reports whether the mail is about a talk or a course, in which what is told of
// illness is a subject.
func (it *Item) Teaches() bool { return wording.Speaks(it.bodyText(), courses) }

// Mourns reports whether the mail tells of a death, and nothing of whoever died but what
// is said in such a mail.
func (it *Item) Mourns() bool {
	return it.Says(mourning...) && !slices.ContainsFunc(it.Findings, grave)
}

// mourning are words of a mail that tells colleagues of a death.
var mourning = []string{"begravelse", "bisættes", "bisættelse", "begraves", "sovet ind", "afgået ved døden", "mindeord", "ære være", "er død"}

// knows reports whether a person is a reader, a reader's relative or one who signs.
func (it *Item) knows(n subject.Name, r *readers) bool {
	return r.is(n) || r.akin(n) && !it.formerSpouse() || it.staff(n)
}

// tellsOthers reports whether a mail that speaks to many tells of somebody whom only one
// of its private readers is, or is related to.
func (it *Item) tellsOthers(n subject.Name, r *readers) bool {
	strangers := 0
	for _, box := range r.boxes {
		if !slices.ContainsFunc(box, func(b subject.Name) bool { return b.SameLoosely(n) || b.Relative(n) || b.Akin(n) }) {
			strangers++
		}
	}
	return strangers > 1 && hasAny(it.bodyText(), []string{"kære alle", "hej alle", "kære forældre", "hej forældre", "til alle", "kære familier", "kære beboere", "kære pårørende", "dear parents", "dear all"})
}

// formerSpouse reports whether the mail speaks of somebody whom the reader is no longer
// married to, whatever the name.
func (it *Item) formerSpouse() bool {
	return it.Says("ekskone", "eksmand", "eks-kone", "eks-mand", "ekskæreste", "tidligere kone", "tidligere mand", "tidligere samlever", "fraskilte", "din eks")
}

// toldOf is the person of whom the sentence around a finding speaks. Several rules ask
// it of each finding, so it is read once.
func (it *Item) toldOf(x *detectors.Finding) (subject.Name, bool) {
	n, known := it.bearers[x]
	if !known {
		if it.bearers == nil {
			it.bearers = make(map[*detectors.Finding]subject.Name)
		}
		if m, ok := it.findTold(x); ok {
			n = m
		}
		it.bearers[x] = n
	}
	return n, !n.Empty()
}

func (it *Item) findTold(x *detectors.Finding) (subject.Name, bool) {
	if x.Segment < 0 || x.Segment >= len(it.Doc.Segments) {
		return subject.Name{}, false
	}
	s := &it.Doc.Segments[x.Segment]
	if x.Start > x.End || x.End > len(s.Text) || s.At.Layer == document.Quoted && it.partOfThread(s.Text) || s.At.Layer == document.Metadata {
		return subject.Name{}, false
	}
	if special.OnList(x) {
		return subject.Named(s.Text[x.Start:x.End])
	}
	if s.At.Cell != "" {
		if n, ok := subject.NameInRow(it.Doc, x.Segment); ok {
			return n, true
		}
	}
	if x.Category == special.Private {
		return it.lived(x)
	}
	low, high := sentence(s.Text, x.Start, x.End)
	if n, ok := nearest(citizensIn(strings.ToValidUTF8(s.Text[low:high], " ")), x.Start-low); ok {
		return n, true
	}
	if it.stated(x) {
		if n, ok := nearest(subject.HoldersIn(strings.ToValidUTF8(s.Text[low:high], " ")), x.Start-low); ok {
			return n, true // one who holds an office falls ill, too
		}
	}
	if n, ok := bearer(s.Text[low:high], x.Start-low); ok {
		return n, true
	}
	if n, ok := it.firstNamed(x, low, s.Text[low:x.Start]); ok {
		return n, true
	}
	// With the next sentence's first word, since "Hun" makes a rare name a person's.
	next := s.Text[low:min(low+len(" Hun "), high)]
	if w, _, _ := strings.Cut(strings.TrimSpace(next), " "); !pronouns[strings.ToLower(w)] {
		next = "" // the beginning of another name would be one
	}
	before := strings.ToValidUTF8(s.Text[max(0, low-nameReach):low]+next, "")
	var t subject.Text
	t.Add(s.Text[low:high])
	if found := citizensIn(before); len(found) > 0 {
		last := found[len(found)-1]
		// A table that became text has the name on the line above.
		above := strings.TrimSpace(before[last.End:max(last.End, len(before)-len(next))]) == ""
		return last.Name, above || last.Name.FirstIn(&t) || t.Head(100, pronouns)
	}
	if n, ok := it.calledIn(s.At.Path, &t); ok {
		return n, true
	}
	return nearest(withoutCapitals(strings.ToValidUTF8(s.Text[max(0, low-nameReach):x.Start], "")), nameReach)
}

// firstNamed is whom a sentence calls by first name before a finding, where the text around
// it has the full name, and the finding is said to be by a name.
func (it *Item) firstNamed(x *detectors.Finding, low int, before string) (subject.Name, bool) {
	if !slices.Contains(x.Why, "ved et fornavn") {
		return subject.Name{}, false
	}
	called := subject.NamesIn(strings.ToValidUTF8(before, " "), true)
	if len(called) == 0 {
		return subject.Name{}, false
	}
	first := called[len(called)-1]
	text := it.Doc.Segments[x.Segment].Text
	if hasAny(strings.ToLower(text[max(0, low+first.Start-besideName):low+first.Start]), ties) {
		return subject.Name{}, false // "din mand"
	}
	above, behind := it.around(x)
	for _, f := range subject.PeopleIn(strings.ToValidUTF8(above+behind, "?")) {
		if f.Name.Full() && f.Name.SameFirst(first.Name) {
			return f.Name, true
		}
	}
	return subject.Name{}, false
}

// calledIn is whom a paper is about and a sentence of it calls by first name.
func (it *Item) calledIn(path string, t *subject.Text) (subject.Name, bool) {
	for i := range it.bundle().papers {
		p := &it.read.papers[i]
		if p.path != path || p.body {
			continue
		}
		if k := it.principal(p); k >= 0 && it.Subjects[k].Name.FirstIn(t) {
			return it.Subjects[k].Name, true
		}
	}
	return subject.Name{}, false
}

// pronouns take up somebody who was named before.
var pronouns = setOf("han hun ham hende hans hendes she he her his hon hennes ist leidet wurde faren faderen moren moderen soennen datteren broderen soesteren aegtefaellen")

// partOfThread reports whether a reader wrote or got what is quoted.
func (it *Item) partOfThread(quoted string) bool {
	low := strings.ToLower(quoted)
	return slices.ContainsFunc(it.External, func(a string) bool { return strings.Contains(low, a) })
}

// maxSentence bounds how far a sentence is followed to either side, in bytes.
const maxSentence = 400

// sentence gives the bounds of the sentence or line around a place.
func sentence(text string, start, end int) (low, high int) {
	low, high = max(0, start-maxSentence), min(len(text), end+maxSentence)
	if k := lastStop(text[low:start]); k >= 0 {
		low += k
	}
	for i := end; i < high; i++ {
		if text[i] == '\n' || strings.IndexByte(".!?", text[i]) >= 0 && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n') {
			return low, i
		}
	}
	return low, high
}

// lastStop is where the last sentence of a text begins, -1 for its beginning. A full
// stop behind a short word or a figure is that of an abbreviation or a date.
func lastStop(text string) int {
	for i := len(text) - 1; i > 0; i-- {
		switch {
		case text[i] == '\n':
			return i + 1
		case strings.IndexByte(".!?", text[i]) >= 0 && i+1 < len(text) && text[i+1] == ' ':
			word := text[strings.LastIndexAny(text[:i], " \n")+1 : i]
			if len(word) > 3 && strings.Trim(word, "0123456789") != "" {
				return i + 2
			}
		}
	}
	return -1
}

// nearest is the last name before a place, else the first behind it.
func nearest(found []subject.Found, at int) (subject.Name, bool) {
	best := -1
	for i := range found {
		if found[i].Start < at || best < 0 {
			best = i
		}
	}
	if best < 0 {
		return subject.Name{}, false
	}
	return found[best].Name, true
}

// Listed counts the people, with a benefit, an illness or a debt beside the name, whom
// a list shows to citizens who stand in it themselves or have nothing to do with it. It
// is 0 where it is somebody's work to read such lists.
func (it *Item) Listed() int {
	if !slices.ContainsFunc(it.Subjects, listed) {
		return 0 // and who reads it need not be asked
	}
	r := it.readers()
	if it.Doc.Mail == nil || r.work && !r.private || !r.private {
		return 0
	}
	several := len(r.boxes) > 1 // each sees the others
	n := 0
	for i := range it.Subjects {
		s := &it.Subjects[i]
		if listed(*s) && (several || !it.knows(s.Name, r)) {
			n++
		}
	}
	return n
}

// listed reports whether a person stands by name on a list of cases.
func listed(s subject.Subject) bool { return s.NameOnly && s.Told.Case }
