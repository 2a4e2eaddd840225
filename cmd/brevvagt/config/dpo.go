package config

import (
	"errors"
	"fmt"
	"net/mail"
	"path/filepath"
	"strings"
	"time"

	"brevvagt/quarantine/units"
)

// DPO is the section dpo: who keeps the breach register and is reminded of its
// deadlines, and how long things are kept beside the content (vault.keep_content).
type DPO struct {
	Name  string `yaml:"name"` // shown in notifications and letters to citizens
	Mail  string `yaml:"mail"`
	Phone string `yaml:"phone"`
	// Remind are the addresses that get mails about a running deadline; empty = none.
	Remind []string `yaml:"remind"`
	// Heads is where the ledger's signed head goes once a day, off this machine.
	Heads Heads `yaml:"heads"`
	// Page is the address of the page as a browser has it, for links in reminders.
	Page string `yaml:"page"`
	// Units are the municipality's units with the addresses and domains of their senders,
	// for the queue and the statistics; UnitsFile is a table "address;unit" beside them,
	// as exported from the directory of employees, read again when it changes.
	Units     []units.Unit `yaml:"units"`
	UnitsFile string       `yaml:"units_file"`
	// AlertsPerDay is how many items a day may be held before the page says that people
	// will stop reading, at most 10,000; 0 = not watched. Default 10.
	AlertsPerDay *int `yaml:"alerts_per_day"`
	// AlertsPerWeek is what that setting was before: a week's. It counts as a fifth for
	// each day, rounded up, where the other is not set.
	AlertsPerWeek *int `yaml:"alert_budget"`
	// KeepFindings is how long findings and texts of a case are kept after its
	// content; the default is a year, counted from the hold.
	KeepFindings Duration `yaml:"keep_findings"`
	// KeepWarnings is how long masked lines about mails that went with a warning are
	// kept, default 14 days.
	KeepWarnings Duration `yaml:"keep_warnings"`
	// KeepRegister is how long register entries are kept; 0, the default, is for good.
	// Registers are commonly kept for five years (43800h); archive law may say more.
	KeepRegister Duration `yaml:"keep_register"`
}

// Heads are mail addresses, and a file on another machine's disk at whose end each
// head is added.
type Heads struct {
	Mail []string `yaml:"mail"`
	File string   `yaml:"file"`
}

func defaultDPO() DPO {
	return DPO{KeepFindings: Duration(365 * 24 * time.Hour), KeepWarnings: Duration(14 * 24 * time.Hour)}
}

// Alerts a day: what nobody could read, and what counts where nothing is set.
const (
	maxAlerts     = 10_000
	defaultAlerts = 10
	workingDays   = 5
)

// Ceiling is how many items a day may be held before the page says that it is too many;
// 0 is never.
func (d *DPO) Ceiling() int {
	switch {
	case d.AlertsPerDay != nil:
		return *d.AlertsPerDay
	case d.AlertsPerWeek == nil:
		return defaultAlerts
	case *d.AlertsPerWeek < 0 || *d.AlertsPerWeek > workingDays*maxAlerts:
		return -1
	}
	return (*d.AlertsPerWeek + workingDays - 1) / workingDays
}

func (d *DPO) check() error {
	var errs []error
	for name, list := range map[string][]string{"dpo.remind": d.Remind, "dpo.heads.mail": d.Heads.Mail} {
		for _, a := range list {
			if _, err := mail.ParseAddress(a); err != nil {
				errs = append(errs, fmt.Errorf("%s: %q is no mail address", name, a))
			}
		}
	}
	if d.Heads.File != "" && !filepath.IsAbs(d.Heads.File) {
		errs = append(errs, errors.New("dpo.heads.file must be an absolute path"))
	}
	if err := units.Check(d.Units); err != nil {
		errs = append(errs, fmt.Errorf("dpo.units: %w", err))
	}
	if n := d.Ceiling(); n < 0 || n > maxAlerts {
		errs = append(errs, fmt.Errorf("dpo.alerts_per_day must be 0 to %d (dpo.alert_budget, the week's ceiling of earlier versions, five times that)", maxAlerts))
	}
	if d.AlertsPerDay != nil && d.AlertsPerWeek != nil {
		errs = append(errs, errors.New("dpo.alert_budget is the week's ceiling of earlier versions: leave it out beside dpo.alerts_per_day"))
	}
	if d.KeepFindings < Duration(30*24*time.Hour) {
		errs = append(errs, errors.New("dpo.keep_findings must be at least 720h (30 days)"))
	}
	if d.KeepWarnings < Duration(24*time.Hour) {
		errs = append(errs, errors.New("dpo.keep_warnings must be at least 24h"))
	}
	if d.KeepRegister != 0 && d.KeepRegister < Duration(365*24*time.Hour) {
		errs = append(errs, errors.New("dpo.keep_register must be at least 8760h (a year), or 0 for good"))
	}
	return errors.Join(errs...)
}

