package subject

import (
	"maps"
	"strings"

	"brevvagt/document"
)

// Told is how a paper tells who somebody is, beside a name and without a number: what
// makes of a name one certain person.
type Told struct {
	Born bool // a date of birth
	Home bool // a street with a house number
	Case bool // in a table, a column about the person's case: a benefit, an illness, a debt
}

// Any reports whether the name is one certain person's.
func (t Told) Any() bool { return t.Born || t.Home || t.Case }

func (t Told) or(o Told) Told {
	return Told{Born: t.Born || o.Born, Home: t.Home || o.Home, Case: t.Case || o.Case}
}

// listed finds the people whom a paper names with a date of birth or a home beside
// them: on one line, as lists and notes do, or in a table's row. Lines and rows that
// speak of a workplace are left out.
func (p *papers) listed(path string) []person {
	return append(append(p.listedLines(path), p.listedRows(path)...), p.soleRow(path)...)
}

// soleRow is the person whom a table is about all of whose rows name one and the same:
// a list of one person's matters is about that person.
func (p *papers) soleRow(path string) []person {
	var first person
	rows := make(map[string]string) // row → name as written
	matter := false                 // a column is about the person's case
	var order []string
	for _, i := range p.segments[path] {
		s := &p.doc.Segments[i]
		if s.At.Cell == "" || s.Label == "" || len(s.Text) > 100 || s.At.Layer != document.Visible && s.At.Layer != "" {
			continue
		}
		if !nameField(s.Label) && !rowNames[Fold(s.Label)] {
			for _, w := range words(s.Label) {
				if w = Fold(w); workLabels[w] {
					return nil
				} else if p.sensitive[i] || caseLabels[w] || soleLabels[w] {
					matter = true
				}
			}
			continue
		}
		if len(order) == 0 {
			first = person{role: About, page: s.At.Page, segment: i, end: len(s.Text)}
		}
		at := rowOf(&s.At)
		if rows[at] == "" {
			order = append(order, at)
		}
		rows[at] = strings.TrimSpace(rows[at] + " " + s.Text)
		if len(order) > maxSoleRows {
			return nil
		}
	}
	if len(order) == 0 || !matter {
		return nil
	}
	first.name = NewName(rows[order[0]])
	for _, at := range order {
		if rows[at] != rows[order[0]] {
			return nil
		}
	}
	if !first.name.Full() || !first.name.Common() || len(first.name.tokens) > maxNameWords || organisation(rows[order[0]]) {
		return nil
	}
	return []person{first}
}

// soleLabels are headings over what is told of one person, beside those about a case.
var soleLabels = set("indtaegt tillaeg saldo note bemaerkning bemaerkninger vurdering beloeb maal status")

// maxSoleRows is how many rows a table may have that is about one person.
const maxSoleRows = 40

// listedPlace is how far behind the first figure an organisation may be named that
// makes of the line a place of work, in bytes.
const listedPlace = 24

// listedReach is how far behind the beginning of a line a name's birthday or address
// may stand, in bytes.
const listedReach = 160

func (p *papers) listedLines(path string) []person {
	var out []person
	born := false // a heading above says that dates are dates of birth
	heading := 0  // the first line that was not asked for it
	lines := p.layout(path)
	for i, l := range lines {
		text, digit, ok := listLine(l.text)
		if !ok || !listed(l) {
			continue
		}
		for ; heading <= i && !born; heading++ {
			h := lines[heading]
			born = listed(h) && len(h.text) < 120 && hasBirth(h.text)
		}
		head := clip(text, listedReach, false)
		n, ok := nameAt(head[:min(digit, len(head))], false)
		if !ok || organisation(clip(head, digit+listedPlace, false)) || staffCues.of(text) != "" {
			continue
		}
		// By an address alone a house is no person: "Bofællesskabet Engen, Engvej 1".
		if t := tellsOf(head, born); t.Born || t.Home && n.Common() {
			role := Mentioned
			if l.zone == Head || l.zone == Reference {
				role = About
			}
			x := personAt(n, role, l)
			x.told = t
			out = append(out, x)
		}
	}
	// A list is about nobody; a note that begins with somebody is.
	if len(out) > 1 {
		for i := range out {
			out[i].role = Mentioned
		}
	}
	return out
}

