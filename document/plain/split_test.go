package plain_test

import (
	"testing"

	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
)

// A form may keep a number in a field for each of its parts; a date beside a time or an
// amount is none.
func TestNumberInFields(t *testing.T) {
	xfdf := func(names, values [4]string) string {
		s := `<?xml version="1.0"?><xfdf><fields><field name="Ansoeger">`
		for i := range names {
			s += `<field name="` + names[i] + `"><value>` + values[i] + `</value></field>`
		}
		return s + `</field></fields></xfdf>`
	}
	parts := [4]string{"22", "06", "45", "7026"}
	for name, c := range map[string]struct {
		file, data string
		whole      bool
	}{
		"XFDF":               {"a.xfdf", xfdf([4]string{"dag", "maaned", "aar", "sidste4"}, parts), true},
		"XFDF, serial no.":   {"a.xfdf", xfdf([4]string{"foedselsdag", "måned", "år", "loebenr"}, parts), true},
		"FDF":                {"a.fdf", "%FDF-1.2\n1 0 obj\n<</FDF<</Fields[<</T(dag)/V(22)>><</T(maaned)/V(06)>><</T(aar)/V(45)>><</V(7026)/T(sidste4)>>]>>>>\nendobj\n", true},
		"JSON":               {"a.json", `{"felter":[{"navn":"dag","vaerdi":"22"},{"navn":"maaned","vaerdi":"06"},{"navn":"aar","vaerdi":"45"},{"navn":"sidste4","vaerdi":"7026"}]}`, true},
		"HTML":               {"a.html", `<html><form><input name="dag" value="22"><input name="maaned" value="06"><input name="aar" value="45"><input name="sidste4" value="7026"></form></html>`, true},
		"date and post code": {"a.xfdf", xfdf([4]string{"dag", "maaned", "aar", "postnr"}, parts), false},
		"date and time":      {"a.xfdf", xfdf([4]string{"dag", "maaned", "aar", "klokken"}, parts), false},
		"FDF, amount":        {"a.fdf", "%FDF-1.2\n<</T(dag)/V(22)>><</T(maaned)/V(06)>><</T(aar)/V(45)>><</T(beloeb)/V(7026)>>\n", false},
		"JSON, card":         {"a.json", `[{"name":"dag","value":"22"},{"name":"maaned","value":"06"},{"name":"aar","value":"45"},{"name":"kort_sidste4","value":"7026"}]`, false},
		"HTML, no such day":  {"a.html", `<html><form><input name="dag" value="42"><input name="maaned" value="06"><input name="aar" value="45"><input name="sidste4" value="7026"></form></html>`, false},
	} {
		d := documenttest.Read(t, plain.Formats(), c.file, []byte(c.data))
		if got := documenttest.Has(d, "220645-7026"); got != c.whole {
			t.Errorf("%s: read as one number: %v\n%s", name, got, documenttest.Describe(d))
		}
	}
}
