package breach

import (
	"net/http"
	"strings"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// field is something to copy from. Ref is the place in the regulation.
// Hint is the key of a word beside it, "" for none.
type field struct{ ID, Ref, Label, Text, Hint string }

type notificationView struct {
	No, Deadline, Left string
	Notified           string // when the authority was, "" before
	Late, Running      bool   // Late is without a reason yet
	Averted, CanEdit   bool
	Fields, More       []field
}

// Notification lists what GDPR Art. 33(3) asks for, filled in from the entry, to be
// copied into the authority's form. The labels of that form are not known to us, so
// ours are the regulation's and the page says so.
func (s *Pages) Notification(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	v := notificationView{No: d.No, Averted: d.Status == register.Averted, CanEdit: s.May(u.Role, "GET", "/fortegnelse/ny"), Deadline: words.LongTime(l, d.Deadline), Notified: words.LongTime(l, d.Extra.Notified),
		Late: d.Late(s.Now()) && d.Extra.LateReason == "", Running: d.Status == register.Breach && !d.Deadline.IsZero()}
	if v.Running && v.Notified == "" {
		v.Left = words.TimeLeft(l, d.Deadline.Sub(s.Now()))
	}
	v.Fields, v.More = s.asked(d), alsoAsked(d)
	if v.Late || d.Extra.LateReason != "" {
		v.Fields = append(v.Fields, field{ID: "forsinket", Ref: "33(1)", Label: "notify.late", Text: orBlank(d.Extra.LateReason)})
	}
	p := s.NewPage(r, &u, words.Text(l, "notify.title", d.No))
	p.Data = v
	s.Render(w, http.StatusOK, "notification", p)
}

// orBlank is a text to copy, or the place where a person is to write.
func orBlank(text string) string {
	if strings.TrimSpace(text) == "" {
		return blank("notify.fill")
	}
	return words.CleanLines(text, 10*words.Long)
}

func blank(key string) string { return "[" + words.Text(words.Danish, key) + "]" }

// asked are the fields of Art. 33(3), in Danish whatever the language of the page: what is
// copied goes to a Danish authority.
func (s *Pages) asked(d *register.Draft) []field {
	list := []field{
		{ID: "art", Ref: "33(3)(a)", Label: "notify.nature", Text: orBlank(d.What)},
		{ID: "hvornaar", Ref: "33(3)(a)", Label: "notify.when", Text: "Hændelse start: " + orBlank(date(d.Start)) + "\nOpdaget: " + orBlank(words.LongTime(words.Danish, d.Discovered)) + "\nBekræftet: " + orBlank(words.LongTime(words.Danish, d.Confirmed))},
		{ID: "kategorier", Ref: "33(3)(a)", Label: "notify.categories", Text: orBlank(strings.Join(d.DataTypes, ", "))},
		{ID: "hvem", Ref: "33(3)(a)", Label: "notify.who", Text: blank("notify.who.fill")},
		{ID: "personer", Ref: "33(3)(a)", Label: "notify.persons", Text: orBlank(d.Extra.Persons)},
		{ID: "poster", Ref: "33(3)(a)", Label: "notify.records", Text: orBlank(d.Extra.Records)},
	}
	contact := field{ID: "kontakt", Ref: "33(3)(b)", Label: "notify.contact", Text: strings.Join(nonEmpty(s.Contact.Name, s.Contact.Mail, s.Contact.Phone), "\n")}
	if contact.Text == "" {
		contact.Text, contact.Hint = blank("notify.fill"), "notify.contact.hint"
	}
	return append(list, contact,
		field{ID: "konsekvenser", Ref: "33(3)(c)", Label: "notify.consequences", Text: orBlank(d.Consequences)},
		field{ID: "foranstaltninger", Ref: "33(3)(d)", Label: "notify.measures", Text: orBlank(d.Measures)})
}

// alsoAsked is what the form is remembered to ask for beside Art. 33(3). That is not
// confirmed, so the page does not call it official.
func alsoAsked(d *register.Draft) []field {
	told := d.Informed
	if !register.Decided(told) {
		told = ""
	}
	if at := words.LongTime(words.Danish, d.Extra.Told); at != "" {
		told = strings.TrimPrefix(told+", "+at, ", ")
	}
	return []field{{Label: "notify.cause", Text: orBlank(d.Type)}, {Label: "notify.told", Text: orBlank(told)}}
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, words.Clean(s, words.Short))
		}
	}
	return out
}

// question is a step of the path to telling the persons. Key leads to its texts.
type question struct {
	ID, Key, Answer string
}

type tellView struct {
	No        string
	Averted   bool // nobody got anything
	Open      bool // the questions were asked for all the same
	Questions []question
	Answer    string // key of what the answers point to, "" while some are missing
	Letters   []field
}

