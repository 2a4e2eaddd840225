package nasty

import (
	"encoding/asn1"
	"fmt"
	"strings"
)

func htmlAttacks(c string) []Mail {
	page := func(s string) string {
		return Single("Content-Type: text/html; charset=utf-8\n"+encoding, Base64("<html><body><p>Hej</p>"+s+"</body></html>")+"\n")
	}
	between := func(sep string) string { return "CPR-nr. " + strings.Join(strings.Split(c, ""), sep) }
	entities, hex, css := "", "", ""
	for _, r := range c {
		entities += fmt.Sprintf("&#%d;", r)
		hex += fmt.Sprintf("&#x%x", r) // without the semicolon
		css += fmt.Sprintf("\\%06x", r)
	}
	return []Mail{
		{"HTML: decimal entities", page("CPR-nr. " + entities)},
		{"HTML: hexadecimal entities without an end", page("CPR-nr. " + strings.ReplaceAll(hex, "&", " &")[1:])},
		{"HTML: zero width entities", page(between("&#8203;"))},
		{"HTML: soft hyphens", page(between("&shy;"))},
		{"HTML: joiners", page(between("&zwnj;"))},
		{"HTML: possible breaks", page(between("<wbr>"))},
		{"HTML: an element for each digit", page(between("</span><span>"))},
		{"HTML: comments between", page(between("<!-- 12 -->"))},
		{"HTML: empty elements between", page(between("<i></i>"))},
		{"HTML: cells of a table", page("<table><tr><td>CPR-nr.</td><td>" + c[:6] + "</td><td>" + c[7:] + "</td></tr></table>")},
		{"HTML: a cell for each digit", page("<table><tr><td>CPR-nr.</td><td>" + strings.Join(strings.Split(c, ""), "</td><td>") + "</td></tr></table>")},
		{"HTML: shown from right to left", page("CPR-nr. <bdo dir=rtl>" + reversed(c) + "</bdo>")},
		{"HTML: not shown", page("<div style=\"display:none\">CPR-nr. " + c + "</div>")},
		{"HTML: white on white", page("<font color=white size=1>CPR-nr. " + c + "</font>")},
		{"HTML: content of a style", page("<style>.a:after{content:\"CPR-nr. " + c + "\"}</style><p class=a></p>")},
		{"HTML: escapes in a style", page("<style>.a:after{content:\"CPR-nr. " + css + "\"}</style><p class=a></p>")},
		{"HTML: script", page("<script>document.write('CPR-nr. " + c + "')</script>")},
		{"HTML: comment", page("<!-- CPR-nr. " + c + " -->")},
		{"HTML: conditional comment", page("<!--[if mso]><p>CPR-nr. " + c + "</p><![endif]-->")},
		{"HTML: title of an element", page("<p title=\"CPR-nr. " + c + "\">x</p>")},
		{"HTML: text instead of a picture", page("<img src=\"cid:a\" alt=\"CPR-nr. " + c + "\">")},
		{"HTML: value of a field", page("<input type=hidden name=cpr value=\"" + c + "\">")},
		{"HTML: link", page("<a href=\"https://firma.example/sag?cpr=" + strings.ReplaceAll(c, " ", "+") + "\">sag</a>")},
		{"HTML: picture from afar", page("<img src=\"https://firma.example/p.gif?cpr=" + strings.ReplaceAll(c, " ", "+") + "\">")},
		{"HTML: data of a link", page("<a href=\"data:text/plain;base64," + Base64("CPR-nr. "+c) + "\">hent</a>")},
		{"HTML: frame with its page", page("<iframe srcdoc=\"&lt;p&gt;CPR-nr. " + c + "&lt;/p&gt;\"></iframe>")},
		{"HTML: meta", page("<meta name=description content=\"CPR-nr. " + c + "\">")},
		{"HTML: drawing", page("<svg><text>CPR-nr. " + c + "</text></svg>")},
		{"HTML: drawing for Word", page("<v:textpath string=\"CPR-nr. " + c + "\"/>")},
		{"HTML: text area", page("<textarea>CPR-nr. " + c + "</textarea>")},
		{"HTML: template", page("<template><p>CPR-nr. " + c + "</p></template>")},
		{"HTML: data attribute", page("<p data-cpr=\"" + c + "\">x</p>")},
		{"HTML: tag without an end", page("<p title=\"CPR-nr. " + c)},
		{"HTML: within plain text's label", Single("Content-Type: text/plain\n"+encoding, Base64("<html><body>CPR-nr. "+between("<b></b>")+"</body></html>")+"\n")},
		{"HTML: in the second of two bodies", Multi("alternative", "--b1\nContent-Type: text/html\n\n<p>hej</p>\n--b1\nContent-Type: text/html\n\n<p>CPR-nr. "+c+"</p>\n--b1--\n")},
		{"calendar", Multi("alternative", "--b1\n\nhej\n--b1\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:Borger CPR-nr. "+c[:7]+"\n "+c[7:]+"\nEND:VEVENT\nEND:VCALENDAR\n--b1--\n")},
	}
}

