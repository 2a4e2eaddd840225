package transport

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"brevvagt/internal/domainname"
)

// List is one of the operator's lists of domains that are reached over forced
// encryption, by agreement or by a tunnel.
type List struct {
	Source  string // who says so, and when it was fetched
	Expires time.Time
	entries []listEntry
}

type listFile struct {
	Source  string      `yaml:"source"`
	Expires string      `yaml:"expires"` // the last day that counts, 2027-01-31
	Domains []listEntry `yaml:"domains"`
}

type listEntry struct {
	Domain string `yaml:"domain"` // ".firma.example" counts for subdomains too
	// Expires ends this entry before the list does.
	Expires string `yaml:"expires"`
	// Match demands a certificate for one of these names, as Postfix writes them
	// (mail.firma.example, .firma.example, nexthop); none demands encryption only.
	Match []string `yaml:"match"`

	until time.Time
}

// maxList bounds a list in bytes.
const maxList = 4 << 20

// ErrChecksum says that a list is not the one that was signed off.
var ErrChecksum = errors.New("the list differs from its checksum")

// ReadList reads a list and the checksum beside it (FILE.sha256, as sha256sum
// writes it). A list without a source, without an end or with another checksum is
// refused whole: half a list would be taken for all of it.
func ReadList(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(data) > maxList {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxList)
	}
	sum, err := os.ReadFile(path + ".sha256")
	if err != nil {
		return nil, fmt.Errorf("%s has no checksum (sha256sum FILE > FILE.sha256): %w", path, err)
	}
	want, _, _ := strings.Cut(strings.TrimSpace(string(sum)), " ")
	if got := sha256.Sum256(data); !strings.EqualFold(want, hex.EncodeToString(got[:])) {
		return nil, fmt.Errorf("%s: %w", path, ErrChecksum)
	}
	l, err := parseList(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

func parseList(data []byte) (*List, error) {
	var file listFile
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the list is empty")
	}
	if err := yaml.Load(data, &file, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	if strings.TrimSpace(file.Source) == "" {
		return nil, errors.New("source is missing: who says that these domains are reached encrypted?")
	}
	end, err := lastDay(file.Expires)
	if err != nil {
		return nil, fmt.Errorf("expires: %w", err)
	}
	l := &List{Source: file.Source, Expires: end, entries: file.Domains}
	for i := range l.entries {
		e := &l.entries[i]
		e.Domain = domainname.Canonical(e.Domain)
		if strings.ContainsAny(e.Domain, " @/\t") || strings.Trim(e.Domain, ".") == "" {
			return nil, fmt.Errorf("domains[%d]: %q is no domain", i, e.Domain)
		}
		for _, m := range e.Match {
			if strings.ContainsAny(m, " :=\t\r\n") || m == "" {
				return nil, fmt.Errorf("domains[%d]: match %q is no name", i, m)
			}
		}
		e.until = end
		if e.Expires == "" {
			continue
		}
		until, err := lastDay(e.Expires)
		if err != nil {
			return nil, fmt.Errorf("domains[%d]: expires: %w", i, err)
		}
		if until.Before(end) {
			e.until = until
		}
	}
	return l, nil
}

// lastDay is the end of a day that still counts.
func lastDay(s string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, s, time.Local)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no date such as 2027-01-31", s)
	}
	return day.AddDate(0, 0, 1), nil
}

// Len is how many domains the list names, and Left how many of them count at a
// time.
func (l *List) Len() int { return len(l.entries) }

// Left counts the domains that have not expired.
func (l *List) Left(now time.Time) int {
	n := 0
	for _, e := range l.entries {
		if e.until.After(now) {
			n++
		}
	}
	return n
}

func (l *List) find(domain string, now time.Time) (Proof, bool) {
	for _, e := range l.entries {
		if !e.until.After(now) {
			continue
		}
		if domain != strings.TrimPrefix(e.Domain, ".") && (e.Domain[0] != '.' || !strings.HasSuffix(domain, e.Domain)) {
			continue
		}
		answer := "encrypt" + protocols
		if len(e.Match) > 0 {
			answer = "secure match=" + strings.Join(e.Match, ":") + protocols
		}
		return Proof{Domain: domain, Method: Operator, Source: l.Source, Answer: answer, Until: e.until}, true
	}
	return Proof{}, false
}