// listed reports whether a line may be one of a list.
func listed(l line) bool { return l.zone != Closing && l.zone != Address }

// listLine looks at a line in the cheapest way, since every line of every mail is
// asked: behind bullets and numbers two words with a capital, and then a figure. It
// gives the line without bullets and where the figure stands.
func listLine(line string) (text string, digit int, ok bool) {
	i := 0
	for i < len(line) && bullets[line[i]] {
		i++
	}
	text = line[i:]
	if len(text) < 16 || !capital(text) {
		return "", 0, false
	}
	space := strings.IndexByte(text[:min(len(text), 40)], ' ')
	if space < 2 || space+1 >= len(text) || !capital(text[space+1:]) {
		return "", 0, false
	}
	for k := space; k < min(len(text), listedReach); k++ {
		if c := text[k]; c >= '0' && c <= '9' {
			return text, k, true
		}
	}
	return "", 0, false
}

// bullets are the bytes of what may stand before a line of a list.
var bullets = func() (table [256]bool) {
	for _, c := range []byte(" \t-*.)(\u2013\u2022\u00b70123456789") {
		table[c] = true
	}
	table[0xC3] = false // begins capitals beyond ASCII
	return table
}()

// hasBirth reports whether a line speaks of a date of birth.
func hasBirth(text string) bool {
	k := strings.Index(text, "ød")
	if k < 0 {
		k = strings.Index(text, "ØD")
	}
	if k < 1 {
		return false
	}
	rest := strings.ToLower(text[k:min(len(text), k+8)])
	return text[k-1]|0x20 == 'f' && (strings.HasPrefix(rest, "ødt") || strings.HasPrefix(rest, "ødsel"))
}

// tellsOf reads what stands behind a name on its line.
func tellsOf(line string, born bool) Told {
	var t Told
	fields := strings.FieldsFunc(line, func(r rune) bool {
		return r == ' ' || r == '\t' || r == ',' || r == ';' || r == '(' || r == ')' || r == '|' || r == ':'
	})
	cued := born || hasBirth(line)
	for i, w := range fields {
		switch {
		case w == "f." || w == "f":
			cued = true
		case len(w) == 4 && post(w) && i > 1 && i+1 < len(fields) && capital(fields[i+1]) && house(fields[:i]):
			t.Home = true
		case w[0] >= '0' && w[0] <= '9':
			if d, ok := numericDate(strings.Trim(w, ".")); ok && (cued || d.Year() <= grownUp) && d.Year() <= lastBirth {
				t.Born = true
			} else if d, ok := letterDate(strings.Join(fields[i:min(len(fields), i+3)], " ")); ok && cued && d.Year() <= lastBirth {
				t.Born = true
			}
		}
	}
	return t
}

// A date without a word for it is one of birth up to grownUp; what lies after
// lastBirth is when something is to happen.
const (
	grownUp   = 2012
	lastBirth = 2040
)

func post(w string) bool {
	return strings.Trim(w, "0123456789") == "" && w[0] != '0'
}

func capital(w string) bool { return w != "" && (w[0] >= 'A' && w[0] <= 'Z' || w[0] >= 0xC3) }

// house reports whether a street with a house number ends among the last words.
func house(words []string) bool {
	for i := max(1, len(words)-5); i < len(words); i++ {
		if c := words[i][0]; c >= '1' && c <= '9' && len(words[i]) <= 5 && capital(words[i-1]) {
			return true
		}
	}
	return false
}

