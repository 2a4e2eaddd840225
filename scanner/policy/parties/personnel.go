package parties

import (
	"slices"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// This file finds what lies between an employer and one employee in a mail to somebody
// else: a warning, an absence, a dismissal.

// unions are parts of domains of those who speak for employees, and of lawyers.
var unions = setOf("foa 3f hk bupl dlf dsr djoef djøf krifa ase sl metal dm prosa ida lo fh akasse a-kasse")

// forEmployee reports whether an address is that of an employee's union, unemployment
// fund or lawyer.
func forEmployee(address, display string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return hasAny(domain+" "+strings.ToLower(display), []string{"fagforening", "faglig", "forbund", "akasse", "a-kasse", "advokat", "tillidsrep", "kommune", "region"}) ||
		slices.ContainsFunc(strings.FieldsFunc(domain, func(r rune) bool { return r == '.' || r == '-' }), func(w string) bool { return unions[w] })
}

// employeeLines begin the lines that say to whom or about whom such a paper is.
var employeeLines = []string{"Til: ", "Til ", "Navn: ", "Medarbejder: ", "Ansat: ", "Vedr. ", "Vedr.: ", "Vedrørende ", "Deltagere: "}

// Personnel is an employee, no reader, of whose matter a mail's text or a file tells: in a
// letter to the employee, or in a sentence with the name.
func (it *Item) Personnel() (Odd, bool) {
	matter := func(x detectors.Finding) bool { return x.Category == "personalesag" }
	if it.Doc.Mail == nil || len(it.External) == 0 || !slices.ContainsFunc(it.Findings, matter) {
		return Odd{}, false // before the papers are looked at: most mails have no such word
	}
	b, seen := it.bundle(), make(map[string]bool)
	for k := range it.Findings {
		path := it.Findings[k].At.Path
		if !matter(it.Findings[k]) || seen[path] {
			continue
		}
		seen[path] = true
		text := it.visible(b.paths[path])
		low := lower.InPlace(text)
		if !hasAny(low, wording.Personnel) || wording.Speaks(low, wording.OfPersonnelInGeneral) {
			continue
		}
		if it.unionOnly() || wording.Speaks(it.bodyText(), wording.OfPersonnelInGeneral) {
			return Odd{}, false
		}
		if n, ok := it.employee(text, low); ok {
			p := paper{path: path, body: b.own(path)}
			return it.somebody(p.name(), n, false), true
		}
	}
	return Odd{}, false
}

func (it *Item) unionOnly() bool {
	display := make(map[string]string)
	for _, a := range it.Doc.Mail.To {
		display[strings.ToLower(a.Mail)] = a.Name
	}
	return !slices.ContainsFunc(it.External, func(a string) bool { return !forEmployee(a, display[a]) })
}

// visible is what segments say, up to maxSaid bytes.
func (it *Item) visible(segments []int) string {
	var out strings.Builder
	for _, i := range segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer == document.Metadata || s.At.Layer == document.Header && s.Label != "Subject" || s.At.Layer == document.Quoted && it.partOfThread(s.Text) {
			continue
		}
		if room := maxSaid - out.Len(); room > 0 {
			out.WriteString(s.Text[:min(len(s.Text), room)])
			out.WriteByte('\n')
		}
	}
	return strings.ToValidUTF8(out.String(), "?")
}

// employee is whom a text with personnel matters is about, and who is no reader.
func (it *Item) employee(text, low string) (subject.Name, bool) {
	r := it.readers()
	// A salutation does not make the mailbox the employee's: only the address tells.
	reader := func(n subject.Name) bool {
		return slices.ContainsFunc(r.addressed, n.SameLoosely) || r.listed != nil && r.listed(n) == same
	}
	stranger := func(n subject.Name) bool { return n.Full() && !reader(n) && !it.staff(n) }
	toEmployee, own := speaksToReader(low), false // own: the employee's letter
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		n, ok := employeeOf(line)
		if _, about := cutAny(line, employeeLines[2:]...); !ok || !about && !toEmployee {
			continue
		}
		if reader(n) || len(r.addressed) == 0 && r.private {
			own = true
			continue
		}
		if stranger(n) {
			return n, true
		}
	}
	for _, turn := range wording.Personnel {
		for from := 0; ; {
			k := strings.Index(low[from:], turn)
			if k < 0 {
				break
			}
			k += from
			from = k + len(turn)
			start, end := sentence(text, k, from)
			if own && speaksToReader(low[start:end]) {
				continue
			}
			for _, f := range subject.PeopleIn(text[start:end]) {
				if stranger(f.Name) && !wording.ByPost(text[start:start+f.Start], text[start+f.End:end]) {
					return f.Name, true
				}
			}
		}
	}
	return subject.Name{}, false
}

