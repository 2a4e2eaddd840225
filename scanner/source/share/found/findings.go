// Package found is what a scan of files at rest keeps of what it found: masked
// findings of one content, and the totals of a share after a night.
package found

import (
	"encoding/json"
	"fmt"

	"brevvagt/document"
)

// Findings is what was found in some content, masked, as it is kept. It holds no
// name of the file itself, so that it is as true of a copy elsewhere.
type Findings struct {
	Action string   `json:"action"`          // of the policy: pass, warn, ...
	Rules  []string `json:"rules,omitempty"` // ids of those that fired
	// People are keyed digests of the distinct people found, the first MaxPeople of
	// them; Persons is how many there are.
	Persons int       `json:"persons,omitempty"`
	People  []string  `json:"people,omitempty"`
	Total   int       `json:"total,omitempty"` // findings
	List    []Finding `json:"list,omitempty"`  // the first MaxFindings of them
	// Gaps counts what could not be read by its reason.
	Gaps map[string]int `json:"gaps,omitempty"`
}

// The bounds of what is kept of one file.
const (
	MaxPeople   = 2000
	MaxFindings = 20
)

// Finding is one finding, masked. Path is that of the part within the file.
type Finding struct {
	Detector string `json:"detector"`
	Strength string `json:"strength"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Page     int    `json:"page,omitempty"`
	Line     int    `json:"line,omitempty"`
	Cell     string `json:"cell,omitempty"`
	Layer    string `json:"layer,omitempty"`
	OCR      bool   `json:"ocr,omitempty"`
}

// Empty reports whether nothing was found and everything was read.
func (f *Findings) Empty() bool { return len(f.Rules) == 0 && f.Total == 0 && len(f.Gaps) == 0 }

// Encode is the stored form; "" for nothing found.
func (f *Findings) Encode() (string, error) {
	if f.Empty() {
		return "", nil
	}
	data, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("cannot write findings: %w", err)
	}
	return string(data), nil
}

// Decode is the reverse of Encode.
func Decode(s string) (Findings, error) {
	if s == "" {
		return Findings{Action: "pass"}, nil
	}
	var f Findings
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		return f, fmt.Errorf("stored findings are damaged: %w", err)
	}
	return f, nil
}

// Hits is the number by which a file's row says that something was found: its
// distinct people, at least 1 when any rule but that on unread parts fired. Unread is
// that nothing was found in what could be read.
func (f *Findings) Hits() int64 {
	for _, r := range f.Rules {
		if r != "uninspectable" {
			return int64(max(1, f.Persons))
		}
	}
	if len(f.Gaps) > 0 {
		return Unread
	}
	return 0
}

// Unread is in place of a number of hits where some of the file could not be read.
const Unread = -1

// Gap is the reason that says most about what could not be read, "" without any.
func (f *Findings) Gap() string {
	for _, why := range []document.Reason{document.Encrypted, document.Damaged, document.Crashed, document.TooBig, document.OutOfTime,
		document.TooDeep, document.TooMany, document.NoEngine, document.NoText, document.UnknownType} {
		if f.Gaps[string(why)] > 0 {
			return string(why)
		}
	}
	for why := range f.Gaps {
		return why
	}
	return ""
}

// Totals are what lies on a share after a run, kept with it for the trend.
type Totals struct {
	Files   int64 `json:"files"`
	Hits    int64 `json:"hits"`    // files with findings
	Persons int64 `json:"persons"` // distinct people
	New     int64 `json:"new"`     // files whose findings are new in this run
	Unread  int64 `json:"unread"`  // files and folders that could not be read
	Closed  int64 `json:"closed"`  // files with findings that are gone since the run before
}

// Encode is the stored form.
func (t Totals) Encode() (string, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("cannot write totals: %w", err)
	}
	return string(data), nil
}

// DecodeTotals reads what Encode wrote; anything else has no totals.
func DecodeTotals(s string) Totals {
	var t Totals
	if json.Unmarshal([]byte(s), &t) != nil {
		return Totals{}
	}
	return t
}
