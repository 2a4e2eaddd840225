package plain

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// TestCrossedOut: what is black on black is told as crossed out, by the colours that an
// element has of its own and of those around it.
func TestCrossedOut(t *testing.T) {
	for page, want := range map[string]string{
		`<p>Klager er <span style="background:#000;color:#000">Testa Viborg</span>.</p>`:                                                   "Klager er Testa Viborg",
		`<p>Klager er <span style="background-color: black">Testa Viborg</span>.</p>`:                                                      "Klager er Testa Viborg",
		`<p>Klager er <span style="background:black;color:windowtext">Testa Viborg</span>.</p>`:                                            "Klager er Testa Viborg",
		`<p>Klager er <span style="background:rgb(0, 0, 0)"><b>Testa</b> Viborg</span>.</p>`:                                               "Klager er Testa Viborg",
		`<div style="color:#222">Klager er <span style="background:#111">Testa Viborg</span>.</div>`:                                       "Klager er Testa Viborg",
		`<style>.x{background:#000;color:#000}</style><p>Klager er <span class="x">Testa Viborg</span></p>`:                                "Klager er Testa Viborg",
		`<p>Nr. 120336-<span style="background:#000">3951</span></p>`:                                                                      "Nr. 120336-3951",
		`<table><tr><td>Navn</td><td bgcolor="black">Testa Viborg</td></tr></table>`:                                                       "Testa Viborg",
		`<p>Klager er <span style="background:#000;color:#fff">Testa Viborg</span>.</p>`:                                                   "",
		`<p>Klager er <span style="background:#000080">Testa Viborg</span>.</p>`:                                                           "",
		`<p>Klager er <span style="color:#000">Testa Viborg</span>.</p>`:                                                                   "",
		`<body bgcolor="#000000" text="#FFFFFF"><p>Testa Viborg</p></body>`:                                                                "",
		`<div style="background:#000"><p style="color:#eee">Testa Viborg</p></div>`:                                                        "",
		`<div style="color:white"><p style="background:#000">Testa Viborg</p></div>`:                                                       "",
		`<style>td.d{color:#fff}</style><table><tr><td class="d" style="background:#000">Testa Viborg</td></tr></table>`:                   "",
		`<style>@media (prefers-color-scheme:dark){.d{background:#000}}</style><p class="d">Testa Viborg</p>`:                              "",
		`<table bgcolor="#000000"><tr><td bgcolor="#ffffff">Testa Viborg</td></tr></table>`:                                                "",
		`<table bgcolor="#000000"><tr><td style="background:white">Testa Viborg</td></tr></table>`:                                         "",
		`<div style="background:#000"><a href="https://x.example">Testa Viborg</a></div>`:                                                  "",
		`<div style="background:#000 url(x.png)">Testa Viborg</div>`:                                                                       "",
		`<div style="background:linear-gradient(#000,#000)">Testa Viborg</div>`:                                                            "",
		`<style>.k{background:#fff}</style><table bgcolor="#000"><tr><td class="k">Testa Viborg</td></tr></table>`:                         "",
		`<p>Klager er <span style="background:#000;color:rgba(0,0,0,0.5)">Testa Viborg</span>.</p>`:                                        "",
		`<p>Klager er <span style="background:#000;color:#000"><span style="background:transparent;color:inherit">Testa Viborg</span></p>`: "Klager er Testa Viborg",
	} {
		var got []string
		d := documenttest.Read(t, []document.Format{HTML{}}, "side.html", []byte("<html>"+page+"</html>"))
		for _, s := range d.Segments {
			if s.At.Layer == document.Covered {
				got = append(got, s.Text)
			}
		}
		if !slices.Equal(got, strings.FieldsFunc(want, func(c rune) bool { return c == '|' })) {
			t.Errorf("%s: %q, not %q", page, got, want)
		}
		if !strings.Contains(documenttest.Text(d), "Viborg") && !strings.Contains(documenttest.Text(d), "3951") {
			t.Errorf("%s: lost: %s", page, documenttest.Describe(d))
		}
	}
}
