package config

import (
	"strings"
	"testing"
)

// What doctor says of the section dpo.
func TestDPORemarks(t *testing.T) {
	c := Config{DPO: defaultDPO()}
	all := func() string {
		text := ""
		for _, r := range c.DPORemarks() {
			text += r.Text + "\n"
			if r.Broken {
				text += "BROKEN\n"
			}
		}
		return text
	}
	if got := all(); strings.Count(got, "\n") != 3 || !strings.Contains(got, "dpo.remind er tom") {
		t.Error(got)
	}
	c.DPO.Name, c.DPO.Mail, c.DPO.Remind, c.DPO.Page = "Anna Eksempel", "dpo@kommune.example", []string{"dpo@kommune.example"}, "http://brevvagt.kommune.example"
	if got := all(); !strings.Contains(got, "BROKEN") || !strings.Contains(got, "ikke https") {
		t.Error(got)
	}
	c.DPO.Page, c.Notify.From = "https://brevvagt.kommune.example", "brevvagt@kommune.example"
	if got := all(); got != "" {
		t.Error(got)
	}
}
