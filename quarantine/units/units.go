// Package units tells which unit of the municipality a sender belongs to: by his
// address or domain in the configuration, by a file that is exported from the
// directory of employees, and else by the domain itself.
//
// Glossary: unit = enhed.
package units

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Unit is a unit with its senders: addresses ("post@kommune.example"), or domains
// ("@skole.kommune.example") with all that is below them.
type Unit struct {
	Name    string   `yaml:"name"`
	Senders []string `yaml:"senders"`
}

// Limits of names and of the file.
const (
	MaxName  = 60       // bytes of a unit's name
	maxFile  = 16 << 20 // bytes
	maxLines = 500_000
)

// Map knows the units. It is safe for concurrent use; nil knows none.
type Map struct {
	fixed map[string]string // address or "@domain" → unit
	path  string

	mu       sync.Mutex
	fromFile map[string]string
	changed  time.Time // of the file that was read
	size     int64
}

// Check says what is wrong with a list of units.
func Check(list []Unit) error {
	var errs []error
	seen := make(map[string]string)
	for _, u := range list {
		if u.Name == "" || len(u.Name) > MaxName || u.Name != strings.TrimSpace(u.Name) || strings.Contains(u.Name, "@") {
			errs = append(errs, fmt.Errorf("%q is no name of a unit: 1 to %d bytes, without @", u.Name, MaxName))
		}
		if len(u.Senders) == 0 {
			errs = append(errs, fmt.Errorf("unit %q has no senders", u.Name))
		}
		for _, sender := range u.Senders {
			k := key(sender)
			if _, domain, ok := strings.Cut(k, "@"); !ok || domain == "" {
				errs = append(errs, fmt.Errorf("unit %q: %q is no address and no @domain", u.Name, sender))
			}
			if other, ok := seen[k]; ok {
				errs = append(errs, fmt.Errorf("%q belongs to both %q and %q", sender, other, u.Name))
			}
			seen[k] = u.Name
		}
	}
	return errors.Join(errs...)
}

// Open makes the map of a list and of a file, "" for none, which must be readable. A
// file that changes is read again; while that fails the last one read counts.
func Open(list []Unit, path string) (*Map, error) {
	if err := Check(list); err != nil {
		return nil, err
	}
	m := &Map{fixed: make(map[string]string), path: path}
	for _, u := range list {
		for _, sender := range u.Senders {
			m.fixed[key(sender)] = u.Name
		}
	}
	if path == "" {
		return m, nil
	}
	return m, m.refresh()
}

// Of is the unit of a sender: of his address, else of the nearest domain that is
// known, else his domain; "" where there is no address.
func (m *Map) Of(address string) string {
	address = key(address)
	_, domain, ok := strings.Cut(address, "@")
	if !ok || domain == "" {
		return ""
	}
	if m == nil {
		return domain
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.path != "" {
		_ = m.refreshLocked() // the last one read goes on
	}
	for at, rest := address, domain; ; {
		for _, known := range []map[string]string{m.fixed, m.fromFile} {
			if unit := known[at]; unit != "" {
				return unit
			}
		}
		if at != address {
			var more bool
			if _, rest, more = strings.Cut(rest, "."); !more {
				return domain
			}
		}
		at = "@" + rest
	}
}

// key is an address as it is looked up: without a name before it, in lower case.
func key(address string) string {
	if _, inner, ok := strings.Cut(address, "<"); ok {
		address, _, _ = strings.Cut(inner, ">")
	}
	return strings.ToLower(strings.TrimSpace(address))
}

func (m *Map) refresh() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refreshLocked()
}

func (m *Map) refreshLocked() error {
	info, err := os.Stat(m.path)
	if err != nil {
		return fmt.Errorf("file of units: %w", err)
	}
	if info.ModTime().Equal(m.changed) && info.Size() == m.size {
		return nil
	}
	f, err := os.Open(m.path)
	if err != nil {
		return fmt.Errorf("file of units: %w", err)
	}
	defer f.Close()
	read, err := Read(f)
	if err != nil {
		return fmt.Errorf("file of units: %w", err)
	}
	m.fromFile, m.changed, m.size = read, info.ModTime(), info.Size()
	return nil
}

// Read reads a table of addresses and units as Excel or a directory exports it: the
// address or @domain in the first column and the unit in the second, parted by
// semicolons, commas or tabs, in UTF-8 or Windows-1252. Lines without an address, as
// the titles, are left out. It is an error when none has one.
func Read(in io.Reader) (map[string]string, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		if b, err = charmap.Windows1252.NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
	}
	rows := csv.NewReader(bytes.NewReader(b))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord, rows.Comma = -1, true, true, comma(b)
	units := make(map[string]string)
	for lines := 0; ; lines++ {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF) && len(units) == 0:
			return nil, errors.New("no line has an address and a unit")
		case errors.Is(err, io.EOF):
			return units, nil
		case err != nil:
			return nil, err
		case lines >= maxLines:
			return nil, fmt.Errorf("more than %d lines", maxLines)
		case len(row) < 2 || !strings.Contains(row[0], "@"):
			continue
		}
		if name := short(row[1]); name != "" {
			units[key(row[0])] = name
		}
	}
}

// comma is the sign that parts the columns: the one that the first line has most of.
func comma(b []byte) rune {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	best, most := ';', 0
	for _, c := range ";,\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func short(name string) string {
	name = strings.Join(strings.Fields(strings.ReplaceAll(name, "@", " ")), " ")
	for len(name) > MaxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return strings.Clone(strings.TrimSpace(name))
}
