package scanner_test

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/scanner/source/letters/memo"
)

const lettersNumber = "070761-4285" // the CPR office's own printed example

func xmlMessage(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" memoVersion="1.2">` + body + `</memo:Message>`
}

func read(text string) *document.Document {
	f := &document.Formats{List: append([]document.Format{memo.Format{}}, plain.Formats()...)}
	return f.Read(context.Background(), "besked.xml", []byte(text))
}

func file(name, content string) string {
	return "<memo:File><memo:encodingFormat>text/plain</memo:encodingFormat><memo:filename>" + name + "</memo:filename><memo:content>" +
		base64.StdEncoding.EncodeToString([]byte(content)) + "</memo:content></memo:File>"
}

func TestHeader(t *testing.T) {
	doc := read(xmlMessage(`<memo:MessageHeader><memo:notification>Ny post</memo:notification>
<memo:Sender><memo:senderID>12345678</memo:senderID><memo:idType>CVR</memo:idType><memo:label>Prøve Kommune</memo:label></memo:Sender>
<memo:Recipient><memo:recipientID>0707614285</memo:recipientID><memo:idType>CPR</memo:idType><memo:label>Testperson Eksempel</memo:label>
<memo:AttentionData><memo:AttentionPerson><memo:personID>1203363951</memo:personID><memo:label>Værge Eksempel</memo:label></memo:AttentionPerson></memo:AttentionData>
<memo:ContactPoint><memo:ContactInfo><memo:label>Barnets CPR nummer</memo:label><memo:value>010203-0000</memo:value></memo:ContactInfo>
<memo:ContactInfo><memo:label>Sagsnr.</memo:label><memo:value>7777777777</memo:value></memo:ContactInfo></memo:ContactPoint></memo:Recipient>
<memo:ContentData><memo:CPRdata><memo:cprNumber>2512489996</memo:cprNumber><memo:name>Barn Eksempel</memo:name></memo:CPRdata></memo:ContentData></memo:MessageHeader>`))
	all := memo.Messages(doc)
	if len(all) != 1 || len(doc.Gaps) != 0 {
		t.Fatalf("%d messages, gaps %v", len(all), doc.Gaps)
	}
	m := all[0]
	if m.ID != "0707614285" || m.Kind != "CPR" || m.Label != "Testperson Eksempel" {
		t.Errorf("recipient %+v", m)
	}
	for _, n := range []string{"1203363951", "010203-0000", "2512489996"} {
		if !slices.Contains(m.Numbers, n) {
			t.Errorf("%s is not declared: %v", n, m.Numbers)
		}
	}
	if slices.Contains(m.Numbers, "7777777777") || !slices.Contains(m.Names, "Barn Eksempel") || !slices.Contains(m.Names, "Værge Eksempel") {
		t.Errorf("declared %v %v", m.Numbers, m.Names)
	}
	alert := slices.ContainsFunc(doc.Segments, func(s document.Segment) bool { return memo.IsAlert(s.Label) && s.Text == "Ny post" })
	labelled := slices.ContainsFunc(doc.Segments, func(s document.Segment) bool {
		return s.Text == "0707614285" && strings.Contains(s.Label, "CPR-nr.")
	})
	if !alert || !labelled {
		t.Errorf("alert %v, labelled number %v: %+v", alert, labelled, doc.Segments)
	}
}

func TestFilesAreDecoded(t *testing.T) {
	doc := read(xmlMessage("<memo:MessageBody><memo:MainDocument>" + file("brev.txt", "CPR-nr. "+lettersNumber) + file("brev.txt", "bilag to") + file("", "uden navn") +
		"</memo:MainDocument></memo:MessageBody>"))
	var paths []string
	for _, s := range doc.Segments {
		if s.At.Layer == document.Visible && strings.Count(s.At.Path, "/") == 1 {
			paths = append(paths, s.At.Path+": "+s.Text)
		}
	}
	want := "besked.xml/brev.txt: CPR-nr. " + lettersNumber + "|besked.xml/2-brev.txt: bilag to|besked.xml/dokument.txt: uden navn"
	if got := strings.Join(paths, "|"); got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestBrokenMessagesLeaveGaps(t *testing.T) {
	for name, text := range map[string]string{
		"no base64":  xmlMessage("<memo:File><memo:filename>a.txt</memo:filename><memo:content>###</memo:content></memo:File>"),
		"cut off":    xmlMessage("")[:len(xmlMessage(""))-8] + "<memo:label>" + lettersNumber + "</memo:label><",
		"too nested": xmlMessage(strings.Repeat("<memo:x>", 205) + lettersNumber),
	} {
		doc := read(text)
		if len(doc.Gaps) == 0 {
			t.Errorf("%s: no gap", name)
		}
		if name != "no base64" && !slices.ContainsFunc(doc.Segments, func(s document.Segment) bool { return strings.Contains(s.Text, lettersNumber) }) {
			t.Errorf("%s: what can be read is lost: %+v", name, doc.Segments)
		}
	}
	if (memo.Format{}).Match([]byte("<?xml version='1.0'?><a/>"), "a.xml") || (memo.Format{}).Match([]byte("se https://DigitalPost.dk/MeMo-1"), "a.txt") {
		t.Error("takes what is no message")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(xmlMessage(file("a.txt", "hej")))
	f.Add(xmlMessage("<memo:Recipient><memo:recipientID>1</memo:recipientID></memo:Recipient>"))
	f.Add(xmlMessage("<memo:content>####</memo:content><!-- x -->"))
	f.Add(strings.Repeat("<a>", 300))
	f.Fuzz(func(t *testing.T, text string) {
		doc := read(text)
		memo.Messages(doc)
	})
}
