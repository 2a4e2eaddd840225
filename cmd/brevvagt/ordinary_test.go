package main

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/scanner/policy"
)

const regards = "\n\nMed venlig hilsen\n\nHanne Hjælpsom\nSagsbehandler\nEksempel Kommune\nTlf. 12 34 56 78 · CVR 12345678"

// ordinary is what a municipality sends all day and nobody wants stopped.
func ordinary(t *testing.T) []outgoing {
	list := append(ordinaryText(), ordinaryFiles(t)...)
	for i := range 8 {
		// Merged letters as they should be: each to the one it is made out for.
		p := testPerson{[]string{"Emil", "Freja", "Gustav", "Helga", "Ivar", "Johanne", "Karl", "Liv"}[i] + " " + []string{"Testesen", "Prøvesen"}[i%2], ""}
		list = append(list, outgoing{to: p.name + " <" + fmt.Sprintf("modtager%d@mail.example>", i), subject: "Brev fra Eksempel Kommune", body: "Kære " + p.name + "\n\nSe brevet." + regards,
			files: map[string][]byte{"brev.pdf": pdfFile(letterTo(p, "23. november 2026", "Vi har modtaget din ansøgning om byggetilladelse."))}})
	}
	return list
}

func ordinaryText() []outgoing {
	everyone := make([]string, 60)
	for i := range everyone {
		everyone[i] = fmt.Sprintf("abonnent%d@mail.example", i)
	}
	firm := "Jens Leverandørsen <jens@leverandoer.example>"
	return []outgoing{
		{to: strings.Join(everyone, ";"), subject: "Nyhedsbrev november", body: "Biblioteket holder åbent hus. Læs om katolsk skole, kræftkampagnen og demenscaféen." + regards},
		{to: firm, subject: "Ordrebekræftelse", body: "Ordrenr. 4500123456, varenr. 1203415000, leveres 1. december 2026." + regards},
		{to: firm, subject: "Faktura 2026-1187", body: "Beløb: 12.500,00 kr. Kontonr. 1234 0012345678. EAN 5790001234567. FIK +71<000000012345678+12345678<." + regards},
		{to: firm, subject: "Driftslog", body: "2611240915 ERROR timeout\n2611240916 INFO retry id=3107889912 trace 0a1b2c\nP-nr. 1003456789" + regards},
		{to: firm, subject: "Møde", body: "Hej Jens\n\nKan du mødes den 24.11.26 kl. 10.15? Lise Madsen og Peter Holm deltager." + regards},
		{to: firm, subject: "Kontrakt", body: "Kære Jens\n\nHermed kontrakten. Kontaktperson: Lise Leverandørsen. Underskrives af direktør Bo Firmasen." + regards},
		{to: private, subject: "Svar på din henvendelse", body: "Kære Anders\n\nTak for din mail om affald. Vi henter mandag." + regards},
		{to: private, subject: "Din ansøgning om byggetilladelse", body: "Kære Anders Testesen\n\nVi har modtaget din ansøgning. Sagsnr. 27.00.00-G01-12-21." + regards},
		{to: private, subject: "Tak for din ansøgning til stillingen", body: "Kære Anders\n\nDu er desværre ikke blandt de udvalgte." + regards},
		{to: "ansoeger@mail.example", subject: "Jobsamtale", body: "Kære Bente Prøvesen\n\nVi vil gerne invitere dig til samtale den 3. december. Du møder Hanne Hjælpsom og Ole Lederlund." + regards},
		{to: "visitation@region.example", subject: "Henvisning", body: "Hermed henvisning af CPR-nr. " + anders.number + "." + regards},
		{to: "Lise Lægesen <lise.laegesen@region.example>", subject: "Vedr. borger", body: "Kære Lise\n\nVedr.: " + anders.name + "\nCPR-nr.: " + anders.number + "\nBorgeren er indlagt med depression." + regards},
		{to: "a@region.example;b@region.example;c@region.example;d@region.example;e@region.example;f@region.example", subject: "Netværksmøde", body: "CPR-nr. " + anders.number + " drøftes på mødet." + regards},
		{to: "kollega@kommune.example", subject: "Sagen", body: "Anders Testesen, CPR-nr. " + anders.number + ", har skizofreni og stofmisbrug." + regards},
		{to: "kollega@kommune.example", subject: "Liste", body: strings.Repeat("CPR-nr. "+anders.number+"\nCPR-nr. "+bente.number+"\n", 3) + "«Navn»" + regards},
		{to: "alle@kommune.example", subject: "Julefrokost", body: "Kære alle\n\nTilmeld jer senest den 1. december." + regards},
		{to: "alle@kommune.example", subject: "Ny kollega", body: "Velkommen til Bente Prøvesen, som begynder i Borgerservice den 1. december." + regards},
		{to: "presse@avis.example", subject: "Pressemeddelelse", body: "Borgmester Kim Byrådsen indvier den nye svømmehal. Kriminaliteten falder, og flere får behandling for misbrug." + regards},
		{to: "redaktion@avis.example", subject: "Høringssvar", body: "Kommunens høringssvar om lov om social service og bekendtgørelse om magtanvendelse." + regards},
		{to: "post@ministeriet.example", subject: "Indberetning af nøgletal", body: "Antal sygedagpengemodtagere: 412. Antal underretninger: 87. Antal anbragte børn: 41." + regards},
		{to: "post@region.example", subject: "Sundhedsaftale", body: "Udkast til ny aftale om genoptræning og psykiatri. Møde 3/12." + regards},
		{to: private, subject: "Vejledning om navne- og adressebeskyttelse", body: "Kære Anders\n\nDu kan søge om navne- og adressebeskyttelse på borger.dk. Ordningen gælder et år." + regards},
		{to: "foraelder@mail.example", subject: "Skoleindskrivning", body: "Kære forældre\n\nI kan nu indskrive jeres barn i børnehaveklasse." + regards},
		{to: "foraelder@mail.example", subject: "Lejrskole", body: "Hej alle\n\n5.b tager på lejrskole. Husk sovepose. Kontaktlærer: Mette Lærersen." + regards},
		{to: "kunde@mail.example", subject: "Kvittering", body: "Kære kunde\n\nDin betaling er modtaget. Transaktion 2903771123. Kortnr. **** 1234." + regards},
		{to: firm, subject: "RMA", body: "Serienr. 0101903344, batch 1512990001, sporing 3712345678901." + regards},
		{to: firm, subject: "Test af formular", body: "Hej Jens\n\nTestperson: Nancy Ann Test Berggren, CPR-nr. 251248-9996." + regards},
		{to: "Peter Holm <peter.holm@firma.example>", subject: "Referat af byggemøde 12", body: "Kære Peter\n\nTil stede: Lise Madsen (bygherre), Peter Holm (entreprenør), Hanne Hjælpsom.\n1. Tidsplan\n2. Økonomi" + regards},
		{to: "formand@forening.example", subject: "Tilskud til foreningen", body: "Kære formand\n\nForeningen får 25.000 kr. Formand: Ib Formandsen. CVR-nr. 87654321." + regards},
		{to: "Anders Testesen <anders@mail.example>", subject: "SV: Parkering", body: "Kære Anders\n\nSe nedenfor." + regards + "\n\nFra: Anders Testesen <anders@mail.example>\nSendt: 20. november 2026\nTil: post@kommune.example\nEmne: Parkering\n\nHej, må jeg parkere på Prøvevej?"},
		{to: "Bente Prøvesen <bente@mail.example>;Anders Testesen <anders@mail.example>", subject: "Naboorientering", body: "Kære naboer\n\nDer bygges på Prøvevej 14." + regards},
		{to: "udvalg@kommune.example;radgiver@firma.example", subject: "Dagsorden", body: "1. Godkendelse\n2. Kriminalitetsforebyggelse\n3. Eventuelt" + regards},
		{to: "support@leverandoer.example", subject: "Fejl i fagsystem", body: "Hej support\n\nSystemet viser fejl 0x80070005. Sagsnr. INC-2611240915." + regards},
	}
}

