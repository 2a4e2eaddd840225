package office_test

import (
	"strings"
	"testing"

	"brevvagt/document/documenttest"
)

// listed is a Word file with a paragraph for each of items, whose properties they are, a
// numbering part and styles.
func listed(t *testing.T, levels, num, styles string, items ...string) []byte {
	body := ""
	for _, item := range items {
		body += `<w:p><w:pPr>` + item + `</w:pPr><w:r><w:t>Testperson</w:t></w:r></w:p>`
	}
	return zipOf(t, entry{"[Content_Types].xml", types},
		entry{"word/document.xml", `<w:document><w:body>` + body + `</w:body></w:document>`},
		entry{"word/styles.xml", `<w:styles>` + styles + `</w:styles>`},
		entry{"word/numbering.xml", `<w:numbering><w:abstractNum w:abstractNumId="4">` + levels + `</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/>` + num + `</w:num></w:numbering>`})
}

func levelXML(n, start, format, text, more string) string {
	return `<w:lvl w:ilvl="` + n + `"><w:start w:val="` + start + `"/><w:numFmt w:val="` + format + `"/>` + more + `<w:lvlText w:val="` + text + `"/></w:lvl>`
}

// A number that a list puts in front of its paragraph is read with it; those of ordinary
// lists are not.
func TestListNumbers(t *testing.T) {
	const item, below, third = `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>`, `<w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr>`, `<w:numPr><w:ilvl w:val="3"/><w:numId w:val="7"/></w:numPr>`
	serial := levelXML("0", "3951", "decimal", "120336-%1", "")
	for name, c := range map[string]struct {
		data []byte
		want string // "" when the paragraphs say nothing but their text
	}{
		"start":         {listed(t, serial, "", "", item), "120336-3951 Testperson"},
		"third":         {listed(t, levelXML("0", "3949", "decimal", "120336-%1", ""), "", "", item, item, item), "120336-3951 Testperson"},
		"date counted":  {listed(t, levelXML("0", "120336", "decimal", "%1-3951", ""), "", "", item), "120336-3951 Testperson"},
		"glued":         {listed(t, levelXML("0", "12", "decimal", "%10336-3951.", `<w:suff w:val="nothing"/>`), "", "", item), "120336-3951.Testperson"},
		"start of list": {listed(t, levelXML("0", "1", "decimal", "120336-%1", ""), `<w:lvlOverride w:ilvl="0"><w:startOverride w:val="3951"/></w:lvlOverride>`, "", item), "120336-3951 Testperson"},
		"level of list": {listed(t, levelXML("0", "1", "decimal", "%1.", ""), `<w:lvlOverride w:ilvl="0">`+serial+`</w:lvlOverride>`, "", item), "120336-3951 Testperson"},
		"two levels":    {listed(t, levelXML("0", "120336", "decimal", "%1", "")+levelXML("1", "3951", "decimal", "%1-%2", ""), "", "", item, below), "120336-3951 Testperson"},
		"passed over": {listed(t, levelXML("0", "12", "decimal", "", "")+levelXML("1", "3", "decimalZero", "", "")+levelXML("2", "36", "decimal", "", "")+
			levelXML("3", "3951", "decimal", "%1%2%3-%4", ""), "", "", third), "120336-3951 Testperson"},
		"own zeros": {listed(t, levelXML("0", "395", `custom" w:format="0001, 0002, 0003, ...`, "120336-%1", `<w:numFmt w:val="decimal"/>`), "", "", item), "120336-0395 Testperson"},
		"style": {listed(t, serial, "", `<w:style w:styleId="Basis"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style><w:style w:styleId="Punkt"><w:basedOn w:val="Basis"/></w:style>`,
			`<w:pStyle w:val="Punkt"/>`), "120336-3951 Testperson"},
		"level of style": {listed(t, levelXML("0", "1", "decimal", "%1.", "")+levelXML("1", "3951", "decimal", "120336-%2", `<w:pStyle w:val="Under"/>`), "",
			`<w:style w:styleId="Under"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>`, `<w:pStyle w:val="Under"/>`), "120336-3951 Testperson"},
		"letters": {listed(t, levelXML("0", "28", "upperLetter", "Bilag 2026-%1:", ""), "", "", item), "Bilag 2026-BB: Testperson"},
		"roman":   {listed(t, levelXML("0", "1994", "lowerRoman", "Bind 12 %1", ""), "", "", item), "Bind 12 mcmxciv Testperson"},
		"legal":   {listed(t, levelXML("0", "4", "upperRoman", "§ 12.%1", `<w:isLgl/>`), "", "", item), "§ 12.4 Testperson"},

		"ordinary":       {listed(t, levelXML("0", "1", "decimal", "%1.", ""), "", "", item, item), ""},
		"ordinary below": {listed(t, levelXML("0", "12", "decimal", "%1.", "")+levelXML("1", "118", "decimal", "%1.%2", ""), "", "", item, below), ""},
		"bullets":        {listed(t, levelXML("0", "4711", "bullet", "•", ""), "", "", item), ""},
		"no list":        {listed(t, serial, "", "", `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>`), ""},
		"unknown level":  {listed(t, serial, "", "", `<w:numPr><w:ilvl w:val="12"/><w:numId w:val="7"/></w:numPr>`), ""},
		"as it was":      {listed(t, serial, "", "", `<w:pPrChange><w:pPr>`+item+`</w:pPr></w:pPrChange>`), ""},
	} {
		d := documenttest.Read(t, formats(), "x.docx", c.data)
		want, found := c.want, false
		if want == "" {
			want = "Testperson"
		}
		for _, s := range d.Segments {
			found = found || s.Text == want
			if c.want == "" && strings.HasSuffix(s.Text, "Testperson") && s.Text != want {
				t.Errorf("%s: %q", name, s.Text)
			}
		}
		if !found {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}