// rowNames are headings over names of people, in a table that tells more of them.
var rowNames = merged(citizenNames, set("ejer kursist passager medarbejder deltager modtager ansat person"))

// citizenNames are those over people who get something from the municipality: an
// institution beside them is where they or their children go, not where they work.
var citizenNames = set("pensionist forsoerger lejer laaner laanernavn borgernavn elevnavn barnets patientnavn skyldner debitor laantager ansoegere elev elever klient patient beboer barnet barn borger paaroerende foraelder foraeldre moder fader vaerge sagsoeger klager soeskende")

func merged(sets ...map[string]bool) map[string]bool {
	all := make(map[string]bool)
	for _, s := range sets {
		maps.Copy(all, s)
	}
	return all
}

// Columns of tables, by the folded words of their headings.
var (
	birthLabels = set("foedt foedselsdato foedselsdag foedselsdata foedselsdatoer")
	homeLabels  = set("adresse vej vejnavn gade bopael bopaelsadresse hjemadresse privatadresse gadenavn")
	caseLabels  = set("ydelse ydelser diagnose diagnoser restance restancer gaeld skyldigt sygdom fravaersaarsag sygedage handicap stoette skyldig skyldige hensyn aarsag diaet foranstaltning anbringelse visitation visiteret medicin indsats hjaelpemiddel bevilling udredning gebyr gebyrer rykkergebyr inkasso afdragsordning")
	workLabels  = set("stilling titel afdeling firma virksomhed cvr cvrnr leverandoer organisation arbejdsplads institution lokale sted funktion forening rolle")
)

// row is what a table's row says, as far as it tells who somebody is.
type row struct {
	name    []string
	segment int
	told    Told
	work    bool
	citizen bool // the names' heading says that they are citizens
	page    int
}

// listedRows reads the rows of tables. Where cells have no place, as in a text's
// table, a row ends where a heading comes again.
func (p *papers) listedRows(path string) []person {
	var out []person
	var r row
	seen := make(map[string]bool)
	at := ""
	flush := func() {
		n := NewName(strings.Join(r.name, " "))
		if len(r.name) > 0 && r.told.Any() && (!r.work || r.citizen) && n.Full() && len(n.tokens) <= maxNameWords && !organisation(strings.Join(r.name, " ")) {
			end := len(p.doc.Segments[r.segment].Text)
			out = append(out, person{name: n, role: Mentioned, told: r.told, page: r.page, segment: r.segment, end: end})
		}
		r = row{}
		clear(seen)
	}
	for _, i := range p.segments[path] {
		s := &p.doc.Segments[i]
		if s.Label == "" || len(s.Text) > 200 || s.At.Layer != document.Visible && s.At.Layer != "" {
			continue
		}
		here := ""
		if s.At.Cell != "" {
			here = rowOf(&s.At)
		}
		if here != at || seen[s.Label] {
			flush()
			at = here
		}
		seen[s.Label] = true
		r.read(s, i, p.sensitive[i])
	}
	flush()
	return out
}

func (r *row) read(s *document.Segment, segment int, sensitive bool) {
	if (nameField(s.Label) || rowNames[Fold(s.Label)]) && len(r.name) < 4 {
		if len(r.name) == 0 {
			r.segment, r.page = segment, s.At.Page
		}
		r.name = append(r.name, s.Text)
		r.citizen = r.citizen || citizenNames[Fold(s.Label)]
		return
	}
	for _, w := range words(s.Label) {
		switch w = Fold(w); {
		case workLabels[w]:
			r.work = true
		case birthLabels[w] && strings.ContainsAny(s.Text, "0123456789"):
			r.told.Born = true
		case homeLabels[w] && streetLine(strings.TrimSpace(strings.SplitN(s.Text, ",", 2)[0])):
			r.told.Home = true
		case (sensitive || caseLabels[w]) && strings.TrimSpace(s.Text) != "":
			r.told.Case = true
		}
	}
}
