package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"brevvagt/quarantine/register"
)

// formEntry is an entry as a file for the terminal; the comments name the columns.
type formEntry struct {
	Status         string   `yaml:"tilstand"`
	Aware          string   `yaml:"bekendt"`
	What           string   `yaml:"hvad"`
	Registered     string   `yaml:"registreret"`
	Start          string   `yaml:"start"`
	Type           string   `yaml:"type"`
	DataTypes      []string `yaml:"oplysninger"`
	Consequences   string   `yaml:"konsekvenser"`
	Notify         string   `yaml:"anmeldes"`
	NotifyReason   string   `yaml:"anmeldes_hvorfor"`
	Measures       string   `yaml:"foranstaltninger"`
	Informed       string   `yaml:"underrettet"`
	InformedReason string   `yaml:"underrettet_hvorfor"`
	Ruling         string   `yaml:"afgoerelse"`
	formMore       `yaml:",inline"`
}

type formMore struct {
	Persons  string `yaml:"antal_personer"`
	Records  string `yaml:"antal_poster"`
	Notified string `yaml:"anmeldt"`
	Late     string `yaml:"forsinket_hvorfor"`
	Told     string `yaml:"fortalt"`
}

// ErrForm says that a form cannot be read; it never quotes the form.
var ErrForm = errors.New("the form cannot be read: it is YAML with the keys that 'register form' prints")

// maxForm bounds a form, in bytes.
const maxForm = 256 << 10

const (
	formDay  = "02.01.2006"
	formTime = "02.01.2006 15.04"
)

// EntryOf is what there is to edit of a draft.
func EntryOf(d *register.Draft) Entry {
	return Entry{Status: d.Status, Registered: d.Registered, Start: d.Start, Aware: d.Confirmed, Seen: d.Changed, Fields: d.Fields, Extra: d.Extra}
}

// WriteForm writes an entry as a form to fill in.
func (k *Desk) WriteForm(w io.Writer, e Entry) error {
	at := func(t time.Time, layout string) string {
		if t.IsZero() {
			return ""
		}
		return t.In(k.Register.Zone()).Format(layout)
	}
	f := formEntry{Status: string(e.Status), Aware: at(e.Aware, formTime), What: e.What, Registered: at(e.Registered, formDay), Start: at(e.Start, formDay),
		Type: e.Type, DataTypes: e.DataTypes, Consequences: e.Consequences, Notify: e.Notify, NotifyReason: e.NotifyReason, Measures: e.Measures,
		Informed: e.Informed, InformedReason: e.InformedReason, Ruling: e.Ruling,
		formMore: formMore{Persons: e.Extra.Persons, Records: e.Extra.Records, Notified: at(e.Extra.Notified, formTime), Late: e.Extra.LateReason, Told: at(e.Extra.Told, formTime)}}
	var b bytes.Buffer
	b.WriteString("# Kladde til fortegnelsen over brud. Skriv ingen navne, numre eller adresser på borgere.\n" +
		"# tilstand: afværget hændelse, muligt brud eller brud. anmeldes og underrettet: Ja, Nej eller tomt (ikke afgjort).\n" +
		"# Datoer skrives 24.11.2026, tidspunkter 24.11.2026 10.15. bekendt kræves ved et brud.\n# type: " + strings.Join(register.Types(), " / ") + "\n")
	text, err := yaml.Dump(f)
	if err != nil {
		return fmt.Errorf("cannot write the form: %w", err)
	}
	b.Write(text)
	_, err = b.WriteTo(w)
	return err
}

// ReadForm reads a filled-in form over an entry: a proposal of the program stays
// where nothing was decided.
func (k *Desk) ReadForm(r io.Reader, base Entry) (Entry, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxForm+1))
	if err != nil {
		return base, fmt.Errorf("cannot read the form: %w", err)
	}
	var f formEntry
	if len(text) > maxForm || yaml.Load(text, &f, yaml.WithKnownFields()) != nil {
		return base, ErrForm
	}
	e := base
	switch s := register.Status(strings.ToLower(strings.TrimSpace(f.Status))); s {
	case "":
	case register.Averted, register.Possible, register.Breach:
		e.Status = s
	default:
		return base, ErrForm
	}
	e.Fields = register.Fields{What: strings.TrimSpace(f.What), Type: f.Type, DataTypes: f.DataTypes, Consequences: f.Consequences, Notify: strings.TrimSpace(f.Notify),
		NotifyReason: f.NotifyReason, Measures: f.Measures, Informed: strings.TrimSpace(f.Informed), InformedReason: f.InformedReason, Ruling: f.Ruling}
	if e.Notify == "" && !register.Decided(base.Notify) {
		e.Notify = base.Notify
	}
	if e.Informed == "" && !register.Decided(base.Informed) {
		e.Informed = base.Informed
	}
	e.Extra.Persons, e.Extra.Records, e.Extra.LateReason = f.Persons, f.Records, f.Late
	for _, d := range []struct {
		text string
		to   *time.Time
	}{{f.Registered, &e.Registered}, {f.Start, &e.Start}, {f.Aware, &e.Aware}, {f.Notified, &e.Extra.Notified}, {f.Told, &e.Extra.Told}} {
		if *d.to, err = k.Register.ReadTime(strings.TrimSpace(d.text)); err != nil {
			return base, err
		}
	}
	return e, nil
}