// Telling leads through the questions of GDPR Art. 34 and offers drafts of letters.
// The answers stay in the address and are not kept.
func (s *Pages) Telling(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	v := tellView{No: d.No, Averted: d.Status == register.Averted, Letters: s.letters(d)}
	answers := make(map[string]string)
	for _, id := range []string{"risiko", "ulaeselig", "afhjulpet", "besvaer"} {
		a := r.URL.Query().Get(id)
		if a != "ja" && a != "nej" {
			a = ""
		}
		answers[id] = a
		v.Open = v.Open || a != ""
		v.Questions = append(v.Questions, question{id, "tell." + id, a})
	}
	v.Answer = tellAnswer(answers)
	p := s.NewPage(r, &u, words.Text(l, "tell.title", d.No))
	p.Data = v
	s.Render(w, http.StatusOK, "telling", p)
}

// tellAnswer is the key of where the answers lead.
func tellAnswer(a map[string]string) string {
	switch {
	case a["risiko"] == "nej":
		return "tell.answer.low"
	case a["risiko"] == "":
		return ""
	case a["ulaeselig"] == "ja" || a["afhjulpet"] == "ja":
		return "tell.answer.exempt"
	case a["ulaeselig"] == "" || a["afhjulpet"] == "" || a["besvaer"] == "":
		return ""
	case a["besvaer"] == "ja":
		return "tell.answer.public"
	}
	return "tell.answer.tell"
}

// letters are drafts in plain Danish, whatever the language of the page: to the
// persons, to somebody who got what was not theirs, and to Digital Post. What the
// program does not know stands in square brackets.
func (s *Pages) letters(d *register.Draft) []field {
	types := "[hvilke oplysninger]"
	if len(d.DataTypes) > 0 {
		types = words.Clean(strings.Join(d.DataTypes, ", "), words.Long)
	}
	day := date(d.Start)
	if day == "" {
		day = "[dato]"
	}
	sender := words.Clean(s.Organisation, words.Short)
	if sender == "" {
		sender = "[kommunens navn]"
	}
	contact := strings.Join(nonEmpty(s.Contact.Name, s.Contact.Mail, s.Contact.Phone), ", ")
	if contact == "" {
		contact = "[DPO'ens navn, mail og telefon]"
	}
	measures := "[hvad kommunen har gjort]"
	if d.Measures != "" {
		measures = words.CleanLines(d.Measures, 4*words.Long)
	}
	return []field{
		{ID: "borger", Label: "tell.letter.citizen", Text: "Kære [navn]\n\nVi er kommet til at sende oplysninger om dig til en forkert modtager. Det beklager vi meget.\n\nHvad er der sket?\nDen " + day + " blev oplysninger om dig sendt til [hvem, fx en anden borger eller en anden myndighed]. Det drejer sig om: " + types +
			".\n\nHvad kan det betyde for dig?\n[De sandsynlige konsekvenser i et enkelt sprog.]\n\nHvad har vi gjort?\n" + measures +
			"\n\nHvad kan du selv gøre?\n[Fx: Er dit CPR-nummer kommet videre, kan du indsætte en kreditadvarsel i CPR på borger.dk.]\n\nHar du spørgsmål, kan du kontakte vores databeskyttelsesrådgiver: " + contact +
			".\nDu kan klage til Datatilsynet, hvis du er utilfreds med, hvordan vi behandler dine oplysninger.\n\nVenlig hilsen\n" + sender},
		{ID: "modtager", Label: "tell.letter.recipient", Text: "Hej\n\nDu har den " + day + " fået en forsendelse fra " + sender + ", som ved en fejl indeholder oplysninger, der ikke er til dig.\n\nVi beder dig om at\n- slette forsendelsen, også fra \"Slettet post\", og makulere det, du har skrevet ud,\n- ikke at læse, gemme eller dele oplysningerne,\n- svare på denne mail, når du har gjort det, og skrive, om andre har set dem.\n\nSlet venligst også oplysningerne, hvis du har gemt dem andre steder.\n\nTak for hjælpen, og undskyld ulejligheden.\n\nVenlig hilsen\n" + sender},
		{ID: "eboks", Label: "tell.letter.withdraw", Text: "Hej\n\n" + sender + " har den " + day + " ved en fejl sendt et brev til en forkert modtager i Digital Post.\n\nVi anmoder som afsender om, at brevet bliver gjort utilgængeligt for modtageren. Vedlagt er dokumentation for, at vi er afsender.\n\nAfsendelsens id: [id]\nTidspunkt for afsendelse: [tidspunkt]\nBegrundelse: Brevet indeholder oplysninger om en anden borger.\n\nBekræft venligst, når det er gjort, og oplys, om brevet er åbnet.\n\nVenlig hilsen\n" + sender},
	}
}

// severityView is the score in words.
type severityView struct {
	No         string
	Score      string
	Band       register.Band
	Formula    string
	Colour     string
	Context    []choice
	Ease       []choice
	Confidence []choice
	Integrity  []choice
	Available  []choice
	Malice     bool
	Problem    string
	HasScore   bool
	CanEdit    bool
	Examples   []exampleView
}

