// Package known keeps the lists of citizens that a municipality knows, so that a
// number is told for sure and a mailbox for whose it is. It holds keyed digests
// only: no number and no address can be read out of it.
package known

import (
	"bufio"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"brevvagt/detectors"
)

// MaxRows is how many rows a list may have, over all files.
const MaxRows = 5_000_000

// digest is a keyed digest, see detectors.Key.
type digest [16]byte

// List is the citizens of one or more files. The zero value is unusable; a filled
// one is safe for reading from several goroutines.
type List struct {
	key     detectors.Key
	numbers map[digest]struct{}
	owners  map[digest]digest // address → number
}

// New makes an empty list under the installation's key.
func New(key detectors.Key) *List {
	return &List{key: key, numbers: make(map[digest]struct{}), owners: make(map[digest]digest)}
}

// Read adds a file of citizens: CPR numbers one a line, or a table (semicolon,
// comma or tab) whose first row names its columns: CPR (also "CPR-nr.",
// "Personnummer") and, optionally, Mail (also "E-mail", "Mailadresse"). Other
// columns are not looked at. An error names the line and never what stands in it.
func (l *List) Read(r io.Reader) error {
	br := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := br.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = br.Discard(3)
	}
	head, err := br.Peek(1 << 12)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	rows := csv.NewReader(br)
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = separator(string(head)), -1, true, true
	cpr, mail := 0, -1
	for line := 1; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d is no row of a table", line)
		}
		if line == 1 && !number(row[0]) {
			if cpr, mail = columns(row); cpr < 0 {
				return errors.New("line 1 names no column CPR")
			}
			continue
		}
		if err := l.add(row, cpr, mail); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (l *List) add(row []string, cpr, mail int) error {
	if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
		return nil
	}
	if cpr >= len(row) {
		return errors.New("the column with the CPR number is missing")
	}
	value := digitsOf(row[cpr])
	if len(value) == 9 {
		value = "0" + value // a spreadsheet ate the zero
	}
	if len(value) != 10 {
		return errors.New("no CPR number of ten digits")
	}
	if len(l.numbers) >= MaxRows {
		return fmt.Errorf("more than %d citizens", MaxRows)
	}
	id := l.digest(value)
	l.numbers[id] = struct{}{}
	if mail >= 0 && mail < len(row) {
		if address := strings.ToLower(strings.TrimSpace(row[mail])); strings.Contains(address, "@") {
			l.owners[l.digest(address)] = id
		}
	}
	return nil
}

// Len is how many citizens are known.
func (l *List) Len() int { return len(l.numbers) }

// Number reports whether ten digits are a known citizen's number.
func (l *List) Number(value string) bool {
	_, ok := l.numbers[l.digest(value)]
	return ok
}

// Owner gives the keyed digest of the number of the citizen whose mailbox an
// address is, as a finding of that number has it.
func (l *List) Owner(address string) (id string, ok bool) {
	d, ok := l.owners[l.digest(strings.ToLower(address))]
	if !ok {
		return "", false
	}
	return hex.EncodeToString(d[:]), true
}

func (l *List) digest(value string) (d digest) {
	_, _ = hex.Decode(d[:], []byte(l.key.Digest(value))) // our own hex
	return d
}

// columns finds the columns by their names.
func columns(row []string) (cpr, mail int) {
	cpr, mail = -1, -1
	for i, name := range row {
		switch plain(name) {
		case "cpr", "cprnr", "cprnummer", "personnummer", "personnr":
			cpr = i
		case "mail", "email", "epost", "mailadresse", "emailadresse":
			mail = i
		}
	}
	return cpr, mail
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func separator(head string) rune {
	line, _, _ := strings.Cut(head, "\n")
	for _, c := range ";\t" {
		if strings.ContainsRune(line, c) {
			return c
		}
	}
	return ','
}

func number(s string) bool { n := len(digitsOf(s)); return n == 9 || n == 10 }

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
