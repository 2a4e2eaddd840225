package config

import (
	"errors"
	"fmt"
	"net/mail"
	"path"
	"strings"
	"time"
)

// Owner is who answers for a folder of a share and what lies below it.
type Owner struct {
	Folder string   `yaml:"folder"` // within the share, as Jobcenter/Ydelser; empty is all that is nobody else's
	Mail   []string `yaml:"mail"`
}

// Summaries is the section summaries: mails about what lies on the shares, to the owners
// of folders and to the DPO (dpo.mail, else dpo.remind).
type Summaries struct {
	// When is "new" (after a night that found something new) or "weekly" (Mondays);
	// empty is never.
	When string `yaml:"when"`
	At   string `yaml:"at"` // wall clock time in Denmark, default 07:00
}

// SummaryTo are the addresses of the DPO for summaries.
func (c *Config) SummaryTo() []string {
	if c.DPO.Mail != "" {
		return []string{c.DPO.Mail}
	}
	return c.DPO.Remind
}

func (c *Config) checkSummaries() error {
	var errs []error
	s, owners := c.Summaries, 0
	for _, sh := range c.Shares {
		owners += len(sh.Owners)
	}
	if _, err := time.Parse("15:04", s.At); err != nil {
		errs = append(errs, fmt.Errorf("summaries.at: %q is no time such as 07:00", s.At))
	}
	switch s.When {
	case "":
		if owners > 0 {
			errs = append(errs, errors.New("shares have owners, but nobody is sent a mail: say summaries.when: new or weekly"))
		}
		return errors.Join(errs...)
	case "new", "weekly":
	default:
		errs = append(errs, fmt.Errorf("summaries.when: %q must be new or weekly", s.When))
	}
	if c.Notify.From == "" {
		errs = append(errs, errors.New("summaries need notify.from: a mail needs a sender"))
	}
	if owners == 0 && len(c.SummaryTo()) == 0 {
		errs = append(errs, errors.New("summaries have nobody to go to: give shares owners, or dpo.mail"))
	}
	return errors.Join(errs...)
}

func checkOwners(list []Owner) error {
	var errs []error
	seen := make(map[string]bool)
	for i, o := range list {
		clean := strings.TrimPrefix(path.Clean("/"+o.Folder), "/")
		switch {
		case o.Folder != clean || strings.Contains(o.Folder, `\`):
			errs = append(errs, fmt.Errorf("owners[%d].folder: %q must be a folder within the share, as Jobcenter/Ydelser", i, o.Folder))
		case seen[clean]:
			errs = append(errs, fmt.Errorf("owners[%d].folder: %q is there twice; one entry may have several addresses", i, o.Folder))
		}
		seen[clean] = true
		if len(o.Mail) == 0 {
			errs = append(errs, fmt.Errorf("owners[%d].mail is missing", i))
		}
		for _, a := range o.Mail {
			if parsed, err := mail.ParseAddress(a); err != nil || parsed.Address != a {
				errs = append(errs, fmt.Errorf("owners[%d].mail: %q is no mail address", i, a))
			}
		}
	}
	return errors.Join(errs...)
}
