package main

import (
	"testing"

	"brevvagt/scanner/policy"
)

// TestLifeTold: what is told of a named person's life in words of which none is sensitive
// by itself, to somebody who is not that person; and what only sounds like it.
func TestLifeTold(t *testing.T) {
	eng := testEngine(t)
	for _, c := range []struct {
		name   string
		mail   outgoing
		action policy.Action
		rule   string
	}{
		{"a boy's home to a club", outgoing{to: "formand@klub.example", subject: "Kontingent", body: "Hej\n\nVi betaler for Malthe Skov Prøvesen. Du skal vide at moren ikke kan holde sig fra flasken, og at faderen har truet ham med en kniv."}, policy.Hold, "special-category"},
		{"a tenant put out", outgoing{to: "formand@beboer.example", subject: "Nr. 44", body: "Hej\n\nJohnny Eksempelgaard er sat ud af fogeden, fordi han skylder syv måneder, og nu sover han på herberget."}, policy.Hold, "special-category"},
		{"in English", outgoing{to: "office@homes.example", subject: "Flat", body: "Dear Sir,\n\nMs Freya Exampleton moves in on Friday. Her ex-husband beat her, and she was evicted in May."}, policy.Hold, "special-category"},
		{"in German", outgoing{to: "vermietung@hof.example", subject: "Wohnung", body: "Guten Tag,\n\nFrau Katrin Beispiel zieht am Montag ein. Ihr Mann hat sie geschlagen, und das Jugendamt zahlt die Miete."}, policy.Hold, "special-category"},
		{"the name in another paragraph of the file", outgoing{to: "a@firma.example", subject: "Noter", body: "Her er noterne.", files: map[string][]byte{"n.docx": word(t, "Hos: Katja Prøvesen og drengene", "Lugt af hash. Den mindste havde blå mærker, og hun skreg, at hun ikke magter mere.")}}, policy.Hold, "special-category"},
		{"who writes of himself", outgoing{to: "redaktion@avis.example", subject: "Aktindsigt", body: "Hermed bilagene.", files: map[string][]byte{"b.docx": word(t, "Fra: Hanne Prøvesen", "Til: Byg", "Jeg har brystkræft og er i kemo frem til marts.")}}, policy.Hold, "special-category"},
		{"a rare name before its verb", outgoing{to: "styret@bolig.example", subject: "12", body: "Hei\n\nLeietakeren, Geir Eksempelstad, har schizofreni."}, policy.Hold, "special-category"},
		{"the reader's own life", outgoing{to: private, subject: "Din sag", body: "Kære Anders\n\nDu skylder penge, og din ekskone har truet dig. Ring til Lone Prøvesen i morgen."}, policy.Pass, ""},
		{"a family at a reception", outgoing{to: "redaktion@avis.example", subject: "25 år", body: "Gitte Prøvesen er gift med Jørgen og mor til tre. Hendes søn og datter holder tale."}, policy.Pass, ""},
		{"a firm's debt", outgoing{to: "kurator@bo.example", subject: "Krav", body: "Direktør Poul Eksempel har lovet levering. Hans søn Morten Eksempel har nøglerne. Virksomheden skylder flere penge væk."}, policy.Pass, ""},
		{"long ago", outgoing{to: "redaktion@blad.example", subject: "Tugthuset", body: "I 1811 blev Karen Prøvesdatter dømt, fordi hun havde kvalt sit spædbarn. Hun afsonede tyve år."}, policy.Pass, ""},
		{"a vacancy", outgoing{to: "kontakt@job.example", subject: "Jobopslag", body: "Straffeattest og børneattest indhentes ved samtalen. Spørgsmål til Jesper Prøvesen."}, policy.Pass, ""},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, judge(t, eng, c.mail), c.action, c.rule) })
	}
}

