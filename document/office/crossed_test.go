package office_test

import (
	"fmt"
	"slices"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

func crossed(d *document.Document) (list []string) {
	for _, s := range d.Segments {
		if s.At.Layer == document.Covered {
			list = append(list, s.Text)
		}
	}
	return list
}

// TestCrossedOutByPrograms: black letters on black are told as crossed out in each format,
// as LibreOffice writes them; white letters there are a heading.
func TestCrossedOutByPrograms(t *testing.T) {
	letter := []string{"Klager er Testa Viborg og", "og Anden Prøve."}
	for name, want := range map[string][]string{
		"overstreget.docx": append(slices.Clone(letter), "Uden farve"),
		"overstreget.doc":  append(slices.Clone(letter), "Uden farve"),
		"overstreget.rtf":  append(slices.Clone(letter), "Uden farve"),
		"overstreget.odt":  letter, // letters whose colour is left to LibreOffice are white on black
		"overstreget.xlsx": {"Testa Viborg", "Anden Prøve"},
		"overstreget.xls":  {"Testa Viborg", "Anden Prøve"},
		"overstreget.ods":  {"Testa Viborg"}, // likewise
	} {
		d := documenttest.Read(t, formats(), name, sample(t, name))
		if got := crossed(d); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q\n%s", name, got, want, documenttest.Describe(d))
		}
	}
}

// TestCrossedOutOnSlides: a highlight in black over letters that are black or say nothing.
func TestCrossedOutOnSlides(t *testing.T) {
	run := func(properties, text string) string {
		return `<a:p><a:r><a:rPr>` + properties + `</a:rPr><a:t>` + text + `</a:t></a:r></a:p>`
	}
	const black, white = `<a:srgbClr val="000000"/>`, `<a:srgbClr val="FFFFFF"/>`
	fill := func(colour string) string { return `<a:solidFill>` + colour + `</a:solidFill>` }
	mark := func(colour string) string { return `<a:highlight>` + colour + `</a:highlight>` }
	slide := run(mark(black), "Testa Viborg") + run(fill(`<a:schemeClr val="tx1"/>`)+mark(`<a:sysClr val="windowText" lastClr="000000"/>`), "Anden Prøve") +
		run(fill(white)+mark(black), "Overskrift") + run(fill(black), "Sort") + run(fill(white), "Hvid") + run(mark(`<a:srgbClr val="FFFF00"/>`), "Gul") +
		run(`<a:ln>`+fill(white)+`</a:ln>`+mark(black), "Gerda Prosit")
	d := documenttest.Read(t, formats(), "x.pptx", zipOf(t, entry{"[Content_Types].xml", types}, entry{"ppt/slides/slide1.xml", `<p:sld><p:cSld><p:spTree><p:sp><p:txBody>` + slide + `</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`}))
	if got, want := crossed(d), []string{"Testa Viborg", "Anden Prøve", "Gerda Prosit"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q\n%s", got, want, documenttest.Describe(d))
	}
	for _, text := range []string{"Overskrift", "Sort", "Hvid", "Gul"} {
		checkWants(t, d, []want{{text: text, layer: document.Visible}})
	}
}

// TestCrossedOutRTF: by the table of colours, until the group ends.
func TestCrossedOutRTF(t *testing.T) {
	const head = `{\rtf1\ansi{\colortbl;\red0\green0\blue0;\red255\green255\blue255;\red34\green34\blue34;}`
	for text, hidden := range map[string]bool{
		`{\highlight1 Testa Viborg}`: true, `{\highlight1\cf1 Testa Viborg}`: true, `{\chcbpat3\cf3 Testa Viborg}`: true, `{\cb1 Testa Viborg}`: true,
		`{\highlight1\cf2 Testa Viborg}`: false, `{\highlight2\cf1 Testa Viborg}`: false, `{\cf1 Testa Viborg}`: false, `{\highlight1 }Testa Viborg`: false,
		`\highlight1 x\plain  Testa Viborg`: false, `{\highlight9 Testa Viborg}`: false, `{\highlight0 Testa Viborg}`: false,
	} {
		d := documenttest.Read(t, formats(), "x.rtf", []byte(head+text+`\par}`))
		if got := slices.Contains(crossed(d), "Testa Viborg"); got != hidden || !documenttest.Has(d, "Testa Viborg") {
			t.Errorf("%s: %v\n%s", text, got, documenttest.Describe(d))
		}
	}
}

