package mailbox

import (
	"slices"
	"testing"

	"brevvagt/scanner/source/mailbox/folders"
)

func TestChoose(t *testing.T) {
	f := func(name, delimiter string, attrs ...string) folders.Folder {
		return folders.Folder{Name: name, Delimiter: delimiter, Attrs: attrs}
	}
	for _, c := range []struct {
		name             string
		list             []folders.Folder
		personal, others []string
		want             []string
	}{
		{"marked", []folders.Folder{f("INBOX", "/"), f("Gesendet", "/", `\HasNoChildren`, `\Sent`), f("Sent", "/"), f("Kladder", "/", `\drafts`)}, nil, nil,
			[]string{"sent:Gesendet", "sent:Sent", "drafts:Kladder"}},
		{"Outlook's own beside the server's", []folders.Folder{f("Sent", "/", `\Sent`), f("Sendt post", "/"), f("Drafts", "/", `\Drafts`), f("Kladder", "/"), f("Arkiv", "/", `\Archive`), f("Arkiv/Sendt post", "/")}, nil, nil,
			[]string{"sent:Sendt post", "sent:Sent", "drafts:Drafts", "drafts:Kladder"}},
		{"Danish Exchange", []folders.Folder{f("Indbakke", "/"), f("Sendt post", "/"), f("Kladder", "/"), f("Udbakke", "/"), f("Slettet post", "/")}, nil, nil,
			[]string{"sent:Sendt post", "outbox:Udbakke", "drafts:Kladder"}},
		{"both languages", []folders.Folder{f("Sent Items", "/"), f("Sendte elementer", "/"), f("DRAFTS", "/")}, nil, nil,
			[]string{"sent:Sendte elementer", "sent:Sent Items", "drafts:DRAFTS"}},
		{"below INBOX", []folders.Folder{f("INBOX", "."), f("INBOX.Sent", "."), f("INBOX.Drafts", "."), f("INBOX.Arkiv.2019.Sendt", ".")}, []string{"INBOX."}, nil,
			[]string{"sent:INBOX.Sent", "drafts:INBOX.Drafts"}},
		{"an archive is not watched", []folders.Folder{f("Arkiv/Sent", "/"), f("Sendt", "/")}, nil, nil, []string{"sent:Sendt"}},
		{"shared mailboxes", []folders.Folder{f("Sent", "/", `\Sent`), f("shared/afdeling/Sendt post", "/"), f("shared/Sent", "/"), f("shared/afdeling/sager/Sent", "/")},
			[]string{""}, []string{"shared/"}, []string{"sent:Sent", "sent:shared/Sent", "sent:shared/afdeling/Sendt post"}},
		{"Gmail", []folders.Folder{f("[Gmail]", "/", `\Noselect`), f("[Gmail]/Sendte mails", "/"), f("[Gmail]/Kladder", "/")}, nil, nil,
			[]string{"sent:[Gmail]/Sendte mails", "drafts:[Gmail]/Kladder"}},
		{"German, as a Mac writes it", []folders.Folder{f("Gesendete Elemente", "/"), f("Entwu\u0308rfe", "/"), f("Postausgang", "/"), f("Entwürfe", "/")}, nil, nil,
			[]string{"sent:Gesendete Elemente", "outbox:Postausgang", "drafts:Entwu\u0308rfe", "drafts:Entwürfe"}},
		{"Norwegian and Swedish", []folders.Folder{f("Sendte elementer", "/"), f("Utboks", "/"), f("Skickat", "/"), f("Utkast", "/")}, nil, nil,
			[]string{"sent:Sendte elementer", "sent:Skickat", "outbox:Utboks", "drafts:Utkast"}},
		{"not to be opened", []folders.Folder{f("Sent", "/", `\NoSelect`), f("Drafts", "/", `\NonExistent`)}, nil, nil, nil},
		{"no delimiter", []folders.Folder{f("Sent", "")}, nil, nil, []string{"sent:Sent"}},
		{"incoming", []folders.Folder{f("INBOX", "/"), f("Indbakke", "/"), f("Sendt til mig", "/")}, nil, nil, nil},
	} {
		var got []string
		for _, x := range folders.Choose(c.list, c.personal, c.others) {
			got = append(got, string(x.Role)+":"+x.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
