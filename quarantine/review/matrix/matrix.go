// Package matrix shows who a case is about, masked: in which papers each person was
// found, and who was to get those papers though the person does not belong there.
package matrix

import (
	"path"
	"slices"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/words"
)

// The size of the tables that a page can show.
const (
	mostPeople  = 15
	mostPapers  = 6
	mostReaders = 6
)

// Matrix is people × papers and people × readers.
type Matrix struct {
	Papers  []string
	Readers []string // recipients
	Rows    []Row
	More    int // people left out
	Cut     int // recipients left out
}

// Row is one person.
type Row struct {
	Person string
	Papers []int // how often the person was found in each paper
	// Belongs says for each reader what the rules found: Yes, No or Unknown.
	Belongs []Belongs
}

// Belongs says whether a person's data belongs with a reader.
type Belongs string

// The answers. No is what a rule said, Yes is that nothing was said against it.
const (
	Yes     Belongs = "yes"
	No      Belongs = "no"
	Unknown Belongs = "unknown"
)

// In is the matrix of a case, nil when it names nobody.
func In(l words.Lang, c *quarantine.Case) *Matrix {
	m := &Matrix{}
	strange := strangers(c)
	for _, e := range c.Evidence {
		if e.Category != "national-id" && e.Category != "person" && e.Category != "wrong-person" {
			continue
		}
		paper := words.Clean(path.Base(e.Path), words.Short)
		if !slices.Contains(m.Papers, paper) && len(m.Papers) < mostPapers {
			m.Papers = append(m.Papers, paper)
		}
		if row := m.row(words.Clean(e.Value, words.Short)); row != nil {
			if k := slices.Index(m.Papers, paper); k >= 0 {
				row.Papers[k]++
			}
		}
	}
	if len(m.Rows) == 0 {
		return nil
	}
	for i, to := range c.To {
		if i < mostReaders {
			m.Readers = append(m.Readers, words.Clean(to, words.Short))
		}
	}
	m.Cut = len(c.To) - len(m.Readers)
	for i := range m.Rows {
		row := &m.Rows[i]
		row.Papers = row.Papers[:len(m.Papers)]
		for range m.Readers {
			row.Belongs = append(row.Belongs, strange.judge(row.Person))
		}
	}
	m.More = max(0, c.Persons-len(m.Rows))
	return m
}

func (m *Matrix) row(person string) *Row {
	i := slices.IndexFunc(m.Rows, func(r Row) bool { return r.Person == person })
	if i < 0 && len(m.Rows) == mostPeople {
		return nil
	}
	if i < 0 {
		i = len(m.Rows)
		m.Rows = append(m.Rows, Row{Person: person, Papers: make([]int, mostPapers)})
	}
	return &m.Rows[i]
}

// verdicts are what the rules said about who belongs where.
type verdicts struct {
	strangers []string // named by a rule as not belonging
	nobody    bool     // a rule said that nobody's data may go this way
	some      bool     // a rule said that some of these people do not belong
}

// strangers reads the verdict off the rules and findings. A number on an unsafe way
// belongs to none of the readers, whoever they are.
func strangers(c *quarantine.Case) verdicts {
	var v verdicts
	for _, e := range c.Evidence {
		if e.Category == "wrong-person" || e.Detector == "foreign-person" {
			v.strangers = append(v.strangers, words.Clean(e.Value, words.Short))
		}
	}
	for _, r := range c.Rules {
		switch r.ID {
		case "cpr-unprotected", "cpr-doubtful", "special-category-unprotected", "foreign-recipient", "unusual-recipient", "bulk-persons", "bulk-over-time", "stale-letter", "protected-address":
			v.nobody = true
		case "foreign-person", "foreign-attachment", "addressee-mismatch", "template-residue", "wrong-letter", "run-stopped", "resent-attachment", "child-recipient", "internal-spread", "special-category":
			v.some = true
		}
	}
	return v
}

func (v verdicts) judge(person string) Belongs {
	switch {
	case v.nobody || slices.Contains(v.strangers, person):
		return No
	case v.some && len(v.strangers) == 0:
		return Unknown
	}
	return Yes
}