// TestCrossedOutCells: the colours of a style count as Excel has them, and texts with
// colours of their own are none of it.
func TestCrossedOutCells(t *testing.T) {
	sheet := func(font, fill, cell string) []byte {
		return zipOf(t, entry{"[Content_Types].xml", types}, entry{"xl/workbook.xml", `<workbook><sheets><sheet name="Ark1" r:id="rId1"/></sheets></workbook>`},
			entry{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
			entry{"xl/styles.xml", `<styleSheet><fonts><font>` + font + `</font></fonts><fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill>` + fill + `</fill></fills><borders><border><left><color rgb="FFFFFFFF"/></left></border></borders><cellXfs><xf fontId="0" fillId="2"/></cellXfs></styleSheet>`},
			entry{"xl/sharedStrings.xml", `<sst><si><t>Testa Viborg</t></si><si><r><rPr><color rgb="FFFFFFFF"/></rPr><t>Testa Viborg</t></r></si></sst>`},
			entry{"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1">` + cell + `</row></sheetData></worksheet>`})
	}
	const plain, rich = `<c r="A1" s="0" t="s"><v>0</v></c>`, `<c r="A1" s="0" t="s"><v>1</v></c>`
	solid := func(colour string) string {
		return `<patternFill patternType="solid"><fgColor ` + colour + `/><bgColor indexed="64"/></patternFill>`
	}
	for name, c := range map[string]struct {
		data   []byte
		hidden bool
	}{
		"black":            {sheet("", solid(`rgb="FF000000"`), plain), true},
		"theme":            {sheet(`<color theme="1"/>`, solid(`theme="1"`), plain), true},
		"palette":          {sheet(`<color indexed="8"/>`, solid(`indexed="8"`), plain), true},
		"white letters":    {sheet(`<color theme="0"/>`, solid(`rgb="FF000000"`), plain), false},
		"red letters":      {sheet(`<color rgb="FFFF0000"/>`, solid(`rgb="FF000000"`), plain), false},
		"own colours":      {sheet("", solid(`rgb="FF000000"`), rich), false},
		"yellow":           {sheet("", solid(`rgb="FFFFFF00"`), plain), false},
		"a lighter black":  {sheet("", solid(`theme="1" tint="0.5"`), plain), false},
		"a pattern":        {sheet("", `<patternFill patternType="lightUp"><fgColor rgb="FF000000"/></patternFill>`, plain), false},
		"a gradient":       {sheet("", `<gradientFill><stop position="0"><color rgb="FF000000"/></stop></gradientFill>`, plain), false},
		"an unknown style": {sheet("", solid(`rgb="FF000000"`), `<c r="A1" s="7" t="s"><v>0</v></c>`), false},
	} {
		d := documenttest.Read(t, formats(), "x.xlsx", c.data)
		if got := slices.Contains(crossed(d), "Testa Viborg"); got != c.hidden || !documenttest.Has(d, "Testa Viborg") {
			t.Errorf("%s: %v\n%s", name, got, documenttest.Describe(d))
		}
	}
}

// TestBlackShapeOverText: what a black shape lies over is told, and only that.
func TestBlackShapeOverText(t *testing.T) {
	const cm = 360_000
	shape := func(x, y, w, h float64, properties, body string) string {
		return fmt.Sprintf(`<p:sp><p:spPr><a:xfrm><a:off x="%.0f" y="%.0f"/><a:ext cx="%.0f" cy="%.0f"/></a:xfrm><a:prstGeom prst="rect"/>%s</p:spPr><p:txBody><a:bodyPr/>%s</p:txBody></p:sp>`, x*cm, y*cm, w*cm, h*cm, properties, body)
	}
	fill := func(colour string) string { return `<a:solidFill>` + colour + `</a:solidFill>` }
	const black = `<a:srgbClr val="000000"/>`
	line := func(s string) string { return `<a:p><a:r><a:rPr sz="1800"/><a:t>` + s + `</a:t></a:r></a:p>` }
	box := shape(2, 2, 15, 4, "", line("Klager er nabo")+line("Testa Viborg bor her")+line("Sagen er lukket")) // lines of 0.76 cm from 2.13 on
	bar := func(y, h float64, properties string) string { return shape(2, y, 8, h, properties, "") }
	for name, c := range map[string]struct {
		shapes string
		want   []string
	}{
		"one line":       {box + bar(2.9, 0.7, fill(black)), []string{"Testa Viborg bor her"}},
		"theme":          {box + bar(2.9, 0.7, fill(`<a:schemeClr val="tx1"/>`)), []string{"Testa Viborg bor her"}},
		"two lines":      {box + bar(2.2, 1.4, fill(black)), []string{"Klager er nabo", "Testa Viborg bor her"}},
		"below the text": {bar(2.9, 0.7, fill(black)) + box, nil},
		"a rule":         {box + bar(3.3, 0.1, fill(black)), nil},
		"white":          {box + bar(2.9, 0.7, fill(`<a:srgbClr val="FFFFFF"/>`)), nil},
		"see-through":    {box + bar(2.9, 0.7, fill(`<a:srgbClr val="000000"><a:alpha val="40000"/></a:srgbClr>`)), nil},
		"a frame":        {box + bar(2.9, 0.7, `<a:noFill/><a:ln>`+fill(black)+`</a:ln>`), nil},
		"a heading":      {box + shape(2, 2.9, 8, 0.7, fill(black), line("Overskrift")), nil},
		"beside":         {box + shape(18, 2.9, 8, 0.7, fill(black), ""), nil},
		"empty part":     {box + bar(5, 0.8, fill(black)), nil},
		"in a group":     {box + `<p:grpSp>` + bar(2.9, 0.7, fill(black)) + `</p:grpSp>`, nil},
	} {
		d := documenttest.Read(t, formats(), "x.pptx", zipOf(t, entry{"[Content_Types].xml", types}, entry{"ppt/slides/slide1.xml", `<p:sld><p:cSld><p:spTree>` + c.shapes + `</p:spTree></p:cSld></p:sld>`}))
		if got := crossed(d); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
