package group

import (
	"strings"
	"testing"

	"brevvagt/document"
)

// words knows "alkohol" and "krise", the latter where the people are citizens, and takes
// two capitals for a name.
func words() Words {
	return Words{
		Matter: func(h string, weak bool) (string, string) {
			switch h = strings.ToLower(h); {
			case strings.Contains(h, "alkohol"):
				return "misbrug", "alkohol"
			case weak && strings.Contains(h, "krise"):
				return "sociale", "krise"
			}
			return "", ""
		},
		Name: func(s string) bool {
			f := strings.Fields(s)
			return len(f) > 1 && len(f) < 5 && strings.ToLower(f[0][:1]) != f[0][:1] && strings.ToLower(f[1][:1]) != f[1][:1]
		},
	}
}

func text(path string, lines ...string) (out []document.Segment) {
	for _, l := range lines {
		out = append(out, document.Segment{Text: l, At: document.Location{Path: path, Layer: document.Visible}})
	}
	return out
}

func sheet(path, name, label string, cells ...string) (out []document.Segment) {
	out = append(out, document.Segment{Text: label, At: document.Location{Path: path, Cell: name + "!A1", Layer: document.Visible}})
	for _, c := range cells {
		out = append(out, document.Segment{Text: c, Label: label, At: document.Location{Path: path, Cell: name + "!A2", Layer: document.Visible}})
	}
	return out
}

func TestListed(t *testing.T) {
	names := "Testperson Eksempel\nAnden Prøve"
	subject := document.Segment{Text: "Alkoholbehandling", Label: "Subject", At: document.Location{Path: "m", Layer: document.Header}}
	for name, c := range map[string]struct {
		doc  []document.Segment
		want int
	}{
		"lines":                    {text("m", "Hej\n\nBorgere i alkoholbehandling:\n\n"+names+"\n\nHilsen Else"), 2},
		"with bullets and more":    {text("m", "Borgere i alkoholbehandling:\n- Testperson Eksempel, Testvej 1\n2. Anden Prøve (40 år)\n• Tredje Prøve – ny"), 3},
		"paragraphs":               {text("a.docx", "Borgere i alkoholbehandling", "Testperson Eksempel", "Anden Prøve"), 2},
		"the subject says what":    {append([]document.Segment{subject}, text("m", "Det drejer sig om disse borgere:\n"+names)...), 2},
		"the file says what":       {text("Alkoholbehandling.docx", "Disse borgere kommer:", "Testperson Eksempel", "Anden Prøve"), 2},
		"a sheet of citizens":      {sheet("nøgler.xlsx", "Krisecenter", "Beboer", "Testperson Eksempel", "Anden Prøve"), 2},
		"a table below a heading":  {append(text("a.docx", "Borgere i alkoholbehandling"), document.Segment{Text: "Testperson Eksempel", Label: "Navn", At: document.Location{Path: "a.docx", Layer: document.Visible}}, document.Segment{Text: "Anden Prøve", Label: "Navn", At: document.Location{Path: "a.docx", Layer: document.Visible}}), 2},
		"one name":                 {text("m", "Borgere i alkoholbehandling:\nTestperson Eksempel\n\nHilsen Else"), 0},
		"nobody's matter":          {text("m", "Borgere i kor:\n"+names), 0},
		"those who work there":     {text("m", "Medarbejdere for borgere i alkoholbehandling:\n"+names), 0},
		"no citizens":              {text("m", "Alkoholbehandling:\n"+names), 0},
		"a sheet of names":         {sheet("nøgler.xlsx", "Krisecenter", "Navn", "Testperson Eksempel", "Anden Prøve"), 0},
		"the subject is a course":  {append([]document.Segment{{Text: "Kursus: alkohol", Label: "Subject", At: document.Location{Layer: document.Header}}}, text("m", "Disse unge kommer:\n"+names)...), 0},
		"the heading is too far":   {text("m", "Borgere i alkoholbehandling.\nEn\nTo\nTre\nFire\n"+names), 0},
		"the heading is elsewhere": {append(text("a.docx", "Borgere i alkoholbehandling"), text("b.docx", "Testperson Eksempel", "Anden Prøve")...), 0},
		"hidden from the reader":   {[]document.Segment{{Text: "Borgere i alkoholbehandling:\n" + names, At: document.Location{Path: "m", Layer: document.Quoted}}}, 0},
	} {
		got := Listed(&document.Document{Segments: c.doc}, words())
		if len(got) != c.want {
			t.Errorf("%s: %d people, want %d: %v", name, len(got), c.want, got)
		}
		for _, n := range got {
			if s := c.doc[n.Segment].Text[n.Start:n.End]; !words().Name(s) {
				t.Errorf("%s: %q", name, s)
			}
		}
	}
}

func TestListedIsBounded(t *testing.T) {
	doc := &document.Document{Segments: text("m", "Borgere i alkoholbehandling:\n"+strings.Repeat("Testperson Eksempel\n", 10_000))}
	if got := len(Listed(doc, words())); got != maxNamed {
		t.Errorf("%d people, want %d", got, maxNamed)
	}
}
