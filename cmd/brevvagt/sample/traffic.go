package sample

import (
	"fmt"
	"strings"
)

// Mail is one sample mail with what a good guard would do with it.
type Mail struct {
	Title string // Danish, for the table
	Model string // the incident it is modelled on, "" for everyday mail
	From  string
	To    []string
	Raw   []byte
	Stop  bool // must not leave as it is
}

// File is one file of the sample share.
type File struct {
	Title string
	Name  string
	Data  []byte
	Find  bool // holds personal data that a scan must report
}

// Site is the municipality of the samples, as `site:` of the configuration.
const Site = `organisation: Eksempel Kommune
internal_domains: [kommune.example]
partner_domains_with_enforced_tls: [region.example, kommune.example.no]
lists: {alle@kommune.example: 300}
secure_marker_header: "X-Sikker-Post: ja"
bulk_limit_internal: 20
`

const (
	worker  = "Sagsbehandler <sagsbehandler@kommune.example>"
	mailbox = "sagsbehandler@kommune.example"
)

// builder collects samples and the first error, so that the list reads as a list.
type builder struct {
	mails []Mail
	err   error
}

func (b *builder) add(title, model string, stop bool, to []string, subject, text string, files ...attachment) {
	b.mails = append(b.mails, Mail{Title: title, Model: model, From: mailbox, To: to, Stop: stop,
		Raw: message(worker, headerTo(to), subject, text, files...)})
}

func (b *builder) file(name, mediaType string, data []byte, err error) attachment {
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("cannot make %s: %w", name, err)
	}
	return attachment{name, mediaType, data}
}

func headerTo(to []string) string {
	if len(to) > 5 {
		return "undisclosed-recipients:;"
	}
	return strings.Join(to, ", ")
}

const (
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	zipType  = "application/zip"
	pngType  = "image/png"
	greeting = "\n\nMed venlig hilsen\nSagsbehandler\nEksempel Kommune"
)

// Mails are the sample mails. They are the same on every call.
func Mails() ([]Mail, error) {
	var b builder
	b.everyday()
	b.incidents()
	return b.mails, b.err
}

func (b *builder) everyday() {
	letter, err := Docx("Eksempel Kommune", "Kære "+Name(0), "Tak for din henvendelse om affaldsordningen.",
		"Vi henter storskrald den første mandag i måneden. Sagsnr. 2026-004711.", "Med venlig hilsen")
	b.add("Almindeligt brev til en borger", "", false, []string{"borger1@mail.example"}, "Svar på din henvendelse",
		"Kære borger\n\nVedhæftet er vores svar."+greeting, b.file("Svar.docx", docxType, letter, err))
	b.add("Nyhedsbrev til 60 modtagere", "", false, addresses("abonnent", 60), "Nyt fra Eksempel Kommune",
		"Biblioteket holder åbent hus lørdag den 28. november kl. 10-14.\nRing på 12 34 56 78, CVR-nr. 12345678."+greeting)
	b.add("CPR-nummer til regionen (tvungen TLS)", "", false, []string{"visitation@region.example"}, "Henvisning",
		"Henvisning af borger, CPR-nr. "+Number(3)+"."+greeting)
	b.add("Liste med CPR-numre mellem kolleger", "", false, []string{"kollega@kommune.example"}, "Listen",
		"Her er de to sager: CPR-nr. "+Number(4)+" og CPR-nr. "+Number(5)+"."+greeting)
}

