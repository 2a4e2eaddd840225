package plain_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/plain"
)

const inside = "120336-3951"

// TestTextInOddPlaces plants a number where pages and drawings keep what people
// see or programs use.
func TestTextInOddPlaces(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte("Borgeren har CPR " + inside + " i sagen her"))
	lines := text[:20] + "\n   " + text[20:]
	page := func(body string) string { return "<!DOCTYPE html><html><body>" + body + "</body></html>" }
	drawing := func(body string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + body + "</svg>" }
	glyphs := ""
	for _, c := range inside {
		glyphs += `<tspan x="9">` + string(c) + "</tspan>"
	}
	for name, data := range map[string]string{
		"style.html":       page(`<style>p:after{content:"` + inside + `"}</style>`),
		"pieces.html":      page(`<style>p:after{content:"1203" '36-' "3951"}</style>`),
		"template.html":    page(`<template>` + inside + `</template><noscript>x</noscript>`),
		"letters.html":     page(`<p style="direction:rtl;unicode-bidi:bidi-override">1593-633021</p>`),
		"lettersheet.html": page(`<style>i{unicode-bidi:bidi-override;direction:rtl}</style><p>CPR <i>1593-633021</i></p>`),
		"reverse.html":     page(`<p style="display:flex;flex-direction:row-reverse"><b>3951</b><b>-</b><b>120336</b></p>`),
		"float.html":       page(`<style>b{float:right}</style><p><b>` + strings.Join(strings.Split("1593-633021", ""), "</b><b>") + `</b></p>`),
		"styleattr.html":   page(`<p style="background:url(data:text/plain;base64,` + text + `)">x</p>`),
		"sheet.html":       page(`<style>a{b:url("data:text/plain;base64,` + text + `")}</style>`),
		"srcdoc.html":      page(`<iframe srcdoc="&lt;p&gt;120336&lt;b&gt;-3951&lt;/b&gt;"></iframe>`),
		"srcset.html":      page(`<img srcset="data:text/plain;base64,` + text + ` 2x">`),
		"object.html":      page(`<object data="data:text/plain;base64,` + text + `"></object>`),
		"click.html":       page(`<a onclick="vis('` + inside + `')">x</a>`),
		"id.html":          page(`<p id="b-` + inside + `">x</p>`),
		"data.html":        page(`<p data-cpr="` + inside + `">x</p>`),
		"text.svg":         drawing("<text>CPR " + inside + "</text>"),
		"spans.svg":        drawing(`<text><tspan>CPR</tspan><tspan x="1">120336</tspan><tspan>-</tspan><tspan>3951</tspan></text>`),
		"glyphs.svg":       drawing("<text>" + glyphs + "</text>"),
		"linebreaks.svg":   drawing("<text>" + strings.ReplaceAll(glyphs, "</tspan>", "</tspan>\n") + "</text>"),
		"placed.svg":       drawing(strings.ReplaceAll(glyphs, "tspan", "text")),
		"image.svg":        drawing(`<image href="data:text/plain;base64,` + lines + `"/>`),
		"entity.svg":       `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY c "` + inside + `">]>` + drawing("<text>&c;</text>"),
		"drawing-no-name":  drawing("<text>" + inside + "</text>"),
		"file.xml":         `<?xml version="1.0"?><a><content>` + lines + "</content></a>",
		"cell.json":        `{"image":"` + text + `"}`,
		"form.fdf":         "%FDF-1.2\n<< /T (cpr) /V <FEFF0031003200300033\n00330036002D00330039003500310> >>\n",
		"link.json":        `{"image":"data:text/plain;base64,` + text + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d := readNamed(name, data)
			for _, s := range d.Segments {
				if strings.Contains(s.Text, inside) {
					return
				}
			}
			t.Errorf("not found in %d segments; gaps %v", len(d.Segments), d.Gaps)
		})
	}
}

func TestShapesAndKeysAreNoText(t *testing.T) {
	for name, data := range map[string]string{
		"shape.svg":  `<svg><path d="M 120336 3951 L 120336-3951"/></svg>`,
		"class.html": `<html><body><p class="m_1203363951">x</p><p id="1203363951">x</p></body></html>`,
	} {
		for _, s := range readNamed(name, data).Segments {
			if strings.Contains(s.Text, "120336") {
				t.Errorf("%s: %q was taken for text", name, s.Label)
			}
		}
	}
	d := readNamed("key.json", `{"key":"`+strings.Repeat("bm9nbGU5MTIzNDU2", 4)+`"}`)
	if len(d.Parts) != 1 {
		t.Errorf("a key was taken for a file: %v", d.Parts)
	}
}

func readNamed(name, data string) *document.Document {
	f := document.Formats{List: plain.Formats()}
	return f.Read(context.Background(), name, []byte(data))
}

func TestTwoColumns(t *testing.T) {
	for data, want := range map[string]bool{
		"Navn;Født;Løbenr\nTest;120336;3951\n":  true,
		"Navn;CPR1;CPR2\nTest;120336;3951\n":    true,
		"Navn;Født;Postnr\nTest;120336;3951\n":  false,
		"Konto;Kontrol\n120336;3951\n":          false,
		"Navn;Født;Løbenr\nTest;1203361;3951\n": false,
	} {
		found := false
		for _, s := range readNamed("liste.csv", data).Segments {
			found = found || s.Text == inside
		}
		if found != want {
			t.Errorf("%q: joined %v, want %v", data, found, want)
		}
	}
}

func TestEncodedFileInATextIsAGap(t *testing.T) {
	for data, want := range map[string]int{
		"begin 644 a.txt\n/0U!2(#$R,#,S-BTS.34Q\n`\nend\n": 1,
		"=ybegin line=128 size=9 name=a.txt\nabc\n":        1,
		"begin 644 er en kommando\nog mere\n":              0,
	} {
		if d := readNamed("a.txt", data); len(d.Gaps) != want {
			t.Errorf("%q: gaps %v, want %d", data, d.Gaps, want)
		}
	}
}
