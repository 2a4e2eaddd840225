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
