package main

import (
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/config"
)

// What doctor says of the section dpo.
func TestDPORemarks(t *testing.T) {
	c := config.Config{DPO: config.Default().DPO}
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
	if got := all(); strings.Count(got, "\n") != 4 || !strings.Contains(got, "dpo.remind er tom") || !strings.Contains(got, "dpo.heads er tom") {
		t.Error(got)
	}
	c.DPO.Name, c.DPO.Mail, c.DPO.Remind, c.DPO.Page = "Anna Eksempel", "dpo@kommune.example", []string{"dpo@kommune.example"}, "http://brevvagt.kommune.example"
	if got := all(); !strings.Contains(got, "BROKEN") || !strings.Contains(got, "ikke https") {
		t.Error(got)
	}
	c.State, c.DPO.Remind, c.DPO.Heads = "/var/lib/brevvagt", nil, config.Heads{Mail: []string{"revision@kommune.example"}, File: "/var/lib/brevvagt/hoveder.txt"}
	if got := all(); !strings.Contains(got, "hovedet kan ikke sendes\nBROKEN") || !strings.Contains(got, "dpo.heads.file ligger i tilstandsmappen") {
		t.Error(got)
	}
	c.DPO.Remind, c.DPO.Heads.File = []string{"dpo@kommune.example"}, "/mnt/revision/hoveder.txt"
	c.DPO.Page, c.Notify.From = "https://brevvagt.kommune.example", "brevvagt@kommune.example"
	if got := all(); got != "" {
		t.Error(got)
	}
}
