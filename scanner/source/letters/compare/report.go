package compare

import (
	"fmt"
	"slices"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/subject"
	"brevvagt/internal/lower"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters/payment"
)

// report counts what the comparison said.
func (r *run) report(to *scanner.Outcome) *policy.Run {
	to.Findings = append(slices.Clip(to.Findings), r.located()...)
	out := &policy.Run{Recipients: len(r.people), Read: len(r.pairs) + len(r.strange), Unknown: r.unread, Missing: r.missing, Without: r.without, Extra: r.extra, Alerts: r.alerts}
	matched := make(map[int]bool)
	for i := range r.pairs {
		if r.pairs[i].result == match {
			matched[r.pairs[i].row] = true
		}
	}
	for i := range r.pairs {
		p := &r.pairs[i]
		switch {
		case p.result == match, p.result == unknown && matched[p.row] && !p.letter.named():
			// An enclosure of a letter that is right needs no addressee.
			out.Matched++
		case p.result == unknown:
			out.Unknown = append(out.Unknown, p.letter.where())
		default:
			out.Wrong.Total++
			if len(out.Wrong.First) < maxFirst {
				out.Wrong.First = append(out.Wrong.First, r.words(p))
			}
		}
	}
	if r.cut {
		out.Unknown = slices.Insert(out.Unknown, 0, fmt.Sprintf("resten efter %d sammenligninger", maxPairs))
	}
	for _, l := range r.strange {
		out.Wrong.Unlisted = append(out.Wrong.Unlisted, l.where())
	}
	r.kinds(&out.Wrong)
	out.Stale, out.Dated = r.stale()
	out.Laden, out.Shared = r.bulk()
	out.Residue = r.residue()
	r.children(out)
	return out
}

// located gives a finding for each letter that is made out for another, so that
// whoever judges the run sees where to look. Values are masked.
func (r *run) located() []detectors.Finding {
	var out []detectors.Finding
	seen := make(map[*letter]bool)
	for i := range r.pairs {
		p := &r.pairs[i]
		if !p.result.wrong() || seen[p.letter] || p.letter.segment < 0 {
			continue
		}
		seen[p.letter] = true
		out = append(out, r.finding(p.letter, detectors.Strong, p.letter.person(), "en anden end modtageren "+r.people[p.row].label))
	}
	for _, l := range r.strange {
		if l.segment >= 0 {
			out = append(out, r.finding(l, detectors.Strong, l.person(), "ikke på listen over modtagere"))
		}
	}
	if r.sorted {
		if l := r.pairs[0].letter; l.segment >= 0 {
			out = append(out, r.finding(l, detectors.Info, fmt.Sprintf("%d breve", len(r.pairs)), "i en anden rækkefølge end listen: hvert brev er sammenlignet med den række, som navn, adresse og nummer passer med"))
		}
	}
	detectors.Sort(out)
	return out
}

// finding is what is told of one letter at its place.
func (r *run) finding(l *letter, strength detectors.Strength, shown, why string) detectors.Finding {
	return detectors.Finding{Detector: "addressee-mismatch", Category: "wrong-person", Strength: strength,
		Value: r.key.Mask("brev "+shown, shown), At: r.doc.Segments[l.segment].At, Why: []string{why}, Segment: l.segment}
}

// maxFirst is how many mismatches are named.
const maxFirst = 5

// where names a letter: its file, and in a merged one its page or number.
func (l *letter) where() string {
	name := redact(l.file.path)
	if l.file.message != "" {
		name = redact(l.file.message) + "/" + name
	}
	switch {
	case len(l.file.letters) < 2:
		return name
	case l.page > 0:
		return fmt.Sprintf("%s side %d", name, l.page)
	}
	return fmt.Sprintf("%s brev nr. %d", name, slices.Index(l.file.letters, l)+1)
}

// words tells a mismatch with masked identities.
func (r *run) words(p *pair) string {
	to := r.people[p.row]
	switch p.result {
	case wrongAddress:
		return fmt.Sprintf("%s: stilet til %s på en anden adresse (postnr. %s) end modtagerens", p.letter.where(), p.letter.person(), p.letter.info.Address)
	case wrongInside:
		what := p.inside
		if what == "" {
			what = r.stranger(p.letter, to)
		}
		return fmt.Sprintf("%s: indeholder %s, modtager %s", p.letter.where(), what, to.label)
	}
	return fmt.Sprintf("%s: stilet til %s, modtager %s", p.letter.where(), p.letter.person(), to.label)
}