func ordinaryFiles(t *testing.T) []outgoing {
	firm := "Jens Leverandørsen <jens@leverandoer.example>"
	see := "Se vedhæftet." + regards
	one := func(name string, data []byte) map[string][]byte { return map[string][]byte{name: data} }
	csv := func(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }
	docs := func(lines ...string) []byte { return word(t, lines...) }
	return []outgoing{
		{to: private, subject: "Brev", body: "Kære Anders\n\n" + see, files: one("brev.docx", docs(letterTo(anders, "23. november 2026", "Du får et nyt pas.")...))},
		{to: private, subject: "Brev", body: see, files: one("brev.pdf", pdfFile(letterTo(anders, "23. november 2026", "Du får et nyt pas.")))},
		{to: private, subject: "Blanket", body: "Kære Anders\n\nHer er blanketten, du bad om." + regards, files: one("blanket.docx", docs(form()...))},
		{to: private, subject: "Blanket", body: see, files: one("blanket.docx", docs(form(testPerson{name: anders.name}, testPerson{name: "Anne Testesen"})...))},
		{to: private, subject: "Aktindsigt", body: "Kære Anders\n\nHermed dine akter." + regards, files: one("gammelt.docx", docs(letterTo(anders, "3. marts 2022", "Du får et nyt pas.")...))},
		{to: "Anne Testesen <anne@mail.example>", subject: "Om din mand", body: "Kære Anne\n\nSom aftalt om din mand." + regards, files: one("brev.docx", docs(letterTo(anders, "23. november 2026", "Du indkaldes til møde.")...))},
		{to: "a.testesen@mail.example", subject: "Brev", body: see, files: one("brev.docx", docs(letterTo(anders, "23. november 2026", "Du får et nyt pas.")...))},
		{to: "soeren.oedegaard@mail.example", subject: "Brev", body: see, files: one("brev.docx", docs(letterTo(testPerson{"Søren Ødegård", ""}, "23. november 2026", "Du får et nyt pas.")...))},
		{to: "soren.odegard@mail.example", subject: "Brev", body: see, files: one("brev.docx", docs(letterTo(testPerson{"Søren Ødegård", ""}, "23. november 2026", "Du får et nyt pas.")...))},
		{to: "solskin77@mail.example", subject: "Brev", body: see, files: one("brev.docx", docs(letterTo(anders, "23. november 2026", "Du får et nyt pas.")...))},
		{to: "Bo Advokatsen <bo@advokat.example>", subject: "Din klient", body: "Kære Bo\n\nKopi af afgørelsen til din klient." + regards, files: one("afg.docx", docs(letterTo(anders, "20. november 2026", "Du får medhold.")...))},
		{to: "Lise Lægesen <lise@region.example>", subject: "Kopi", body: "Kære Lise\n\n" + see, files: one("afg.pdf", pdfFile(letterTo(anders, "20. november 2026", "CPR-nr. "+anders.number)))},
		{to: "visitation@region.example", subject: "Akter", body: see, files: bundle(t, 4, -1, anders, bente, false, true)},
		{to: "visitation@region.example", subject: "Familien", body: see, files: map[string][]byte{
			"a.docx": docs(casePaper(anders, "Barnet "+anna.name+", CPR-nr. "+anna.number+".")...), "b.docx": docs(casePaper(anna, "Far: "+anders.name+".")...), "c.docx": docs(casePaper(anders, "Intet nyt.")...)}},
		{to: "visitation@region.example", subject: "To henvisninger", body: see, files: map[string][]byte{"a.docx": docs(casePaper(anders, "Henvises.")...), "b.docx": docs(casePaper(bente, "Henvises.")...)}},
		{to: firm, subject: "Personaleliste", body: see, files: one("personale.csv", csv("Navn;Afdeling;Telefon", "Hanne Hjælpsom;Borgerservice;12345678", "Ole Lederlund;Økonomi;87654321"))},
		{to: firm, subject: "Ordrer", body: see, files: one("ordrer.csv", csv("Ordrenr;Varenr;Dato", "4500123456;1203415000;24-11-2026", "4500123457;1506889996;25-11-2026"))},
		{to: firm, subject: "Kontrakt", body: see, files: one("kontrakt.docx", docs("Kontrakt", "mellem Eksempel Kommune og Leverandøren ApS", "Kontaktperson: Lise Leverandørsen", "Underskrift: Bo Firmasen", "Dato: 1. november 2026"))},
		{to: firm, subject: "Referat", body: see, files: one("referat.docx", docs("Referat af møde 24. november 2026", "Deltagere: Hanne Hjælpsom, Ole Lederlund, Jens Leverandørsen", "Afbud: Mette Mødesen", "1. Status", "2. Eventuelt"))},
		{to: "redaktion@avis.example", subject: "Byrådsreferat", body: see, files: one("byraad.pdf", pdfFile([]string{"Byrådsreferat", "Til stede: Kim Byrådsen, Pia Politikersen", "1. Budget", "2. Plejehjem og hjemmepleje"}, []string{"3. Kriminalitetsforebyggelse", "4. Eventuelt"}))},
		{to: firm, subject: "CV", body: "Hej Jens\n\nHer er vores konsulents CV." + regards, files: one("cv.docx", docs("CV", "Navn: Hanne Hjælpsom", "Født 1970", "Uddannelse: socialrådgiver"))},
		{to: "hr@firma.example", subject: "Reference", body: "Til orientering." + regards, files: one("ref.docx", docs("Referenceudtalelse", "Vedr.: Hanne Hjælpsom", "Hun har været ansat i 5 år."))},
		{to: firm, subject: "Fakturaer", body: see, files: map[string][]byte{
			"faktura-1.pdf": pdfFile([]string{"Faktura 1001", "Att.: Jens Leverandørsen", "Beløb 1.000,00"}), "faktura-2.pdf": pdfFile([]string{"Faktura 1002", "Att.: Lise Leverandørsen", "Beløb 2.000,00"}), "faktura-3.pdf": pdfFile([]string{"Faktura 1003", "Att.: Jens Leverandørsen", "Beløb 3.000,00"})}},
		{to: "foraelder@mail.example", subject: "Vejledning", body: "Kære forældre\n\n" + see, files: one("vejledning.docx", docs("Vejledning om forældremyndighed og samvær", "Familieretshuset kan hjælpe. Barnets trivsel kommer først.", "Klagevejledning", "Du kan klage inden 4 uger."))},
		{to: private, subject: "Regler", body: "Kære Anders\n\n" + see, files: one("privatliv.docx", docs("Sådan behandler vi dine personoplysninger", "Vi kan behandle oplysninger om helbred, race, politisk overbevisning, religiøs overbevisning, fagforening, seksuelle forhold og strafbare forhold."))},
	}
}

// TestOrdinaryMailPasses: not one of them may be held; few may even be marked.
func TestOrdinaryMailPasses(t *testing.T) {
	t.Parallel()
	eng := testEngine(t)
	list := ordinary(t)
	if len(list) < 60 {
		t.Fatalf("only %d mails", len(list))
	}
	warned := 0
	for i, m := range list {
		out := judge(t, eng, m)
		switch out.Verdict.Action {
		case policy.Pass:
		case policy.Warn:
			warned++
			t.Logf("mail %d, %s, to %s: %v", i, m.subject, m.to, out.Verdict.Rules)
		default:
			t.Errorf("mail %d, %s, to %s: %v", i, m.subject, m.to, out.Verdict.Rules)
		}
	}
	if warned > len(list)/20 {
		t.Errorf("%d of %d mails are marked", warned, len(list))
	}
	t.Logf("%d mails, %d marked", len(list), warned)
}