// TestToldToOthers: what is nobody's business but somebody else's than the reader: a
// decision on another, an employee's matter, one known to many by first name, a treatment
// told to a club; and the ordinary mails that look alike.
func TestToldToOthers(t *testing.T) {
	eng := testEngine(t)
	parents := "Anne Aagren <anne.aagren@mail.example>, Bo Bilde <bo.bilde@mail.example>, Carl Cramon <carl.cramon@mail.example>, Dina Dorf <dina.dorf@mail.example>"
	const own = "Kære Anders Testesen\n\nDin ansøgning er behandlet.\n\n"
	for _, c := range []struct {
		name   string
		mail   outgoing
		action policy.Action
		rule   string
	}{
		{"citizens by what they have in common", outgoing{to: "info@madservice.example", subject: "Liste", body: "Hej\n\nHer er de borgere, der er i alkoholbehandling hos os:\n\nOle Prøvesen\nPia Eksempel\nKim Testesen\n\nHilsen Else"}, policy.Hold, "special-category"},
		{"children by a notification", outgoing{to: "info@hal.example", subject: "Underretninger", body: "Hej\n\nDet drejer sig om disse børn:\n- Ole Prøvesen (7 år)\n- Pia Eksempel (9 år)"}, policy.Hold, "special-category"},
		{"those who work with them", outgoing{to: "info@madservice.example", subject: "Frokost", body: "Hej\n\nMedarbejdere i alkoholbehandlingen, der spiser med:\n\nOle Prøvesen\nPia Eksempel\nKim Testesen"}, policy.Pass, ""},
		{"somebody beside a published test number", outgoing{to: private, subject: "Test", body: "Hej\n\nNancy Ann Test Berggren 251248-9996 er testborger. Ole Prøvesen har psykose og er indlagt."}, policy.Hold, "special-category"},
		{"a decision on another", outgoing{to: private, subject: "Svar", body: own + "Bente Prøvesen har ingen formue. Hun er derfor berettiget til 4.000 kr. om måneden, og Bente Prøvesen skal melde flytning."}, policy.Hold, "addressee-mismatch"},
		{"another paid too much", outgoing{to: private, subject: "Svar", body: "Kære Anders Testesen\n\nVi påtænker at kræve 4.200 kr. tilbage. Bente Prøvesen har fået udbetalt for meget boligstøtte i marts, fordi hendes søn fraflyttede. Du kan udtale dig inden 14 dage."}, policy.Hold, "addressee-mismatch"},
		{"another by his post", outgoing{to: private, subject: "Svar", body: own + "Udlejer Bo Prøvesen modtager indskuddet, fordi du er berettiget til lånet. Bo Prøvesen har ret til at se kvitteringen."}, policy.Pass, ""},
		{"one whom the reader lives with", outgoing{to: private, subject: "Svar", body: own + "Du bor sammen med Bente Prøvesen. Bente Prøvesen modtager SU, og I er berettiget til tilskud."}, policy.Pass, ""},
		{"a warning to an employee at a firm", outgoing{to: "ordre@maler.example", subject: "Brev", body: "Til gartner Hugo Prøvesen\n\nDu får hermed en skriftlig advarsel, fordi du tre gange er udeblevet."}, policy.Hold, "special-category"},
		{"a dismissal told to a caterer", outgoing{to: "ordre@smørrebrød.example", subject: "Frokost", body: "Vi er færre på fredag, for Bente Prøvesen er opsagt efter samarbejdsproblemer."}, policy.Hold, "special-category"},
		{"the same with a letter that is shorter when it is small", outgoing{to: "ordre@smørrebrød.example", subject: "Frokost", body: "Hej İsmail\n\nVi er færre på fredag, for Bente Prøvesen er opsagt efter samarbejdsproblemer."}, policy.Hold, "special-category"},
		{"the same to a union", outgoing{to: "post@foa-prøveby.example", subject: "Brev", body: "Til gartner Hugo Prøvesen\n\nDu får hermed en skriftlig advarsel, fordi du tre gange er udeblevet."}, policy.Warn, "special-category"},
		{"an employee's own", outgoing{to: private, subject: "Brev", body: "Kære Anders Testesen\n\nDu indkaldes til en tjenstlig samtale på mandag."}, policy.Warn, "special-category"},
		{"a course on warnings", outgoing{to: "info@kurser.example", subject: "Kursus", body: "Emnet er skriftlig advarsel og tjenstlig samtale. Kontakt Bente Prøvesen om skriftlig advarsel i praksis."}, policy.Pass, ""},
		{"one pupil to many parents", outgoing{to: parents, subject: "Uro", body: "Kære Anne\n\nDet er Valdemar, der kaster med stole. Han er blevet diagnosticeret med Tourettes syndrom, og der er lavet en underretning."}, policy.Hold, "special-category"},
		{"a teacher to many parents", outgoing{to: parents, subject: "Vikar", body: "Kære forældre\n\nVi har fået Valdemar som vikar. Han har arbejdet med børn med autisme og har skrevet om underretning."}, policy.Warn, ""},
		{"treatment to a club called after somebody", outgoing{to: "Egon Eksempel Mindeløb <staevne@klub.example>", subject: "Samtale", body: "Behandlingssamtale for Egon Eksempel om tilbagefald og kokain."}, policy.Hold, "special-category"},
		{"the race itself", outgoing{to: "Egon Eksempel Mindeløb <staevne@klub.example>", subject: "Egon Eksempel Mindeløb", body: "I har fået ruten godkendt, og Rusmiddelcentret låner jer pladsen."}, policy.Pass, ""},
		{"in everyday words, by a scale", outgoing{to: private, subject: "Torsdag", body: "Hej Anders\n\nDu må gerne se til Bente Prøvesen. Hun fik 19 på EPDS, hun magter ikke den lille, og hendes kæreste er skredet."}, policy.Hold, "special-category"},
		{"what somebody lives on, to another", outgoing{to: private, subject: "Svar", body: own + "Bente Prøvesen lever alene for sin folkepension. Tillægget til Bente Prøvesen sættes til 70 procent."}, policy.Hold, "addressee-mismatch"},
		{"sick days by the number, to a garage", outgoing{to: "Anders Testesen <a@auto.example>", subject: "Svar", body: "Hej Anders\n\nBente Prøvesen har 90 fraværsdage og er indstillet til afsked."}, policy.Hold, "special-category"},
		{"a course on scales", outgoing{to: private, subject: "Kursus", body: "Hej Anders\n\nVi gennemgår EPDS, MDI, WHO-5 og GAF. Bente Prøvesen underviser."}, policy.Pass, ""},
		{"an exercise elsewhere in the mail", outgoing{to: private, subject: "Torsdag", body: "Hej Anders\n\nVi slutter med en fiktiv sag i plenum.\n\nBente Prøvesen i nr. 4 har skizofreni og er tvangsindlagt."}, policy.Hold, "special-category"},
		{"the exercise", outgoing{to: private, subject: "Torsdag", body: "Hej Anders\n\nFiktiv sag:\n\nBente Prøvesen i nr. 4 har skizofreni og er tvangsindlagt."}, policy.Warn, "special-category"},
		{"a shelter in a signature", outgoing{to: "info@kurser.example", subject: "Kursus", body: "Hej\n\nEmner: vold, stalking og hemmelig adresse. Vi er 30.\n\nDe bedste hilsner\n\nBente Prøvesen\nTeamleder\nPrøve Kommune, Krisecenter Havblik"}, policy.Pass, ""},
		{"a shelter in a sentence above it", outgoing{to: "info@tømrer.example", subject: "Dør", body: "Hej\n\nDet er der, Hanne Prøvesen bor med sine børn. Hun flygtede fra sin mand, og han må ikke vide, at hun er på krisecenter.\n\nHilsen\n\nBente Prøvesen"}, policy.Hold, ""},
		{"where one stays, told from a shelter", outgoing{to: private, subject: "Samvær", body: "Hej Anders\n\nDin ekskone bor nu på Prøvevej 44, så chaufføren kører derfra.\n\nHilsen\n\nBente Prøvesen\nKrisecenter Havblik"}, policy.Hold, "protected-address"},
		{"what members of a council speak for", outgoing{to: "post@forening.example", subject: "Referat af rådet", body: "Kære alle\n\nTil stede: Bente Prøvesen (Synshandicappede), Hanne Prøvegaard (Gigt), Anders Prøvelund (Kræft). Afbud: Mette Prøveskov (Demens).\n\nPkt. 1: Bente Prøvesen mente, at misbrugere skal have et værested. Hanne er kritisk."}, policy.Pass, ""},
		{"a member who is ill", outgoing{to: "post@forening.example", subject: "Referat af rådet", body: "Kære alle\n\nTil stede: Bente Prøvesen (Synshandicappede), Hanne Prøvegaard (Gigt). Afbud: Mette Prøveskov (Demens).\n\nMette Prøveskov er indlagt med en psykose."}, policy.Hold, "special-category"},
		{"who goes on a trip", outgoing{to: "post@rejser.example", subject: "Tur", body: "Hej\n\nDeltagere: Bente Prøvesen (Skizofreni), Hanne Prøvegaard (HIV), Anders Prøvelund (Bipolar)."}, policy.Hold, "special-category"},
		{"a reminder that names nobody", outgoing{to: "Lægerne Havnegade <post@klinikken.example>", subject: "Rykker", body: "Til lægesekretæren\n\nVi mangler en statusattest. I finder bestillingen i systemet. Vi skriver med vilje hverken navn eller CPR-nummer her."}, policy.Pass, ""},
		{"a policy and who wrote it", outgoing{to: "info@trivsel.example", subject: "Udkast", body: "Hej\n\nHer er vores politik om vold, mobning og sygefravær. Kapitel 3 handler om tjenstlige samtaler og advarsler, kapitel 4 om beruselse. Bente Prøvesen og Hanne Prøvegaard er i gruppen. Bente har skrevet afsnittet om stress, Hanne det om alkohol."}, policy.Pass, ""},
		{"who tells a class of drugs", outgoing{to: "klasse@friskole.example", subject: "Besøg", body: "Hej\n\nAnders Prøvesen og Hanne Prøvegaard fortæller om hash, kokain og gæld til pushere, og om når far eller mor drikker."}, policy.Pass, ""},
		{"an alarm and whom to call", outgoing{to: "vagt@alarm.example", subject: "Alarm", body: "Hej\n\nAlarmen på krisecentret Havblik er skiftet. Ring til Hanne Prøvegaard, før I kører."}, policy.Pass, ""},
		{"a party", outgoing{to: "info@teater.example", subject: "Fest", body: "Hej\n\nJonas Prøvesen spiller, børnene danser, og mor til trommeslageren bager. Der er øl, sofaen er fra kælderen, og trappen er malet. Penge betales i døren."}, policy.Pass, ""},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, judge(t, eng, c.mail), c.action, c.rule) })
	}
}