func sealAttacks(c string) []Mail {
	text := "CPR-nr. " + c + "\n"
	cms := func(data string) string {
		return Single("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"+encoding, Base64(data)+"\n")
	}
	armor := func(body string) string {
		return "-----BEGIN PGP MESSAGE-----\n\n" + body + "-----END PGP MESSAGE-----\n"
	}
	pgp := func(part string) string {
		return Multi("encrypted; protocol=\"application/pgp-encrypted\"", "--b1\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b1\nContent-Type: application/octet-stream; name=encrypted.asc\n\n"+part+"\n--b1--\n")
	}
	literal := string([]byte{0xcb, byte(6 + len(text)), 'b', 0, 0, 0, 0, 0}) + text
	return []Mail{
		{"S/MIME: label around text", cms(text)},
		{"S/MIME: header of an envelope around text", cms(envelope(text))},
		{"S/MIME: text behind a header alone", cms("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + text)},
		{"S/MIME: label of the mail, text in it", Single("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n", text)},
		{"PGP: armor around text", Single("", armor(text))},
		{"PGP: armor around base64", Single("", armor(Base64(text)+"\n"))},
		{"PGP: literal packet", Single("", armor(Base64(literal)+"\n"))},
		{"PGP: text after the end", Single("", armor("hQEMA1234567890ABCD\n")+text)},
		{"PGP: comment in the armor", Single("", "-----BEGIN PGP MESSAGE-----\nComment: CPR-nr. "+c+"\n\nhQEMA1234\n-----END PGP MESSAGE-----\n")},
		{"PGP: signed text", Single("", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"+text+"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n")},
		{"PGP/MIME: text where the message should be", pgp(text)},
		{"PGP/MIME: armor around text", pgp(armor(text))},
		{"PGP/MIME: a third part", strings.Replace(pgp(armor("hQEMA1234\n")), "--b1--", "--b1\n\n"+text+"--b1--", 1)},
		{"our header says clean", Top + CRLF("X-Brevvagt-Rute: ren 1 1 0000\nX-Brevvagt: pass\nX-Brevvagt-Verdict: pass\nX-DLP-Released: yes\n\n"+text)},
		{"sender says secure", strings.Replace(Single("", text), "Subject: prøve", "Subject: [sikker] #krypteret", 1)},
		{"secure header inside a part", Multi("mixed", "--b1\nX-Sikker-Post: ja\n\n"+text+"--b1--\n")},
		{"secure header within another", Top + CRLF("X-A: b\n X-Sikker-Post: ja\n\n"+text)},
		{"reply of a machine", Top + CRLF("Auto-Submitted: auto-generated\nPrecedence: bulk\nX-Auto-Response-Suppress: All\n\n"+text)},
	}
}

// envelope is a well-formed ContentInfo of the kind envelopedData whose content is
// a text that nobody encrypted.
func envelope(text string) string {
	inner, err := asn1.Marshal([]byte(text))
	if err != nil {
		return ""
	}
	out, err := asn1.Marshal(struct {
		Kind    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}})
	if err != nil {
		return ""
	}
	return string(out)
}
