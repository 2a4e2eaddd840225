package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// said reads texts one by one and gives what was added to them.
func said(texts ...Segment) string {
	d := read(Limits{}, "", "x", atTop(func(out *Builder) {
		for _, s := range texts {
			out.Segment(s)
		}
	}))
	var added []string
	for _, s := range d.Segments {
		if !slices.ContainsFunc(texts, func(o Segment) bool { return o.Text == s.Text }) {
			added = append(added, s.Label+"|"+s.Text)
		}
	}
	return strings.Join(added, " ")
}

func piecesOf(label, texts string) (list []Segment) {
	for _, t := range strings.Split(texts, ",") {
		list = append(list, Segment{Text: t, Label: label})
	}
	return list
}

func TestNumbersTakenApart(t *testing.T) {
	for texts, want := range map[string]string{
		"CPR-nr.,1,3,0,1,5,1,5,3,5,5":                      "CPR-nr.|130151-5355",
		"CPR-nr.,1,3,0,1,5,1,-,5,3,5,5":                    "CPR-nr.|130151-5355",
		"1,3,0,1,5,1,5,3,5,5,CPR-nr.":                      "CPR-nr.|130151-5355",
		"Personnummer,130151,5355":                         "Personnummer|130151-5355",
		"Personnummer,130151-,5355":                        "Personnummer|130151-5355",
		"Svar,1,3,0,1,5,1,5,3,5,5,Tak":                     "",
		"CPR-nr.,1,3,0,1,5,1,5,3,5":                        "",
		"CPR-nr.,5355,130151":                              "",
		"Fødselsdato,130151,Løbenr.,5355":                  "|130151-5355",
		"Fødselsdato,13-01-2037,Personnr. (sidste 4),5355": "|130137-5355",
		"Fødselsdato,13-01-1937,Personnr. (sidste 4),5355": "", // the seventh digit says 2037
		"Fødselsdato,13-01-2037,Postnr,5355":               "",
		"Fødselsdato,99-01-2037,Løbenr.,5355":              "",
		"Fødselsdato,130151,Postnr,5355":                   "",
		"Møde,130151,Løbenr.,5355":                         "",
		"CPR-nr.,a,b,c,d,130151,5355,Tak":                  "",
	} {
		if got := said(piecesOf("", texts)...); got != want {
			t.Errorf("%s: %q, want %q", texts, got, want)
		}
	}
	if got := said(piecesOf("cpr", "1,3,0,1,5,1,5,3,5,5")...); got != "cpr|130151-5355" {
		t.Errorf("labelled pieces: %q", got)
	}
	// Names of boxes stand between the boxes.
	var boxes []Segment
	for _, s := range append(piecesOf("", "CPR-nr."), piecesOf("", "1,3,0,1,5,1,5,3,5,5")...) {
		boxes = append(boxes, s, Segment{Text: "Felt", At: Location{Layer: Hidden}})
	}
	if got := said(boxes...); got != "CPR-nr.|130151-5355" {
		t.Errorf("boxes: %q", got)
	}
	// Two cells of a table are no number.
	cells := piecesOf("", "CPR-nr.,130151,5355")
	for i := range cells {
		cells[i].At.Cell = "A1"
	}
	if got := said(cells...); got != "" {
		t.Errorf("cells: %q", got)
	}
}

func TestNumbersCutAtTheirHyphen(t *testing.T) {
	if got := said(piecesOf("", "Borgeren (personnr. 130151-,5355) har søgt")...); got != "Borgeren (personnr.|130151-5355" {
		t.Errorf("%q", got)
	}
	read := piecesOf("", "personnr. 130151-,5355")
	read[1].At.OCR = true // a picture's lines are put together where it is read
	if got := said(read...); got != "" {
		t.Errorf("a picture's: %q", got)
	}
}

func TestCodedTextIsReadAnyway(t *testing.T) {
	d := read(Limits{}, "", "x", atTop(func(out *Builder) {
		out.Segment(Segment{Text: `cpr: "130151\x2D5355"`, At: Location{Line: 7}})
		out.Segment(Segment{Text: `cpr: "130151\x2D5355"`, At: Location{OCR: true}})
	}))
	if len(d.Segments) != 3 || !strings.Contains(d.Segments[1].Text, "130151-5355") || d.Segments[1].At.Line != 7 || d.Segments[1].At.Layer != Hidden {
		t.Errorf("%+v", d.Segments)
	}
}

// TestCodedTextIsAGapWhenCut: behind a thousand numbers in code one more would go unseen.
func TestCodedTextIsAGapWhenCut(t *testing.T) {
	for n, want := range map[int][]Reason{900: nil, 1001: {TooMany}} {
		d := read(Limits{}, "a", "x", atTop(func(out *Builder) {
			var text strings.Builder
			for i := range n {
				fmt.Fprintf(&text, "%x\n", fmt.Sprintf("nr. 991399-%04d", i))
			}
			out.Segment(Segment{Text: text.String()})
		}))
		if !slices.Equal(gaps(d), want) || want != nil && !d.Gaps[0].Rest {
			t.Errorf("%d numbers: gaps %v, want %v", n, d.Gaps, want)
		}
	}
}

func TestHoldsParted(t *testing.T) {
	for text, want := range map[string]bool{
		"CPR-nr. 130151-5355": true, "130151-5355": true, "x130151-5355y": true,
		"1130151-5355": false, "130151-53556": false, "130151 5355": false, "993151-5355": false, "130151-535": false, "": false,
	} {
		if HoldsParted([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
