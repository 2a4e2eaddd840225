package plain

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain/looks"
	"brevvagt/document/plain/table"
	"brevvagt/internal/prose"
)

func canaries(n int) []string {
	var all []string
	for i := range n {
		all = append(all, documenttest.Canary(i))
	}
	return all
}

func TestText(t *testing.T) {
	c := canaries(3)
	documenttest.Run(t, documenttest.Suite{
		Format:    Text{},
		OpenEnded: true,
		Samples: []documenttest.Sample{
			{Name: "note.txt", Data: []byte("Første linje\nCPR " + c[0] + "\n\nAndet afsnit " + c[1] + "\n"), Canaries: c[:2]},
			{Name: "utf16.log", Data: utf16("Blåbær " + c[0] + "\r\n\r\n" + c[1]), Canaries: c[:2]},
			{Name: "1252.md", Data: []byte("Bl\xe5b\xe6r " + c[0]), Canaries: []string{"Blåbær " + c[0]}},
			{Name: "hyphen.txt", Data: []byte("080166-\n0576"), Canaries: []string{"080166- 0576"}},
		},
	})
}

func utf16(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

func TestTextKeepsLineNumbers(t *testing.T) {
	d := documenttest.Read(t, Formats(), "a.txt", []byte("a\n\n\nb\nc\n\nd"))
	var got []string
	for _, s := range d.Segments {
		got = append(got, fmt.Sprintf("%d:%s", s.At.Line, s.Text))
	}
	if want := []string{"1:a", "4:b\nc", "7:d", "0:a.txt"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBinaryIsNotText(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 64; n < 20_000; n *= 2 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		for _, f := range Formats() {
			if f.Match(data, "tal.txt") {
				t.Errorf("%s takes %d random bytes", f.Name(), n)
			}
		}
	}
	for _, head := range []string{"%PDF-1.7\nabc", "PK\x03\x04abc", "", "\x00\x01\x02\x03\x00\x00abcdefghijklmnopqrstuvwxyz"} {
		if (Text{}).Match([]byte(head), "a.txt") {
			t.Errorf("text takes %q", head)
		}
	}
}

func TestHTML(t *testing.T) {
	c := canaries(12)
	body := `<html><head><title>Titel ` + c[0] + `</title><style>p{}</style></head><body>
<p>Hej <b>` + c[1][:4] + `</b>` + c[1][4:] + `</p>
<p title="` + c[2] + `">x</p><img alt="` + c[3] + `" src="cid:1">
<input value="` + c[4] + `"><a href="mailto:a@b.example?subject=` + c[5] + `">link</a>
<!-- ` + c[6] + ` --><div style="display: none">` + c[7] + `</div>
<script>var x = {"cpr": "` + c[8] + `"};</script>
<table><tr><td>` + c[9][:6] + `</td><td>` + c[9][6:] + `</td></tr></table>
<p>` + c[10][:6] + `<span style="display:none">skjult</span>` + c[10][6:] + `</p>
<p>&#48;` + "1&#48;2" + `37-1234</p></body></html>`
	want := append(c[:11:11], "010237-1234")
	documenttest.Run(t, documenttest.Suite{
		Format:    HTML{},
		OpenEnded: true,
		Samples:   []documenttest.Sample{{Name: "side.html", Data: []byte(body), Canaries: want}},
	})
	d := documenttest.Read(t, Formats(), "side.html", []byte(body))
	for i, layer := range map[int]document.Layer{1: document.Visible, 4: document.Visible, 6: document.Hidden, 7: document.Hidden, 8: document.Hidden, 10: document.Visible} {
		found := documenttest.Find(d, c[i])
		if len(found) == 0 || found[0].At.Layer != layer {
			t.Errorf("canary %d: %+v, want layer %s", i, found, layer)
		}
	}
}

func TestHTMLCells(t *testing.T) {
	tests := []struct{ name, rows, want string }{
		{"spread number", "<td>201043</td><td>-6276</td>", "201043-6276"},
		{"dash with the first", "<td>201043-</td><td>6276</td>", "201043-6276"},
		{"paragraph in each cell", "<td><p>201043</p></td>\n<td><p>-6276</p></td>", "201043-6276"},
		{"a box a digit", "<td>2</td><td>0</td><td>1</td><td>0</td><td>4</td><td>3</td><td>-</td><td>6</td>", "201043-6"},
		{"others stay apart", "<td>Beløb</td><td>201043</td><td>6276</td>", "Beløb\t201043\t6276"},
		{"words", "<td>Navn</td><td>By</td>", "Navn\tBy"},
	}
	for _, tt := range tests {
		d := documenttest.Read(t, Formats(), "", []byte("<table><tr>"+tt.rows+"</tr><tr><td>næste</td></tr></table>"))
		if len(d.Segments) < 2 || d.Segments[0].Text != tt.want || d.Segments[1].Text != "næste" {
			t.Errorf("%s: %s", tt.name, documenttest.Describe(d))
		}
	}
}

func TestHTMLReadingsAboveWords(t *testing.T) {
	for _, tt := range []struct{ body, shown, above string }{
		{"<p>nr <ruby>2010<rt>to nul</rt></ruby><ruby>43-6276<rt>fire</rt></ruby></p>", "nr 201043-6276", "to nul fire"},
		{"<p><ruby>CPR<rp>(</rp><rt><b>201043</b>-6276</rt><rp>)</rp></ruby></p>", "CPR", "( 201043-6276 )"},
		{"<p>a <ruby>b<rt>c</ruby> d<p>e", "a b d", "c"},
		{"<p>a <ruby>b<rt>201043-6276<p>e", "a b", "201043-6276"},
	} {
		d := documenttest.Read(t, Formats(), "a.html", []byte(tt.body))
		for _, want := range []string{tt.shown, tt.above} {
			if s := documenttest.Find(d, want); len(s) != 1 || s[0].At.Layer != document.Visible {
				t.Errorf("%s: %s", tt.body, documenttest.Describe(d))
			}
		}
	}
}

func TestHTMLHeadingsLabelTheirColumn(t *testing.T) {
	c := canaries(2)
	d := documenttest.Read(t, Formats(), "a.html", []byte("<table><tr><th>Navn<th>CPR-nr.</tr><tr><td>Testperson<td>"+c[0]+
		"</tr></table><table><tr><th>CPR<td>"+c[1]+"</table>"))
	if s := documenttest.Find(d, c[0]); len(s) != 1 || s[0].Label != "CPR-nr." || s[0].At.Cell != "B2" || s[0].Text != c[0] {
		t.Errorf("%+v", s)
	}
	if s := documenttest.Find(d, c[1]); len(s) != 1 || s[0].Text != "CPR\t"+c[1] {
		t.Errorf("%+v", s)
	}
	d = documenttest.Read(t, Formats(), "a.html", []byte("<table><tr><th>A<th>B</tr><tr>"+c[0]+"</tr><tr>"+c[1]+"<td>x</table>"))
	if !documenttest.Has(d, c[0]) || !documenttest.Has(d, c[1]) {
		t.Errorf("text outside a cell is lost: %s", documenttest.Describe(d))
	}
}

func TestHTMLOfAMailHasHistory(t *testing.T) {
	html := `<div>nyt</div><blockquote type="cite"><p>gammelt</p></blockquote><p>mere nyt</p>
<p><b>Fra:</b> A<br><b>Sendt:</b> i går<br><b>Til:</b> B</p><p>historie</p>`
	f := document.Formats{List: []document.Format{wrap{html}, HTML{}}}
	d := f.Read(context.Background(), "m", []byte("x"))
	want := map[string]document.Layer{"nyt": document.Visible, "gammelt": document.Quoted, "mere nyt": document.Visible, "historie": document.Quoted}
	for _, s := range d.Segments {
		if l, ok := want[s.Text]; ok && l != s.At.Layer {
			t.Errorf("%q stands in layer %s, want %s", s.Text, s.At.Layer, l)
		}
		delete(want, s.Text)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v; %s", want, documenttest.Describe(d))
	}
}

// wrap plays the mail around an HTML body.
type wrap struct{ body string }

func (wrap) Name() string                     { return "wrap" }
func (wrap) Match(head []byte, _ string) bool { return string(head) == "x" }
func (w wrap) Read(_ context.Context, _ document.Input, out *document.Builder) error {
	out.ChildBytes("del-1.html", []byte(w.body), document.Input{Type: "text/html; charset=utf-8", MadeUp: true})
	return nil
}

func TestHTMLPictureInsideThePage(t *testing.T) {
	d := documenttest.Read(t, Formats(), "a.html", []byte(`<p><img src="data:text/plain;base64,MDcwNzYxLTQyODU="></p>`))
	if !documenttest.Has(d, "070761-4285") {
		t.Error(documenttest.Describe(d))
	}
}

func TestTable(t *testing.T) {
	c := canaries(4)
	documenttest.Run(t, documenttest.Suite{
		Format:    table.CSV{},
		OpenEnded: true,
		Samples: []documenttest.Sample{
			{Name: "a.csv", Data: []byte("Navn;CPR\nTestperson;" + c[0] + "\nEksempel;\"" + c[1] + "\"\n"), Canaries: c[:2]},
			{Name: "b.tsv", Data: []byte("Navn\tCPR\r\nA\t" + c[2] + "\r\n"), Canaries: c[2:3]},
			{Name: "open.csv", Data: []byte("a,b\n\"never closed," + c[3] + "\nx"), Canaries: c[3:]},
		},
	})
	d := documenttest.Read(t, Formats(), "a.csv", []byte("\xef\xbb\xbfNavn;CPR-nr.\nTestperson;"+c[0]+"\n"))
	found := documenttest.Find(d, c[0])
	if len(found) != 1 || found[0].Label != "CPR-nr." || found[0].At.Cell != "B2" || found[0].At.Line != 2 {
		t.Errorf("%+v", found)
	}
	d = documenttest.Read(t, Formats(), "a.csv", []byte("A;"+c[0]+"\nB;"+c[1]+"\n"))
	if s := documenttest.Find(d, c[1]); len(s) != 1 || s[0].Label != "" {
		t.Errorf("a row of data became headings: %+v", s)
	}
	if looks.Column(0) != "A" || looks.Column(25) != "Z" || looks.Column(26) != "AA" || looks.Column(701) != "ZZ" {
		t.Error("column names")
	}
}

func TestXML(t *testing.T) {
	c := canaries(4)
	data := `<?xml version="1.0" encoding="windows-1252"?><sag nr="` + c[0] + `"><CPR_NR>` + c[1] + `</CPR_NR>
<tekst>bl` + "\xe5" + ` ` + c[2][:5] + `<b>` + c[2][5:] + `</b> slut</tekst><!-- ` + c[3] + ` --></sag>`
	documenttest.Run(t, documenttest.Suite{
		Format:    XML{},
		OpenEnded: true,
		Samples:   []documenttest.Sample{{Name: "a.xml", Data: []byte(data), Canaries: append(c, "blå "+c[2]+" slut")}},
	})
	d := documenttest.Read(t, Formats(), "a.xml", []byte(data))
	if s := documenttest.Find(d, c[1]); len(s) != 1 || s[0].Label != "CPR_NR" {
		t.Errorf("%+v", s)
	}
	d = documenttest.Read(t, Formats(), "a.xml", []byte("<a>x</a><b <<< "+c[0]+" & <"))
	if !documenttest.Has(d, c[0]) || !documenttest.HasGap(d, document.Damaged) {
		t.Errorf("malformed XML: %s", documenttest.Describe(d))
	}
}

func TestJSON(t *testing.T) {
	c := canaries(4)
	data := `{"cpr":"` + c[0] + `","liste":[{"cpr":"` + c[1] + `"},102030004],"` + c[2] + `":true}` + "\n" + `{"b":"` + c[3] + `"}`
	documenttest.Run(t, documenttest.Suite{
		Format:    JSON{},
		OpenEnded: true,
		Samples:   []documenttest.Sample{{Name: "a.json", Data: []byte(data), Canaries: append(c, "102030004")}},
	})
	d := documenttest.Read(t, Formats(), "a.json", []byte(data))
	if s := documenttest.Find(d, c[1]); len(s) != 1 || s[0].Label != "cpr" {
		t.Errorf("%+v", s)
	}
	if s := documenttest.Find(d, "102030004"); len(s) != 1 || s[0].Label != "liste" {
		t.Errorf("%+v", s)
	}
	d = documenttest.Read(t, Formats(), "a.json", []byte(`{"a": oops `+c[0]+`}`))
	if !documenttest.Has(d, c[0]) || !documenttest.HasGap(d, document.Damaged) {
		t.Errorf("malformed JSON: %s", documenttest.Describe(d))
	}
}

func TestDeepJSONIsBounded(t *testing.T) {
	d := documenttest.Read(t, Formats(), "a.json", []byte(strings.Repeat("[", 1_000_000)+"\"070761-4285\""))
	if !documenttest.HasGap(d, document.TooDeep) || !documenttest.Has(d, "070761-4285") {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestCard(t *testing.T) {
	c := canaries(4)
	ics := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Møde om " + c[0][:5] + "\r\n " + c[0][5:] + "\r\nATTENDEE;CN=\"" + c[1] + "\":mailto:a@b.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	vcf := "BEGIN:VCARD\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:bl=C3=A5 " + c[2][:4] + "=\r\n" + c[2][4:] + "\r\nFN:Testperson\\, " + c[3] + "\r\nEND:VCARD\r\n"
	documenttest.Run(t, documenttest.Suite{
		Format:    Card{},
		Others:    []document.Format{Text{}},
		OpenEnded: true,
		Samples: []documenttest.Sample{
			{Name: "a.ics", Data: []byte(ics), Canaries: c[:2]},
			{Name: "a.vcf", Data: []byte(vcf), Canaries: []string{"blå " + c[2], "Testperson, " + c[3]}},
		},
	})
}

func TestEveryKindFindsItsFormat(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"a.txt", "hej", "text"},
		{"a", "<!DOCTYPE html><p>x", "html"},
		{"a", "<!-- x --><html>", "html"},
		{"a", `<?xml version="1.0"?><a/>`, "xml"},
		{"a", `{"a":1}`, "json"},
		{"a.json", `{`, "json"},
		{"noter", "[1] se bilag", "text"},
		{"a.csv", "a;b", "csv"},
		{"a", "BEGIN:VCARD", "card"},
		{"a.txt", "a < b og <b> c", "text"},
		{"a", "\fTABLE\n0,1\n\"\"\n", "dif"},
		{"a", "N\x00a\x00v\x00n\x00\x1b\xffN\x00r\x00\n\x00I\x00b\x00\x1b\xff1\x00\n\x00", "csv"},
		{"a", strings.Repeat("Navn;Nr\n", 1500) + strings.Repeat("\x01\xff\x7f\x02", 3000), ""},
	}
	for _, tt := range tests {
		d := documenttest.Read(t, Formats(), tt.name, []byte(tt.data))
		if d.Parts[0].Type != tt.want {
			t.Errorf("%s %q: read as %s, want %s", tt.name, tt.data, d.Parts[0].Type, tt.want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("a.html", []byte(`<table><tr><td>201043<td>-6276<div hidden><p>x</table><!-- `))
	f.Add("a.xml", []byte(`<?xml version="1.0"?><a b="c">d<e/></a></a>`))
	f.Add("a.json", []byte(`{"a":[1,"2",{"b":null}]}]`))
	f.Add("a.csv", []byte("a;b\n\"c;d"))
	f.Add("a.vcf", []byte("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=\nPHOTO;ENCODING=b:AAAA"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		d := documenttest.Read(t, Formats(), name, data)
		if documenttest.HasGap(d, document.Crashed) {
			t.Fatal(d.Gaps)
		}
	})
}

func TestHostileHTMLIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, unit := range map[string]string{"cells": "<td>1", "open tags": "<div>", "hidden": "<p hidden>a", "rows": "<tr><td>x", "spans": "<b>a"} {
		t.Run(name, func(t *testing.T) {
			documenttest.Read(t, Formats(), "a.html", []byte(strings.Repeat(unit, 2_000_000/len(unit))))
		})
	}
}

// FuzzHTMLLosesNoText holds the reader against a bare tokenizer: as many digits
// as stand in text, outside scripts and styles, must come out again.
func FuzzHTMLLosesNoText(f *testing.F) {
	f.Add(`<html><table><tr><th>1<th>2</tr><tr>3<td>4<td><p>5</table><div hidden>6<p>7</div>8`)
	f.Add(`<table><tr><td>201043<td>-6276<div style="display:none">9<p>1</table>2`)
	f.Add(`<html><pre>1</pre><select><option>2<textarea>3</textarea><title>4</title><noscript>5<template>6`)
	f.Add(`<html><table><tr><th>1</tr><tr><td><table><tr><td>2</table>3</table><blockquote>4</blockquote>`)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00") {
			return
		}
		want, inside := 0, ""
		z := html.NewTokenizer(strings.NewReader(text))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			switch kind {
			case html.StartTagToken, html.EndTagToken:
				name, _ := z.TagName()
				inside = string(name)
			case html.TextToken:
				if inside != "script" && inside != "style" {
					want += digits(string(z.Text()))
				}
			}
		}
		list := []document.Format{HTML{}}
		f := document.Formats{List: list}
		d := f.Read(context.Background(), "", append([]byte("<html>"), text...))
		got := 0
		for _, s := range d.Segments {
			got += digits(s.Text)
		}
		if got < want {
			t.Errorf("%d of %d digits read", got, want)
		}
	})
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// TestLargeTextReadsAsSmall holds a text that is large against its parts: the same
// paragraphs at the same lines, whatever ends the lines.
func TestLargeTextReadsAsSmall(t *testing.T) {
	piece := "Første linje\r\nanden ﬁl\r\n\r\nÅben sag\rtredje\n\n"
	many := prose.Large/len(piece) + 1
	large := documenttest.Read(t, Formats(), "a.txt", []byte(strings.Repeat(piece, many)))
	small := documenttest.Read(t, Formats(), "a.txt", []byte(piece))
	const each, lines = 2, 6
	if len(small.Segments) != each+1 {
		t.Fatalf("%d segments of one piece", len(small.Segments))
	}
	if len(large.Segments) < each*1000 {
		t.Fatalf("%d segments of %d pieces", len(large.Segments), many)
	}
	for i, s := range large.Segments[:each*1000] {
		want := small.Segments[i%each]
		if s.Text != want.Text || s.At.Line != want.At.Line+i/each*lines {
			t.Fatalf("segment %d: line %d, %q; want line %d, %q", i, s.At.Line, s.Text, want.At.Line+i/each*lines, want.Text)
		}
	}
}
