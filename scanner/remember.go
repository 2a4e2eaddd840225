package scanner

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/residue"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/memory"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/parties"
)

// settledMails and settledDays are how much must have been learned before a domain
// that is new is unusual.
const (
	settledMails = 500
	settledDays  = 14
)

// manyOthers is to how many a letter to somebody known by name alone must have gone
// before it is stopped.
const manyOthers = 4

// recall asks the memory about an outgoing mail and puts the answer into the facts.
// It gives nil for what no memory is kept of: files, runs of letters, what comes in,
// what stays in the house, and what has left already, which was judged on its way.
func (p *Pipeline) recall(it Item, f *policy.Facts, out *Outcome) *memory.Mail {
	if p.Memory == nil || it.Left || f.Kind != "mail" || f.Incoming || len(f.Channel.External) == 0 || out.Document.Mail == nil {
		return nil
	}
	people := policy.People(p.Site, f)
	m := &memory.Mail{MessageID: out.Document.Mail.MessageID, At: it.Received, From: f.From, Personal: people.Personal}
	if m.At.IsZero() {
		m.At = p.Now()
	}
	var papers []paper
	if !people.Bare() || letterItself(people) {
		papers = papersOf(p.Detectors.Key, people)
	}
	if greeting, ok := greetingOf(p.Detectors.Key, people); ok && len(papers) == 0 {
		papers = append(papers, greeting)
	}
	if len(papers) > 0 {
		m.SHA256 = rootSum(it.Content, out.Document)
	}
	for _, a := range f.Channel.External {
		switch {
		case a == "":
		case len(papers) == 0: // who reads it is worked out only where it matters
			m.Readers = append(m.Readers, memory.Reader{Address: a})
		default:
			m.Readers = append(m.Readers, memory.Reader{Address: a, Words: words(p.Detectors.Key, people.Names(a)), OneWord: people.OneWord(a), Short: people.Short(p.Detectors.Key, a), Work: people.Work(a)})
		}
	}
	for _, x := range papers {
		m.Papers = append(m.Papers, x.Paper)
	}
	answer := p.Memory.Ask(m)
	f.Past, out.Runs = past(&answer, papers, people), answer.Run.IDs
	return m
}

// letterItself reports whether a mail of mere text is a letter with an address block.
func letterItself(it *parties.Item) bool {
	return slices.ContainsFunc(it.Subjects, func(s subject.Subject) bool { return s.Role == subject.Addressee })
}

// remember tells the memory what became of a mail. What is held counts as held
// before it lies in quarantine, so that the rest of a run that comes at the same time
// is stopped; what passes counts as sent only when nothing failed any more.
func (p *Pipeline) remember(m *memory.Mail, v policy.Verdict, before bool) {
	if m == nil || before != (v.Action.Rank() >= policy.Hold.Rank()) {
		return
	}
	fate := memory.Sent
	if before {
		fate = memory.Held
		if slices.ContainsFunc(v.Rules, func(r policy.Rule) bool {
			return r.Action == policy.Hold && slices.Contains(stopsRun, r.ID)
		}) {
			fate = memory.Wrong
		}
	}
	m.Doubtful = slices.ContainsFunc(v.Rules, func(r policy.Rule) bool { return r.ID == "addressee-mismatch" })
	p.Memory.Note(m, fate)
}

// stopsRun are the rules by which a mail is for somebody else.
var stopsRun = []string{"addressee-mismatch", "template-residue", "resent-attachment"}

// rootSum is the digest of the whole item.
func rootSum(content []byte, doc *document.Document) string {
	for i := range doc.Parts {
		if p := &doc.Parts[i]; !strings.Contains(p.Path, "/") {
			if p.SHA256 == "" && p.Type == "mail" {
				return document.Sum(content)
			}
			return p.SHA256
		}
	}
	return ""
}

// paper is a paper as the memory has it, with its people's places in the item.
type paper struct {
	memory.Paper
	path     string
	subjects []int
}

// skeletonBytes is how much of a paper's text makes its skeleton: a template's
// wording shows on its first pages.
const skeletonBytes = 8 << 10

// papersOf gives the papers that say something about somebody.
func papersOf(key detectors.Key, it *parties.Item) []paper {
	var out []paper
	index := make(map[string]int)
	for i := range it.Subjects {
		s := &it.Subjects[i]
		for _, o := range s.Where {
			if !counts(it, o) {
				continue
			}
			k, known := index[o.Path]
			if !known {
				k = len(out)
				index[o.Path] = k
				out = append(out, paper{path: o.Path})
			}
			out[k].add(key, it, i, o.Role == subject.Addressee || o.Role == subject.About)
		}
	}
	root := it.Doc.Segments
	for k := range out {
		x := &out[k]
		x.Skeleton = skeleton(it.Doc, x.path)
		if len(root) > 0 && x.path == root[0].At.Path {
			continue
		}
		for _, part := range it.Doc.Parts {
			if part.Path == x.path {
				x.SHA256 = part.SHA256
			}
		}
	}
	return out
}

// nobody is the place in the item of somebody who is named in a greeting alone.
const nobody = -1

// greetingOf makes a paper of a mail of mere text that greets a citizen: a run of such
// mails is a run of letters.
func greetingOf(key detectors.Key, it *parties.Item) (paper, bool) {
	if len(it.External) != 1 || !it.Bare() {
		return paper{}, false
	}
	n, own, ok := it.Greets()
	if !ok || len(it.Doc.Segments) == 0 {
		return paper{}, false
	}
	x := paper{path: it.Doc.Segments[0].At.Path, subjects: []int{nobody}}
	id := n.Mask(key).Digest()
	x.People = []memory.Person{{ID: id, Name: id, Words: words(key, []subject.Name{n}), Shorts: shorts(key, it, n), Main: true, Own: own}}
	x.Skeleton = skeleton(it.Doc, x.path)
	return x, true
}