// Remark is what doctor says of a setting: what is so, how to mend it, and whether it
// keeps something from working.
type Remark struct {
	Text, Remedy string
	Broken       bool
}

// DPORemarks says what the section dpo lacks for the register, the reminders and the
// pages to do their work.
func (c *Config) DPORemarks() []Remark {
	d := c.DPO
	var list []Remark
	if d.Name == "" || d.Mail == "" {
		list = append(list, Remark{Text: "dpo.name eller dpo.mail mangler: felterne til anmeldelse og brevene har ingen kontakt", Remedy: "dpo: {name: ..., mail: ...}"})
	}
	switch {
	case len(d.Remind) == 0:
		list = append(list, Remark{Text: "dpo.remind er tom: ingen får mail, når fristen på 72 timer nærmer sig", Remedy: "dpo: {remind: [dpo@...]}"})
	case c.Notify.From == "":
		list = append(list, Remark{Text: "dpo.remind er sat, men notify.from mangler: påmindelser kan ikke sendes", Remedy: "notify: {from: brevvagt@...}", Broken: true})
	}
	list = append(list, c.headRemarks()...)
	switch {
	case d.Page == "":
		list = append(list, Remark{Text: "dpo.page mangler: mails har intet link til siden", Remedy: "dpo: {page: https://...}"})
	case !strings.HasPrefix(d.Page, "https://"):
		list = append(list, Remark{Text: "dpo.page er ikke https: links i mails går ukrypteret", Remedy: "dpo: {page: https://...}"})
	}
	if _, err := units.Open(nil, d.UnitsFile); err != nil {
		list = append(list, Remark{Text: "dpo.units_file kan ikke læses: enheder tælles efter domæne (" + err.Error() + ")", Remedy: "en tabel mail;enhed, som brevvagts bruger kan læse", Broken: true})
	}
	if d.AlertsPerWeek != nil {
		list = append(list, Remark{Text: fmt.Sprintf("dpo.alert_budget er loftet for en uge fra tidligere udgaver: %d om ugen læses som %d om dagen", *d.AlertsPerWeek, d.Ceiling()), Remedy: fmt.Sprintf("dpo: {alerts_per_day: %d} i stedet", d.Ceiling())})
	}
	if d.Ceiling() == 0 {
		list = append(list, Remark{Text: "dpo.alerts_per_day er 0: ingen ser, når der standses for meget"})
	}
	return list
}

// headRemarks says whether the ledger's head reaches a place where whoever rewrites the
// ledger cannot rewrite it too.
func (c *Config) headRemarks() []Remark {
	h := c.DPO.Heads
	var list []Remark
	if len(h.Mail) == 0 && h.File == "" {
		list = append(list, Remark{Text: "dpo.heads er tom: revisionssporets hoved forlader aldrig maskinen, så et omskrevet eller afklippet spor opdages ikke",
			Remedy: "dpo: {heads: {mail: [revision@...]}}; docs/dpo.md"})
	}
	if len(h.Mail) > 0 && c.Notify.From == "" {
		list = append(list, Remark{Text: "dpo.heads.mail er sat, men notify.from mangler: hovedet kan ikke sendes", Remedy: "notify: {from: brevvagt@...}", Broken: true})
	}
	if rel, err := filepath.Rel(c.State, h.File); h.File != "" && err == nil && filepath.IsLocal(rel) {
		list = append(list, Remark{Text: "dpo.heads.file ligger i tilstandsmappen: der kan den, der omskriver revisionssporet, også omskrive hovedet", Remedy: "en fil på en anden maskines drev"})
	}
	return list
}