// exampleView is a case of the EDPB's that resembles the entry.
type exampleView struct{ Title, Notify, Tell string }

func examples(l words.Lang, d *register.Draft) []exampleView {
	answer := func(yes bool) string {
		if yes {
			return words.Text(l, "edpb.yes")
		}
		return words.Text(l, "edpb.no")
	}
	var list []exampleView
	for _, e := range register.Examples(d) {
		title := e.Danish
		if l == words.English {
			title = e.English
		}
		list = append(list, exampleView{words.Text(l, "edpb.no.title", e.No, title), answer(e.Notify), answer(e.Tell)})
	}
	return list
}

func severityOf(l words.Lang, s register.Severity) severityView {
	hundredths := func(n int) string { return words.Decimal(l, n) }
	v := severityView{HasScore: true, Score: hundredths(s.Score()), Band: s.Band(),
		Formula: hundredths(s.Context) + " × " + hundredths(s.Ease) + " + " + hundredths(s.Circumstance) + " = " + hundredths(s.Score())}
	v.Colour = map[register.Band]string{register.Low: "success", register.Medium: "info", register.High: "warning", register.VeryHigh: "error"}[v.Band]
	return v
}

// Severity shows the parts of the score.
func (s *Pages) Severity(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.entry(w, r); ok {
		s.severity(w, r, d, http.StatusOK, "")
	}
}

func (s *Pages) severity(w http.ResponseWriter, r *http.Request, d *register.Draft, status int, problem string) {
	u, _ := s.User(r)
	l := frame.Language(r)
	v := severityView{}
	now := register.Severity{}
	if d.Extra.Severity != nil {
		now = *d.Extra.Severity
		v = severityOf(l, now)
	}
	v.No, v.Problem, v.Examples, v.CanEdit = d.No, problem, examples(l, d), s.May(u.Role, "GET", "/fortegnelse/ny")
	pick := func(key string, chosen int, values ...int) []choice {
		var out []choice
		for _, n := range values {
			id := hundredthsID(n)
			out = append(out, choice{id, words.Known(l, key, id), v.HasScore && n == chosen})
		}
		return out
	}
	v.Context = pick("severity.dpc", now.Context, 100, 200, 300, 400)
	v.Ease = pick("severity.ei", now.Ease, 25, 50, 75, 100)
	parts := splitCircumstance(d.Extra.Severity)
	v.Confidence = pick("severity.conf", parts[0], 0, 25, 50)
	v.Integrity = pick("severity.int", parts[1], 0, 25, 50)
	v.Available = pick("severity.avail", parts[2], 0, 25, 50)
	v.Malice = parts[3] > 0
	p := s.NewPage(r, &u, words.Text(l, "severity.title", d.No))
	if r.Method != http.MethodGet {
		p.Path = "/fortegnelse/" + d.No + "/alvor"
	}
	p.Data = v
	s.Render(w, status, "severity", p)
}

func hundredthsID(n int) string {
	return map[int]string{0: "0", 25: "025", 50: "05", 75: "075", 100: "1", 200: "2", 300: "3", 400: "4"}[n]
}

// splitCircumstance gives the parts of CB as they were chosen.
func splitCircumstance(s *register.Severity) [4]int {
	if s == nil {
		return [4]int{}
	}
	return [4]int{s.Confidentiality, s.Integrity, s.Availability, s.Malice}
}

// SaveSeverity keeps an assessment with the entry.
func (s *Pages) SaveSeverity(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	read := func(name string) int {
		for _, n := range []int{0, 25, 50, 75, 100, 200, 300, 400} {
			if r.PostFormValue(name) == hundredthsID(n) {
				return n
			}
		}
		return -1
	}
	sev := register.Severity{Context: read("dpc"), Ease: read("ei"), Confidentiality: read("fortrolighed"), Integrity: read("integritet"), Availability: read("tilgaengelighed")}
	if r.PostFormValue("ond") == "ja" {
		sev.Malice = 50
	}
	sev.Circumstance = sev.Confidentiality + sev.Integrity + sev.Availability + sev.Malice
	if err := sev.Check(); err != nil {
		s.severity(w, r, d, http.StatusUnprocessableEntity, words.Text(l, "problem.severity"))
		return
	}
	e := desk.EntryOf(d)
	e.Extra.Severity = &sev
	if _, err := s.Desk.Edit(r.Context(), u.Name, d.No, e); err != nil {
		status, problem := s.problem(l, err)
		if status == http.StatusInternalServerError {
			s.Broken(w, r, "save an assessment", err)
			return
		}
		s.severity(w, r, d, status, problem)
		return
	}
	s.Tell(r, "flash.severity")
	http.Redirect(w, r, "/fortegnelse/"+d.No+"/alvor", http.StatusSeeOther)
}
