// Package split keeps on disk how far releases of a held mail to some of its
// recipients have come: which copies of the mail the mail server has taken, so that a
// crash at any point neither loses nor doubles it.
//
// Glossary: a split is such a release. Its token stands in a header of the copy until
// the lane has seen it, and tells that the copy is ours.
package split

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brevvagt/internal/safefile"
)

// Split is one release to some. The disk has sender and recipients as salted digests
// only: an address can be a CPR number.
type Split struct {
	Token   string   `json:"token"`
	Parties []string `json:"parties"` // digests of the sender and the recipients chosen
	To      []string `json:"-"`       // the recipients, of a split that was just begun
	// Copies are the queue ids of the copies that the mail server may have taken. Stale
	// are those of an earlier split of the same mail, for others. Elsewhere says that a
	// copy was taken by a server that is not ours.
	Copies    []string `json:"-"`
	Stale     []string `json:"-"`
	Elsewhere bool     `json:"-"`
	Done      bool     `json:"-"` // nothing is left to do
}

// Book is a folder of splits, shared by the processes of an installation. Ids must be
// queue ids, which are letters and digits only.
type Book struct{ dir string }

// keep is how long a split is remembered.
const keep = 30 * 24 * time.Hour

// Open opens the folder and forgets what is old.
func Open(dir string) (*Book, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("releases to some: %w", err)
	}
	b := &Book{dir: dir}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("releases to some: %w", err)
	}
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && time.Since(fi.ModTime()) > keep {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return b, nil
}

const (
	ending    = ".json"
	elsewhere = "elsewhere"
	done      = "done"
)

// Begin makes the split of a mail, or gives the one that was begun. One for other
// recipients is begun anew; its copies stay noted.
func (b *Book) Begin(id, from string, to []string) (Split, error) {
	s, ok, err := b.Get(id)
	if err != nil {
		return Split{}, err
	}
	if ok && slices.Equal(s.Parties, parties(s.Token, from, to)) {
		s.To = to
		return s, nil
	}
	s = Split{Token: rand.Text(), To: to, Stale: append(s.Stale, s.Copies...)}
	s.Parties = parties(s.Token, from, to)
	raw, err := json.Marshal(s)
	if err != nil {
		return Split{}, fmt.Errorf("releases to some: %w", err)
	}
	if _, err := safefile.Write(filepath.Join(b.dir, id+ending), strings.NewReader(string(raw))); err != nil {
		return Split{}, fmt.Errorf("releases to some: %w", err)
	}
	return s, nil
}

// parties are the digests of a sender and of recipients.
func parties(token, from string, to []string) []string {
	list := make([]string, 0, 1+len(to))
	for _, a := range append([]string{from}, to...) {
		sum := sha256.Sum256([]byte(token + "\x00" + a))
		list = append(list, hex.EncodeToString(sum[:]))
	}
	return list
}

// Get reads the split of a mail.
func (b *Book) Get(id string) (s Split, ok bool, err error) {
	raw, err := os.ReadFile(filepath.Join(b.dir, id+ending))
	if errors.Is(err, os.ErrNotExist) {
		return Split{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return Split{}, false, fmt.Errorf("releases to some: %w", err)
	}
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return Split{}, false, fmt.Errorf("releases to some: %w", err)
	}
	for _, e := range entries {
		of, note, _ := strings.Cut(e.Name(), ".")
		if of != id || note == ending[1:] {
			continue
		}
		token, err := os.ReadFile(filepath.Join(b.dir, e.Name()))
		if err != nil {
			return Split{}, false, fmt.Errorf("releases to some: %w", err)
		}
		ours := string(token) == s.Token
		switch {
		case note == elsewhere:
			s.Elsewhere = ours
		case note == done:
			s.Done = ours
		case ours:
			s.Copies = append(s.Copies, note)
		default:
			s.Stale = append(s.Stale, note)
		}
	}
	return s, true, nil
}

// Expected tells whether a mail with this token is a copy of a split mail, and of which.
// It may come too late: then the split is done.
func (b *Book) Expected(mark, from string, to []string) (id string, s Split, ok bool) {
	id, token, _ := strings.Cut(mark, ".")
	if id == "" || strings.ContainsAny(id, "/\\") {
		return "", s, false
	}
	s, found, err := b.Get(id)
	if err != nil || !found || subtle.ConstantTimeCompare([]byte(s.Token), []byte(token)) != 1 {
		return "", s, false
	}
	theirs := parties(token, from, to)
	if len(s.Parties) == 0 || theirs[0] != s.Parties[0] {
		return "", s, false
	}
	for _, a := range theirs[1:] {
		if !slices.Contains(s.Parties[1:], a) {
			return "", s, false
		}
	}
	return id, s, true
}

// Mark is what the header of a copy holds.
func (s Split) Mark(id string) string { return id + "." + s.Token }

// Note notes that the mail server may have taken a copy of a mail.
func (b *Book) Note(id, queueID string, s Split) error { return b.write(id+"."+queueID, s) }

// Left notes that a server that is not ours has taken a copy.
func (b *Book) Left(id string, s Split) error { return b.write(id+"."+elsewhere, s) }

// End notes that nothing is left to do.
func (b *Book) End(id string, s Split) error { return b.write(id+"."+done, s) }

func (b *Book) write(name string, s Split) error {
	if _, err := safefile.Write(filepath.Join(b.dir, name), strings.NewReader(s.Token)); err != nil {
		return fmt.Errorf("releases to some: %w", err)
	}
	return nil
}

// Copies maps the queue id of every noted copy to the mail it is a copy of.
func (b *Book) Copies() map[string]string {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for _, e := range entries {
		if of, note, ok := strings.Cut(e.Name(), "."); ok && note != ending[1:] && note != elsewhere && note != done {
			all[note] = of
		}
	}
	return all
}

// Spelled gives the chosen addresses as the envelope has them.
func Spelled(chosen, envelope []string) []string {
	list := make([]string, len(chosen))
	for i, a := range chosen {
		list[i] = a
		for _, e := range envelope {
			if strings.EqualFold(a, e) {
				list[i] = e
			}
		}
	}
	return list
}
