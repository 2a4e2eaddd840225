package compare

import (
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/scanner/source/letters/list"
	"brevvagt/scanner/source/letters/memo"
)

// addressees makes recipients of messages. What a message declares is allowed in
// its letters, and no other number.
func addressees(messages []*memo.Message, key detectors.Key) []*recipient {
	var out []*recipient
	for _, m := range messages {
		person := m.Kind == "" || m.Kind == "CPR"
		p := &recipient{label: "en virksomhed"}
		if person {
			p = newRecipient(list.Row{Name: m.Label, Number: list.Digits(m.ID)}, key)
		}
		p.path, p.strict, p.company = m.Path, true, !person
		if p.allowed == nil {
			p.allowed = make(map[string]bool)
		}
		for _, n := range m.Numbers {
			if value := list.Digits(n); value != "" {
				p.allowed[key.Digest(value)] = true
			}
		}
		for _, n := range m.Names {
			if name := subject.NewName(n); !name.Empty() {
				p.names = append(p.names, name)
			}
		}
		out = append(out, p)
	}
	return out
}

// assignMessages pairs the files of every message with its recipient, and counts
// the numbers in texts that go out as SMS or e-mail.
func (r *run) assignMessages() {
	rows := make(map[string]int)
	for i, p := range r.people {
		rows[p.path] = i
	}
	for _, f := range r.files {
		at := f.path
		for at != "" {
			at = at[:max(0, strings.LastIndexByte(at, '/'))]
			if row, ok := rows[at]; ok {
				f.message = at
				for _, l := range f.letters {
					r.pair(l, row)
				}
				break
			}
		}
	}
	for i := range r.findings {
		x := &r.findings[i]
		s := &r.doc.Segments[x.Segment]
		if x.Category != "national-id" || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		if _, ok := rows[x.At.Path]; ok && memo.IsAlert(s.Label) {
			r.alerts++
		}
	}
}
