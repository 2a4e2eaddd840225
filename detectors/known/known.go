// Package known keeps the lists of citizens that a municipality knows, by number or by
// name, so that a number is told for sure and a mailbox for whose it is. It holds keyed
// digests only: no number, no name and no address can be read out of it.
package known

import (
	"bufio"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
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
	words   func(name string) []string
	numbers map[digest]struct{}
	owners  map[digest]owner // by address
	named   int              // citizens known by name alone
}

// owner is whose mailbox an address is.
type owner struct {
	number digest // zero if unknown
	words  [maxWords]tag
}

// tag is the beginning of a keyed digest: of a word of a name, zero for none. Words are
// compared within one address, where chance does not find two alike.
type tag [4]byte

// maxWords is how many words are kept of a name.
const maxWords = 4

// New makes an empty list under the installation's key.
// words gives the keyed digests of a name's words; it may be nil where names are not
// looked at.
func New(key detectors.Key, words func(name string) []string) *List {
	if words == nil {
		words = func(string) []string { return nil }
	}
	return &List{key: key, words: words, numbers: make(map[digest]struct{}), owners: make(map[digest]owner)}
}

// Read adds a file of citizens: CPR numbers one a line, or a table (semicolon,
// comma or tab) whose first row names its columns: CPR (also "CPR-nr.",
// "Personnummer"), Navn (or Fornavn and Efternavn) and Mail (also "E-mail",
// "Mailadresse"). There must be CPR, or Navn with Mail. Other columns are not looked
// at. An error names the line and never what stands in it.
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
	cols := columnsOf{cpr: 0, mail: -1}
	for line := 1; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d is no row of a table", line)
		}
		if line == 1 && !number(row[0]) {
			if cols = columns(row); cols.cpr < 0 && (cols.mail < 0 || len(cols.name) == 0) {
				return errors.New("line 1 names no column CPR, nor Navn with Mail")
			}
			continue
		}
		if err := l.add(row, cols); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (l *List) add(row []string, cols columnsOf) error {
	if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
		return nil
	}
	if l.Len() >= MaxRows {
		return fmt.Errorf("more than %d citizens", MaxRows)
	}
	var o owner
	var name []string
	for _, i := range cols.name {
		if i < len(row) {
			name = append(name, row[i])
		}
	}
	for i, w := range l.words(strings.Join(name, " ")) {
		if i < maxWords {
			_, _ = hex.Decode(o.words[i][:], []byte(w[:2*len(tag{})])) // our own hex
		}
	}
	if cols.cpr >= 0 {
		id, err := l.number(row, cols.cpr)
		if err != nil {
			return err
		}
		o.number = id
		l.numbers[id] = struct{}{}
	}
	if cols.mail < 0 || cols.mail >= len(row) {
		return nil
	}
	if address := strings.ToLower(strings.TrimSpace(row[cols.mail])); strings.Contains(address, "@") && o != (owner{}) {
		l.owners[l.digest(address)] = o
		if cols.cpr < 0 {
			l.named++
		}
	}
	return nil
}

// number reads the CPR number of a row.
func (l *List) number(row []string, column int) (digest, error) {
	if column >= len(row) {
		return digest{}, errors.New("the column with the CPR number is missing")
	}
	value := digitsOf(row[column])
	if len(value) == 9 {
		value = "0" + value // a spreadsheet ate the zero
	}
	if len(value) != 10 {
		return digest{}, errors.New("no CPR number of ten digits")
	}
	return l.digest(value), nil
}

// Len is how many citizens are known.
func (l *List) Len() int { return len(l.numbers) + l.named }

// Number reports whether ten digits are a known citizen's number.
func (l *List) Number(value string) bool {
	_, ok := l.numbers[l.digest(value)]
	return ok
}

// Owner gives the keyed digest of the number of the citizen whose mailbox an
// address is, as a finding of that number has it.
func (l *List) Owner(address string) (id string, ok bool) {
	o, ok := l.owners[l.digest(strings.ToLower(address))]
	if !ok || o.number == (digest{}) {
		return "", false
	}
	return hex.EncodeToString(o.number[:]), true
}

// Shared is how many of a name's words, by their keyed digests, are in the name of the
// citizen whose mailbox an address is; known is false where no list tells it.
func (l *List) Shared(address string, name []string) (words int, known bool) {
	o, ok := l.owners[l.digest(strings.ToLower(address))]
	if !ok || o.words == [maxWords]tag{} {
		return 0, false
	}
	for _, w := range name {
		var t tag
		_, _ = hex.Decode(t[:], []byte(w[:2*len(t)])) // our own hex
		if slices.Contains(o.words[:], t) {
			words++
		}
	}
	return words, true
}

func (l *List) digest(value string) (d digest) {
	_, _ = hex.Decode(d[:], []byte(l.key.Digest(value))) // our own hex
	return d
}

// columnsOf are the places of what is read of a row; -1 and empty for none.
type columnsOf struct {
	cpr, mail int
	name      []int
}

// columns finds the columns by their names.
func columns(row []string) columnsOf {
	c := columnsOf{cpr: -1, mail: -1}
	for i, name := range row {
		switch plain(name) {
		case "cpr", "cprnr", "cprnummer", "personnummer", "personnr":
			c.cpr = i
		case "mail", "email", "epost", "mailadresse", "emailadresse":
			c.mail = i
		case "navn", "fuldenavn", "borger", "fornavn", "fornavne", "mellemnavn", "efternavn":
			c.name = append(c.name, i)
		}
	}
	return c
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