// counts reports whether an occurrence says whom a paper is about: quoted history,
// hidden text and doubtful numbers do not.
func counts(it *parties.Item, o subject.Occurrence) bool {
	switch o.Layer {
	case document.Visible, document.Inserted, "":
	case document.Header:
		if o.Finding < 0 || it.Doc.Segments[it.Findings[o.Finding].Segment].Label != "Subject" {
			return false
		}
	default:
		return false
	}
	switch o.Role {
	case subject.Addressee, subject.About, subject.Mentioned:
	default:
		return false
	}
	return o.Finding < 0 || it.Findings[o.Finding].Strength.Rank() >= detectors.Medium.Rank()
}

func (x *paper) add(key detectors.Key, it *parties.Item, person int, main bool) {
	if k := slices.Index(x.subjects, person); k >= 0 {
		x.People[k].Main = x.People[k].Main || main
		return
	}
	if len(x.People) == memory.MaxPeople {
		return
	}
	s := &it.Subjects[person]
	name := ""
	if s.Name.Full() {
		name = s.NameID.Digest()
	}
	x.subjects = append(x.subjects, person)
	x.People = append(x.People, memory.Person{ID: s.ID, Name: name, Words: words(key, []subject.Name{s.Name}), Shorts: shorts(key, it, s.Name), Numbered: !s.NameOnly, Main: main, Own: it.Own(person)})
}

// shorts are what a name may be cut down to, for a mail to an address that may be a name
// cut short.
func shorts(key detectors.Key, it *parties.Item, n subject.Name) []string {
	if len(it.External) != 1 || it.Short(key, it.External[0]) == "" {
		return nil
	}
	return n.Shorts(key)
}

func skeleton(doc *document.Document, path string) []uint64 {
	part := &document.Document{}
	size := 0
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if s.At.Path != path || s.At.Layer != document.Visible {
			continue
		}
		if size += len(s.Text); size > skeletonBytes {
			break
		}
		part.Segments = append(part.Segments, *s)
	}
	return residue.Of(part)
}

// words keys the words of names.
func words(key detectors.Key, names []subject.Name) []string {
	var out []string
	for _, n := range names {
		for _, w := range n.Words(key) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// past puts a memory's answer into the words of policy.
func past(a *memory.Answer, papers []paper, it *parties.Item) parties.Past {
	r := a.Run
	return parties.Past{
		Run: parties.PastRun{Sent: r.Sent, Held: r.Held, Wrong: r.Wrong, Own: r.Own, Doubtful: r.Doubtful, Fast: r.Fast, Again: r.Again, Shifted: r.Shifted, Odd: r.Odd && !it.Family()},
		Residue: odd(a.Residue, papers, it, func(s memory.Seen, person int) (weak, leave bool) {
			// A relative in the letters to two others is in its place; one in the letters
			// to many is not.
			kin := it.Kin(person)
			return s.NameOnly || kin, kin && s.Others < 3 || s.NameOnly && !s.Owned || !it.Citizen()
		}),
		Resent: odd(a.Resent, papers, it, func(s memory.Seen, person int) (weak, leave bool) {
			// A letter with an address block to a fifth is for none of them.
			if s.NameOnly && !s.Owned && (s.Others < manyOthers || it.Subjects[person].Role != subject.Addressee) {
				return true, s.Others < 2
			}
			return !s.Owned && s.Others < 2 || it.Kin(person), false
		}),
		Elsewhere: odd(a.Elsewhere, papers, it, func(s memory.Seen, person int) (weak, leave bool) {
			return s.NameOnly || r.Mails() == 0, it.Kin(person)
		}),
		New: len(a.New), Alike: len(a.Alike), First: a.First, Bulk: a.Bulk, Asked: true,
		Settled: a.Mails >= settledMails && a.Days >= settledDays,
	}
}

// odd names the people of an answer; judge says who is left out and who is weak.
func odd(seen []memory.Seen, papers []paper, it *parties.Item, judge func(s memory.Seen, person int) (weak, leave bool)) []parties.Odd {
	var out []parties.Odd
	for _, s := range seen {
		x := &papers[s.Paper]
		person := x.subjects[s.Person]
		if person == nobody {
			continue
		}
		weak, leave := judge(s, person)
		if leave {
			continue
		}
		o := it.Met(x.path, person)
		o.Weak = weak
		out = append(out, o)
	}
	return out
}

// owners tells whose mailbox an address is: by the lists of known citizens, or because
// the number is the address, as some gateways to Digital Post want it, with a check
// digit or without.
type owners struct {
	lists parties.Owners // may be nil
	key   detectors.Key
}

// Owner is part of parties.Owners.
func (o owners) Owner(address string) (id string, ok bool) {
	if o.lists != nil {
		if id, ok := o.lists.Owner(address); ok {
			return id, true
		}
	}
	local, _, _ := strings.Cut(address, "@")
	if len(local) == 11 && local[6] == '-' {
		local = local[:6] + local[7:]
	}
	if len(local) != 10 || strings.Trim(local, "0123456789") != "" {
		return "", false
	}
	if day, month := local[:2], local[2:4]; day < "01" || day > "31" || month < "01" || month > "12" {
		return "", false
	}
	return o.key.Digest(local), true
}

// Shared is part of parties.Owners.
func (o owners) Shared(address string, n subject.Name) (words int, known bool) {
	if o.lists == nil {
		return 0, false
	}
	return o.lists.Shared(address, n)
}
