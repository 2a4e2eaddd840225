package register

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// record is an entry for other programs.
type record struct {
	No         string     `json:"no"`
	Status     Status     `json:"status"`
	Registered time.Time  `json:"registered"`
	Start      time.Time  `json:"start"`
	Discovered *time.Time `json:"discovered,omitempty"`
	Confirmed  *time.Time `json:"confirmed,omitempty"`
	Deadline   *time.Time `json:"deadline,omitempty"`
	Fields
	Extra  Extra  `json:"extra"`
	CaseID string `json:"case,omitempty"`
}

// WriteJSON writes the register for other programs: the titles of the thirteen
// columns, and each entry with its times in UTC. head is the ledger's signed head at
// that time, or "".
func (r *Register) WriteJSON(w io.Writer, drafts []*Draft, head string) error {
	list := make([]record, len(drafts))
	for i, d := range drafts {
		list[i] = record{No: d.No, Status: d.Status, Registered: d.Registered.UTC(), Start: d.Start.UTC(), Discovered: set(d.Discovered),
			Confirmed: set(d.Confirmed), Deadline: set(d.Deadline), Fields: d.Fields, Extra: d.Extra, CaseID: d.CaseID}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	doc := struct {
		Columns []string `json:"columns"`
		Entries []record `json:"entries"`
		Head    string   `json:"ledger_head,omitempty"`
	}{Columns(), list, head}
	if err := out.Encode(doc); err != nil {
		return fmt.Errorf("cannot write the register: %w", err)
	}
	return nil
}

func set(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