// stranger is the masked form of the number or name that is not the recipient's.
func (r *run) stranger(l *letter, to *recipient) string {
	for i, n := range l.sure {
		if !to.allowed[n] {
			return l.labels[i]
		}
	}
	if s := l.info.Salutation.String(); s != "" {
		return s
	}
	return l.person()
}

// kinds tells mismatches apart: letters that all stand the same number of rows
// off, pairs with each other's letter, and single ones.
func (r *run) kinds(w *policy.Mismatches) {
	n := len(r.people)
	offsets := make(map[int]int)
	first := make(map[int]int) // row → whose letter it gets
	for i := range r.pairs {
		p := &r.pairs[i]
		if !p.result.wrong() || p.target < 0 || p.target == p.row {
			continue
		}
		offsets[wrap(p.row-p.target, n)]++
		if _, ok := first[p.row]; !ok {
			first[p.row] = p.target
		}
	}
	best := 0
	for d, c := range offsets {
		if c > offsets[best] || c == offsets[best] && abs(d) < abs(best) {
			best = d
		}
	}
	shifted := offsets[best] >= 3 && offsets[best]*10 >= w.Total*6
	for i := range r.pairs {
		p := &r.pairs[i]
		back, ok := first[p.target]
		switch {
		case !p.result.wrong():
		case p.target >= 0 && p.target != p.row && shifted && wrap(p.row-p.target, n) == best:
			w.Shifted++
			w.Offset = best
		case p.target >= 0 && p.target != p.row && ok && back == p.row:
			w.Swapped++
		case p.result == wrongAddress:
			w.Address++
		case p.result == wrongInside:
			w.Inside++
		case p.target >= 0:
			w.Listed++
		default:
			w.Stranger++
		}
	}
}

// wrap brings an offset into the half of the list on either side: the last row's
// letter to the first row is one row off, too.
func wrap(d, n int) int {
	if d *= 1; d > n/2 {
		d -= n
	}
	if d < -n/2 {
		d += n
	}
	return d
}

func abs(d int) int { return max(d, -d) }

// stale names the letters that are older than a run's letters are, and gives the dates
// of the oldest and the newest of them.
func (r *run) stale() (out []string, dated [2]time.Time) {
	seen := make(map[*letter]bool)
	limit := r.asOf.Add(-policy.StaleDays * 24 * time.Hour)
	for i := range r.pairs {
		l := r.pairs[i].letter
		if seen[l] || l.info.Date.IsZero() || !l.info.Date.Before(limit) {
			continue
		}
		seen[l] = true
		out = append(out, l.where())
		if dated[0].IsZero() || l.info.Date.Before(dated[0]) {
			dated[0] = l.info.Date
		}
		if l.info.Date.After(dated[1]) {
			dated[1] = l.info.Date
		}
	}
	return out, dated
}

// bulk counts recipients who get letters of several others, and those who share
// one letter about a person that is not all theirs.
func (r *run) bulk() (laden, shared int) {
	wrong := make(map[int]int)
	rows := make(map[string]map[int]bool) // content → who gets it
	foreign := make(map[string]bool)
	for i := range r.pairs {
		p := &r.pairs[i]
		if p.result.wrong() {
			wrong[p.row]++
		}
		if !p.letter.personal() {
			continue
		}
		sum := p.letter.file.sum
		if rows[sum] == nil {
			rows[sum] = make(map[int]bool)
		}
		rows[sum][p.row] = true
		foreign[sum] = foreign[sum] || p.result.wrong()
	}
	for _, n := range wrong {
		if n > 1 {
			laden++
		}
	}
	// In a merged file every recipient has a part of it, which is not sharing.
	merged := len(r.pairs) > 0 && len(r.pairs) <= max(1, len(r.pairs[0].letter.file.letters))
	for sum, to := range rows {
		if !merged && foreign[sum] && len(to) > 1 {
			shared += len(to)
		}
	}
	return laden, shared
}

// maxPaymentText is how much of a letter is read for words of payment, in bytes.
const maxPaymentText = 16 << 10

// children finds letters about a payment that go to a child.
func (r *run) children(out *policy.Run) {
	for i := range r.pairs {
		p := &r.pairs[i]
		to := r.people[p.row]
		age, ok := number.Age(to.value, r.asOf)
		if !ok || age >= policy.ChildAge {
			continue
		}
		text := p.letter.beginning(maxPaymentText)
		low := lower.InPlace(text)
		if !payment.Told(low) {
			continue
		}
		out.PaidChildren++
		if payment.ToOther(text, low, func(n subject.Name) bool { return to.is(n) || to.shares(n) }) || slices.ContainsFunc(p.letter.sure, func(n string) bool { return n != to.number }) {
			out.Children = append(out.Children, p.letter.where())
		}
	}
}