// contracts are what papers between an employer and one employee are called, and
// contractHead is how far into one both are named, in bytes.
var contracts = setOf("fratraedelsesaftale fratraeden fratraedelse ansaettelsesbrev ansaettelsesbevis ansaettelseskontrakt ansaettelsesaftale tillaegsaftale loenaftale loentillaeg opsigelse afskedigelse afsked advarsel paatale seniorordning orlovsaftale bortvisning loenseddel")

const contractHead = 1500

// postReach is how far from a name the post stands of who signs for the employer, in bytes.
const postReach = 24

// signing are turns of a mail whose reader is to sign what it brings, or is told of the own
// employment.
var signing = []string{"underskrift", "underskrive", "skrive under", "din ansættelse", "dit ansættelses", "din fratræd", "din opsigelse", "din aftale", "din kontrakt", "din løn", "din seniorordning", "din afsked", "velkommen til din"}

// contractOfAnother finds the employee in a paper of an employment that goes to somebody
// else, and in which the reader does not occur: whoever has the reader's first name, as when
// a mail program completes an address by itself, or anybody where the mail asks its reader to
// sign.
func (it *Item) contractOfAnother(p *paper, r *readers) (Odd, bool) {
	if p.body || it.Doc.Mail == nil || len(it.External) != 1 || len(r.addressed) == 0 || !p.text.Head(reportHead, contracts) {
		return Odd{}, false
	}
	if it.unionOnly() || r.work && !r.private || it.Says("din medarbejder", "din nye medarbejder", "nye kollega", "til orientering", "som leder", "tillidsrepræsentant", "dit medlem", "skabelon", "paradigme", "eksempel på") {
		return Odd{}, false
	}
	text := it.visible(it.bundle().paths[p.path])
	text = strings.ToValidUTF8(text[:min(len(text), contractHead)], "?")
	var other subject.Name
	// Employees have posts: "Testperson Eksempel, pædagog".
	for _, f := range append(subject.PeopleIn(text), subject.HoldersIn(text)...) {
		n := f.Name
		if !n.Full() || it.staff(n) || r.is(n) || strings.Contains(strings.ToLower(text[f.Start:f.End]), "kommune") || hasAny(strings.ToLower(text[max(0, f.Start-postReach):min(len(text), f.End+postReach)]), []string{"chef", "leder", "direktør"}) {
			continue
		}
		if slices.ContainsFunc(r.addressed, func(a subject.Name) bool { return a.SameFirst(n) && a.Namesake(n) }) {
			return it.somebody(p.name(), n, !r.sure), true
		}
		if other.Empty() && !r.akin(n) && !wording.ByPost(text[:f.Start], text[f.End:]) {
			other = n
		}
	}
	if other.Empty() || !it.Says(signing...) || it.speaksOfName(other) {
		return Odd{}, false
	}
	return it.somebody(p.name(), other, !r.sure || r.family), true
}

// employeeOf reads a line that says to whom a letter is, or whom it is about.
func employeeOf(line string) (subject.Name, bool) {
	if n, ok := salutationOf(line); ok {
		return n, true
	}
	if len(line) > maxSlot {
		return subject.Name{}, false
	}
	rest, ok := cutAny(line, employeeLines...)
	if !ok || strings.Contains(rest, "@") {
		return subject.Name{}, false
	}
	if n, ok := nameAtHead(rest); ok {
		return n, true
	}
	rest, _, _ = strings.Cut(rest, ",")
	k := strings.IndexFunc(rest, unicode.IsUpper) // behind the post: "Til pædagogmedhjælper Testperson Eksempel"
	if k < 0 {
		return subject.Name{}, false
	}
	n, ok := subject.Named(strings.TrimRight(rest[k:], " ."))
	return n, ok && n.Full()
}
