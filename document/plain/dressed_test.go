package plain_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
)

// each writes every character of a number into an element of its own.
func each(number, format string) string {
	var b strings.Builder
	for i, c := range number {
		b.WriteString(strings.NewReplacer("@", string(c), "#", fmt.Sprint(i)).Replace(format))
	}
	return b.String()
}

func backward(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// TestPagesThatShowANumberOtherwiseThanTheyWriteIt plants a number that styles uncover,
// complete or put in order.
func TestPagesThatShowANumberOtherwiseThanTheyWriteIt(t *testing.T) {
	const number, run = "120336-3951", "1203363951"
	for name, page := range map[string]string{
		"decoys by class":       `<style>.q{display:none}</style><p>` + each(number, `@<u class=q>7</u>`),
		"letters by class":      `<style>.q{font-size:0}</style><p>` + each(number, `@<u class=q>x</u>`),
		"decoys of no size":     `<p>` + each(number, `@<u style="font-size:0.1px">7</u>`),
		"decoys far away":       `<p>` + each(number, `@<u style="position:absolute;left:-999px">7</u>`),
		"variable":              `<style>:root{--n:"` + number + `"}b:after{content:var(--n)}</style><p><b></b>`,
		"variable in the style": `<style>b:after{content:var(--n)}</style><p style="--n:'` + number + `'"><b></b>`,
		"counters":              `<style>i{counter-reset:a 120336}i:before{content:counter(a)}b{counter-reset:c 3951}b:before{content:"-" counter(c)}</style><p><i></i><b></b>`,
		"a digit to a class":    `<style>` + each(number, `.c#:after{content:"@"}`) + `</style><p>` + each(number, `<i class=c#></i>`),
		"after the text":        `<p>` + each(number, `<i class=c#></i>`) + `</p><style>` + each(number, `.c#:after{content:"@"}`) + `</style>`,
		"placed":                `<p>` + strings.Join(slices.Sorted(strings.SplitSeq(each(number, `<b style="order:#">@</b>|`), "|")), ""),
		"placed from the right": `<p>` + each(backward(number), `<b style="position:absolute;right:#0px">@</b>`),
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), "a.html", []byte("<html>"+page))
		if !documenttest.Has(d, number) {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
	for name, page := range map[string]string{
		"label above":      `<p>CPR-nr.</p><table><tr><td>120336</td><td>3951</td></tr></table>`,
		"a row each":       `<p>cpr</p><table>` + each(run, `<tr><td>@</td></tr>`) + `</table>`,
		"another line":     `<p>CPR: 120336</p><p>3951</p>`,
		"no label, a line": each(run, `<p>@</p>`),
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), "a.html", []byte("<html>"+page))
		if !documenttest.Has(d, run) && !documenttest.Has(d, number) {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
	for name, page := range map[string]string{
		"two amounts":      `<p>Beløb</p><table><tr><td>120336</td><td>3951</td></tr></table>`,
		"amounts in rows":  `<table><tr><td>120336</td></tr><tr><td>3951</td></tr></table>`,
		"ordinary classes": `<style>.q{color:red}</style><p>120336<u class=q>-</u>39<u class=q>x</u>51</p>`,
		"table to the eye": `<p>CPR-kontoret</p><table><tr><td>12</td><td>3951</td></tr></table>`,
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), "a.html", []byte("<html>"+page))
		if documenttest.Has(d, run) || documenttest.Has(d, number) {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}
