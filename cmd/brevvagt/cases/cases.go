// Package cases reads a table of mails with what is to happen to each, so that a
// site can try its policy before it is switched on and after every change.
package cases

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"brevvagt/internal/fault"
	"brevvagt/scanner/policy"
)

// maxFile is the largest file that a case may name, in bytes.
const maxFile = 64 << 20

// Table is a file of cases.
type Table struct {
	// AsOf is the day (YYYY-MM-DD) by which birth dates are judged; default today.
	AsOf  string `yaml:"as_of"`
	Cases []Case `yaml:"cases"`
	dir   string
	path  string
	data  []byte
}

// Case is a mail, written here or lying in a file, and what is to happen to it.
type Case struct {
	Name        string            `yaml:"name"`
	From        string            `yaml:"from"`
	To          []string          `yaml:"to"`
	Subject     string            `yaml:"subject"`
	Text        string            `yaml:"text"`
	Attachments map[string]string `yaml:"attachments"` // file name → text
	Files       []string          `yaml:"files"`       // attached, relative to the table
	Mail        string            `yaml:"mail"`        // an .eml in place of all above
	Expect      policy.Action     `yaml:"expect"`
	Rules       []string          `yaml:"rules"`     // must fire
	NotRules    []string          `yaml:"not_rules"` // must not
}

// Load reads a table. An unknown key or wrong value is an error with its line or the
// case's name.
func Load(path string) (*Table, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t := &Table{dir: filepath.Dir(path), path: path, data: data}
	if err := yaml.Load(data, t, yaml.WithKnownFields()); err != nil {
		return nil, fault.Place(path, data, "", *t, err)
	}
	if len(t.Cases) == 0 {
		return nil, fmt.Errorf("%s: no cases", path)
	}
	var errs []error
	if _, err := time.Parse(time.DateOnly, t.AsOf); t.AsOf != "" && err != nil {
		errs = append(errs, fault.In("as_of", fmt.Errorf("%q is no date such as 2026-11-24", t.AsOf)))
	}
	first := make(map[string]int)
	for i, c := range t.Cases {
		err := c.check(t)
		if k, twice := first[c.Name]; err == nil && twice {
			err = in("name", fmt.Sprintf("the name is used twice, first by case %d", k+1))
		}
		if err != nil {
			errs = append(errs, fault.In(fmt.Sprintf("cases.%d", i), fmt.Errorf("case %d %q: %w", i+1, c.Name, err)))
		}
		if _, known := first[c.Name]; !known {
			first[c.Name] = i
		}
	}
	return t, fault.Place(path, data, "", nil, errors.Join(errs...))
}

func (c *Case) check(t *Table) error {
	switch {
	case c.Name == "":
		return in("name", "name is missing: a few words for people")
	case c.Expect.Rank() < 0:
		return in("expect", fmt.Sprintf("expect is %q, must be pass, warn, hold or reject", c.Expect))
	case c.Mail == "" && (c.From == "" || len(c.To) == 0):
		return in("to", "from and to, or mail, must be given")
	case c.Mail != "" && (c.Text != "" || c.Subject != "" || len(c.Attachments)+len(c.Files) > 0):
		return in("mail", "mail stands in place of subject, text, attachments and files")
	}
	for _, name := range append([]string{c.Mail}, c.Files...) {
		if name == "" {
			continue
		}
		if _, err := t.file(name); err != nil {
			return fault.In(map[bool]string{true: "mail", false: "files"}[name == c.Mail], fmt.Errorf("must be a file that can be read, relative to the table: %w", err))
		}
	}
	return nil
}

// in is an error of one key of a case.
func in(key, what string) error { return fault.In(key, errors.New(what)) }

// CheckRules reports rules of cases that no rule in force has the id of.
func (t *Table) CheckRules(ids []string) error {
	var errs []error
	for i, c := range t.Cases {
		for _, list := range []struct {
			key string
			ids []string
		}{{"rules", c.Rules}, {"not_rules", c.NotRules}} {
			for k, id := range list.ids {
				if !slices.Contains(ids, id) {
					errs = append(errs, fault.In(fmt.Sprintf("cases.%d.%s.%d", i, list.key, k), fmt.Errorf("case %d %q: no rule has the id %q; the ids are %s", i+1, c.Name, id, strings.Join(ids, ", "))))
				}
			}
		}
	}
	return fault.Place(t.path, t.data, "", nil, errors.Join(errs...))
}

// Message gives the mail of a case.
func (t *Table) Message(c *Case) ([]byte, error) {
	if c.Mail != "" {
		return t.file(c.Mail)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_brevvagt\"\r\n\r\n",
		line(c.From), line(strings.Join(c.To, ", ")), mime.QEncoding.Encode("utf-8", line(c.Subject)))
	part(&b, "", []byte(c.Text))
	for _, name := range slices.Sorted(maps.Keys(c.Attachments)) {
		part(&b, name, []byte(c.Attachments[name]))
	}
	for _, name := range c.Files {
		data, err := t.file(name)
		if err != nil {
			return nil, err
		}
		part(&b, filepath.Base(name), data)
	}
	b.WriteString("--=_brevvagt--\r\n")
	return b.Bytes(), nil
}

func (t *Table) file(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.dir, name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s has %d bytes, at most %d", name, info.Size(), maxFile)
	}
	return os.ReadFile(name)
}

// part writes a part; one without a name is the mail's own text.
func part(b *bytes.Buffer, name string, data []byte) {
	b.WriteString("--=_brevvagt\r\n")
	if name == "" {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\n")
	} else {
		kind := mime.TypeByExtension(filepath.Ext(name))
		if kind == "" {
			kind = "application/octet-stream"
		}
		fmt.Fprintf(b, "Content-Type: %s\r\nContent-Disposition: %s\r\n", kind, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	for chunk := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 76) {
		b.Write(chunk)
		b.WriteString("\r\n")
	}
}

// line keeps a value from becoming two header lines.
func line(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// Wrong says what of a verdict is not as the case expects, "" when all is.
func (c *Case) Wrong(v policy.Verdict) string {
	var wrong []string
	if v.Action != c.Expect {
		wrong = append(wrong, fmt.Sprintf("ventet %s, blev %s", c.Expect, v.Action))
	}
	fired := make(map[string]bool)
	for _, r := range v.Rules {
		fired[r.ID] = true
	}
	for _, id := range c.Rules {
		if !fired[id] {
			wrong = append(wrong, id+" slog ikke til")
		}
	}
	for _, id := range c.NotRules {
		if fired[id] {
			wrong = append(wrong, id+" slog til")
		}
	}
	return strings.Join(wrong, "; ")
}
