package review

import (
	"fmt"
	"testing"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/matrix"
	"brevvagt/quarantine/review/words"
)

func TestWhoBelongsWhere(t *testing.T) {
	mail := quarantine.Deposit{To: []string{"a@firma.example", "b@firma.example"}, Persons: 2, Evidence: []quarantine.Evidence{
		{Category: "national-id", Value: "010203-xxxx", Path: "mail.eml/a.pdf"}, {Category: "national-id", Value: "010203-xxxx", Path: "mail.eml/b.pdf"},
		{Category: "national-id", Value: "070761-xxxx", Path: "mail.eml/b.pdf"}, {Category: "health", Value: "ord", Path: "mail.eml/b.pdf"}}}
	odd := quarantine.Evidence{Detector: "foreign-person", Category: "wrong-person", Value: "070761-xxxx", Path: "mail.eml/b.pdf"}
	for _, c := range []struct {
		rule string
		odd  bool
		want string
	}{
		{"cpr-unprotected", false, "[no no] [no no]"},
		{"foreign-person", true, "[yes yes] [no no]"},
		{"foreign-person", false, "[unknown unknown] [unknown unknown]"},
		{"internal-spread", false, "[unknown unknown] [unknown unknown]"},
		{"placeholder", false, "[yes yes] [yes yes]"},
	} {
		d := mail
		d.Rules = []quarantine.Rule{{ID: c.rule}}
		if c.odd {
			d.Evidence = append(d.Evidence[:4:4], odd)
		}
		m := matrix.In(words.Danish, &quarantine.Case{Deposit: d})
		if got := fmt.Sprint(m.Rows[0].Belongs, " ", m.Rows[1].Belongs); got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
		if fmt.Sprint(m.Papers, m.Readers) != "[a.pdf b.pdf] [a@firma.example b@firma.example]" || fmt.Sprint(m.Rows[0].Papers) != "[1 1]" {
			t.Errorf("%+v", m)
		}
	}
	if matrix.In(words.Danish, &quarantine.Case{}) != nil {
		t.Error("a matrix of nobody")
	}
}

// What the page shows at the most.
const shownPeople, shownPapers, shownReaders = 15, 6, 6

// A hostile case with thousands of everything stays a table that a page can show.
func TestTheTableIsBounded(t *testing.T) {
	d := quarantine.Deposit{Persons: 5000}
	for i := range 5000 {
		d.To = append(d.To, fmt.Sprintf("m%d@firma.example", i))
		d.Evidence = append(d.Evidence, quarantine.Evidence{Category: "national-id", Value: fmt.Sprintf("person %d", i), Path: fmt.Sprintf("mail.eml/%d.pdf", i)})
	}
	m := matrix.In(words.Danish, &quarantine.Case{Deposit: d})
	if len(m.Rows) != shownPeople || len(m.Readers) != shownReaders || len(m.Papers) != shownPapers || m.More != 5000-shownPeople || m.Cut != 5000-shownReaders {
		t.Errorf("%d %d %d %d %d", len(m.Rows), len(m.Readers), len(m.Papers), m.More, m.Cut)
	}
}
