package detectors_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/residue"
	"brevvagt/document"
)

// The people here are made up; their numbers belong to nobody.
type person struct{ first, last, street, town, number string }

func people(n int) []person {
	firsts := []string{"Testperson", "Prøve", "Anton", "Åse", "Mikkeline", "Øjvind", "Karla"}
	lasts := []string{"Eksempel", "Testesen", "Prøvesen", "Mønster-Eksempel", "Skabelon"}
	var out []person
	for i := range n {
		out = append(out, person{firsts[i%len(firsts)], lasts[i%len(lasts)], fmt.Sprintf("Prøvevej %d, %d. tv", i+1, i%4),
			fmt.Sprintf("%d Eksempelby", 9000+i), detectortest.Dashed(detectortest.CPR(i))})
	}
	return out
}

func grant(p person) string {
	return fmt.Sprintf(`%[1]s %[2]s
%[3]s
%[4]s

Dato: %[6]d. november 2026
Sagsnr.: 26-%[6]d
CPR-nr.: %[5]s

Afgørelse om økonomisk hjælp

Kære %[1]s %[2]s

Du har søgt om hjælp til betaling af husleje. Vi har besluttet at give dig
hjælp med %[6]d00 kr. om måneden. Hjælpen bliver sat ind på din konto den sidste hverdag
i måneden. Vi lægger vægt på, at du har oplyst, at %[1]s %[2]s bor alene på %[3]s.

Du kan klage over afgørelsen inden fire uger. Klagen skal sendes til os, og vi
vurderer så, om vi vil ændre afgørelsen.

Med venlig hilsen
Borgerservice`, p.first, p.last, p.street, p.town, p.number, len(p.street)+len(p.first))
}

func refusal(p person) string {
	return fmt.Sprintf(`%[1]s %[2]s
%[3]s
%[4]s

Dato: 3. november 2026
CPR-nr.: %[5]s

Kære %[1]s

Vi har behandlet din ansøgning om tilskud til en elcykel. Du opfylder desværre ikke
betingelserne, fordi bopælen ligger under to kilometer fra arbejdspladsen. Derfor får
du afslag. Ønsker du at drøfte sagen, kan du bestille en tid på vores hjemmeside.

Med venlig hilsen
Teknik og Miljø`, p.first, p.last, p.street, p.town, p.number)
}

func TestSameTemplateDifferentPeople(t *testing.T) {
	all := people(30)
	first := residue.Skeleton(grant(all[0]))
	for _, p := range all[1:] {
		if got := residue.Skeleton(grant(p)); !slices.Equal(got, first) {
			t.Errorf("%s: likeness %.2f, want the same skeleton", p.first, residue.Compare(first, got))
		}
	}
}

func TestDifferentTemplates(t *testing.T) {
	p := people(2)
	if c := residue.Compare(residue.Skeleton(grant(p[0])), residue.Skeleton(refusal(p[0]))); c > 0.1 {
		t.Errorf("two letters to the same person have likeness %.2f", c)
	}
	if c := residue.Compare(residue.Skeleton(grant(p[0])), residue.Skeleton(grant(p[1])+"\nVi har vedlagt et skema.")); c < residue.Alike || c == 1 {
		t.Errorf("a letter with one sentence more has likeness %.2f", c)
	}
}

// A PDF breaks the lines elsewhere when a name is longer.
func TestLineBreaksDoNotCount(t *testing.T) {
	body := "Vi har besluttet at give dig hjælp. Hjælpen bliver sat ind på din konto den sidste hverdag i måneden."
	broken := strings.ReplaceAll(body, " på ", "\npå ")
	if c := residue.Compare(residue.Skeleton(body), residue.Skeleton(broken)); c != 1 {
		t.Errorf("likeness %.2f", c)
	}
}

func TestFormIsKnownByItsLabels(t *testing.T) {
	form := func(p person) *document.Document {
		doc := &document.Document{Segments: []document.Segment{{Text: "Anmodning om aktindsigt i en sag hos kommunen", At: document.Location{Layer: document.Visible}}}}
		for label, value := range map[string]string{"Navn": p.first, "Adresse": p.street, "CPR-nr.": p.number, "Ansøgers navn": p.last} {
			doc.Segments = append(doc.Segments, document.Segment{Label: label, Text: value, At: document.Location{Layer: document.Visible}})
		}
		slices.SortFunc(doc.Segments, func(a, b document.Segment) int { return strings.Compare(a.Label, b.Label) })
		return doc
	}
	p := people(2)
	if a, b := residue.Of(form(p[0])), residue.Of(form(p[1])); !slices.Equal(a, b) || len(a) == 0 {
		t.Errorf("%d and %d hashes, likeness %.2f", len(a), len(b), residue.Compare(a, b))
	}
}

func TestSkeletonLimits(t *testing.T) {
	if residue.Skeleton(" 123 \n--") != nil || residue.Compare(nil, nil) != 0 {
		t.Error("a text without words must give nothing, and nothing is like nothing")
	}
	var long, longer strings.Builder
	for i := range 20000 {
		word := fmt.Sprintf("ord%s ", strings.Repeat(string(rune('a'+i%26)), i%7)+string(rune('a'+i/26%26))+string(rune('a'+i/676%26)))
		long.WriteString(word)
		if i%10 != 0 {
			longer.WriteString(word)
		}
	}
	a, b := residue.Skeleton(long.String()), residue.Skeleton(longer.String())
	if len(a) != residue.SkeletonSize || !slices.IsSorted(a) {
		t.Errorf("%d hashes, want %d in order", len(a), residue.SkeletonSize)
	}
	if c := residue.Compare(a, b); c < 0.3 || c > 0.95 {
		t.Errorf("a text with every tenth word left out has likeness %.2f", c)
	}
	if c := residue.Compare(a, a); c != 1 {
		t.Errorf("a text is like itself by %.2f", c)
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add("Kære Testperson\nDato: 1. maj")
	f.Add("\xff\xfe :")
	f.Fuzz(func(t *testing.T, text string) {
		if s := residue.Skeleton(text); len(s) > residue.SkeletonSize || !slices.IsSorted(s) {
			t.Fatalf("%d hashes", len(s))
		}
	})
}
