package scanner_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters/compare"
)

// mailWith is a mail of ours with files.
func mailWith(to string, files ...member) string {
	m := "From: post@kommune.example\r\nTo: " + to + "\r\nSubject: Breve\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHermed breve og liste.\r\n"
	for _, f := range files {
		m += "--b\r\nContent-Type: application/octet-stream; name=\"" + f.name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(f.data) + "\r\n"
	}
	return m + "--b--\r\n"
}

// TestRunsInMails: letters that a mail takes to the printer with their list are compared
// with it as a run is; right ones go by a secure way, and by no other.
func TestRunsInMails(t *testing.T) {
	p := *pipeline()
	p.Site.InternalDomains, p.Site.PartnerDomains = []string{"kommune.example"}, []string{"trykkeri.example"}
	p.Relate = compare.Enclosed
	list := people(77, 8, 300)
	shifted := slices.Concat(list[1:], list[:1])
	run := func(written []somebody) member {
		files := []member{{"liste.csv", listOf(list, txt)}}
		for i, l := range lettersTo(written) {
			files = append(files, member{"breve/" + txt(i), []byte(l)})
		}
		return member{"koersel.zip", zipOf(t, files)}
	}
	merged := func(written []somebody) []member {
		return []member{{"liste.csv", listOf(list, nil)}, {"breve.pdf", pdfOf(lettersTo(written))}}
	}
	const printer = "ordre@trykkeri.example"
	for name, c := range map[string]struct {
		mail string
		rule string // that holds the mail, "" for none
	}{
		"right, to the printer":            {mailWith(printer, run(list)), ""},
		"right, merged":                    {mailWith(printer, merged(list)...), ""},
		"shifted, to the printer":          {mailWith(printer, run(shifted)), "addressee-mismatch"},
		"shifted, merged":                  {mailWith(printer, merged(shifted)...), "addressee-mismatch"},
		"right, without a secure way":      {mailWith("ordre@andre.example", run(list)), "bulk-persons"},
		"right, to a citizen":              {mailWith("Attrap Kladdeby <attrap.kladdeby@post.example>", run(list)), "bulk-persons"},
		"papers of a case with their list": {mailWith(printer, member{"oversigt.csv", []byte("Navn;Rolle\nTesta Papirborg;mor\nUdkast Skuffe;far\nKladde Sidetal;barn\n")}, member{"notat.txt", []byte("Notat om Testa Papirborg")}, run(people(5, 6, 900))), "bulk-persons"},
	} {
		out, err := p.Handle(t.Context(), scanner.Item{ID: "m", Name: "m.eml", Content: []byte(c.mail)})
		if err != nil {
			t.Fatal(err)
		}
		held := slices.ContainsFunc(out.Verdict.Rules, func(r policy.Rule) bool { return r.ID == c.rule && r.Action == policy.Hold })
		if c.rule == "" && out.Verdict.Action != policy.Pass || c.rule != "" && !held {
			t.Errorf("%s: %v %+v, want %q", name, out.Verdict.Action, out.Verdict.Rules, c.rule)
		}
	}
}