func (b *builder) incidents() {
	shot, err := Screenshot("Fagsystem - Udbetalinger", [][]string{
		{"CPR-nr.", "Navn", "Beløb"}, {Number(10), Name(1), "4.250,00"}, {Number(11), Name(2), "1.180,50"}, {Number(12), Name(3), "7.900,00"},
	})
	b.add("Supportmail med skærmbillede", "Gladsaxe 2025-01", true, []string{"support@leverandoer.example"}, "Fejl i udbetaling",
		"Hej support\n\nSystemet viser den samme fejl igen, se billedet."+greeting, b.file("skærmbillede.png", pngType, shot, err))

	form, err := Docx("Ansøgning om plejehjemsplads", "Navn | "+Name(4), "CPR-nr. | "+Number(20), "Adresse | Prøvevej 12, 9999 Prøveby",
		"Telefon | 12 34 56 78", "Ægtefælle, navn | "+Name(5), "Ægtefælle, CPR-nr. | "+Number(21))
	b.add("Blanket til rette borger, udfyldt med to andre", "Gladsaxe 2025-10", true, []string{"borger2@mail.example"},
		"Ansøgning om plejehjemsplads", "Kære "+Name(6)+"\n\nHer er blanketten, du bad om."+greeting,
		b.file("Ansøgning.docx", docxType, form, err))

	b.add("Samme blanket ad den sikre vej", "Gladsaxe 2025-10", true, []string{"borger2@region.example"},
		"Ansøgning om plejehjemsplads (sikker)", "Kære "+Name(6)+"\n\nHer er blanketten, du bad om."+greeting,
		b.file("Ansøgning.docx", docxType, form, err))

	letters := map[string][]byte{}
	var names []string
	for i := range 350 {
		name := fmt.Sprintf("brev-%03d.txt", i+1)
		names = append(names, name)
		letters[name] = []byte(fmt.Sprintf("%s\nPrøvevej %d\n9999 Prøveby\n\n14. marts 2022\nCPR-nr.: %s\n\nKære %s\n\nDu har en sag i Socialforvaltningen.\n",
			Name(i), i+1, Number(100+i), Name(i)))
	}
	bundle, err := zipped(letters, names...)
	b.add("350 andres breve til 274 modtagere", "Aarhus", true, addresses("modtager", 274), "Standardskrivelse",
		"Vedhæftet er brev fra kommunen."+greeting, b.file("breve.zip", zipType, bundle, err))

	var files []attachment
	for i := range 10 {
		doc, err := Docx("Sagsakter, børn og unge", "Barnet: "+Name(i), "CPR-nr.: "+Number(500+i),
			"Børnefaglig undersøgelse. Barnet bor hos en plejefamilie.")
		files = append(files, b.file(fmt.Sprintf("akt-%02d.docx", i+1), docxType, doc, err))
	}
	b.add("Sagsbundt til en norsk kommune (tvungen TLS)", "Lolland", true, []string{"post@kommune.example.no"}, "Aktindsigt",
		"Vedlagt er akterne i sagen."+greeting, files...)

	var docs []attachment
	for i := range 6 {
		person := 600
		if i == 4 {
			person = 601 // the misfiled one
		}
		doc, err := Docx("Journalnotat", "Vedr.: "+Name(person), "CPR-nr.: "+Number(person), "Helbredsoplysninger: indlæggelse og genoptræning.")
		docs = append(docs, b.file(fmt.Sprintf("notat-%d.docx", i+1), docxType, doc, err))
	}
	b.add("Akter til regionen, ét bilag om en anden borger", "Gladsaxe 2025-07", true, []string{"visitation@region.example"},
		"Overdragelse af sag", "Hermed akterne."+greeting, docs...)

	b.add("Borgers mail videresendt til alle i kommunen", "Gladsaxe 2025-04", true, []string{"alle@kommune.example"},
		"VS: Min økonomi", "Er der nogen, der kan svare?\n\nFra: Borger <borger3@mail.example>\nSendt: 20. februar 2025\nTil: post@kommune.example\n\n"+
			"Jeg kan ikke betale min husleje og har fået afslag på kontanthjælp. "+Name(7)+greeting)
}

func addresses(name string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d@mail.example", name, i+1))
	}
	return out
}

// Files are the files of the sample share.
func Files() ([]File, error) {
	note, err := Docx("Referat af møde i byudviklingsudvalget", "Punkt 1: Cykelstier i Prøveby.", "Punkt 2: Eventuelt.")
	if err != nil {
		return nil, err
	}
	var list strings.Builder
	list.WriteString("Navn;CPR-nr.;Klub\r\n")
	for i := range 12 {
		fmt.Fprintf(&list, "%s;%s;Ungdomsklubben\r\n", Name(i), strings.ReplaceAll(Number(700+i), "-", ""))
	}
	return []File{
		{Title: "Mødereferat på fællesdrevet", Name: "referat.docx", Data: note},
		{Title: "Medlemsliste på fællesdrevet", Name: "medlemmer.csv", Data: []byte(list.String()), Find: true},
	}, nil
}
