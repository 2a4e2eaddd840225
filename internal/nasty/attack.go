package nasty

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

func nestedAttacks(c string) []Mail {
	enc := hidden(c)
	inner := "From: x@y.example\nSubject: indre\n" + encoding + "\n" + enc
	labelled := func(kind string) string {
		return Multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: "+kind+"\n"+encoding+"\n"+enc+"--b1--\n")
	}
	deep := "CPR-nr. " + c + "\n"
	for range 20 {
		deep = "From: x@y.example\nSubject: x\nContent-Type: message/rfc822\n\n" + deep
	}
	list := []Mail{
		{"message/partial, first of two", Top + CRLF("Content-Type: message/partial; id=\"a@b\"; number=1; total=2\n\n"+inner)},
		{"message/partial, last of two", Top + CRLF("Content-Type: message/partial; id=\"a@b\"; number=2; total=2\n\n"+enc)},
		{"message/external-body", Multi("mixed", "--b1\nContent-Type: message/external-body; access-type=x\n\nContent-Type: text/plain\n"+encoding+"\n"+enc+"--b1--\n")},
		{"message/external-body's parameter", Multi("mixed", "--b1\nContent-Type: message/external-body; access-type=anon-ftp; site=ftp.firma.example; name=\"CPR "+c+"\"\n\nContent-Type: text/plain\n\n--b1--\n")},
		{"twenty messages in each other", Top + CRLF("Content-Type: message/rfc822\n\n"+deep)},
		{"message in quoted-printable", Multi("mixed", "--b1\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nSubject: x\n\nCPR-nr. "+c[:5]+"=\n"+c[5:]+"\n--b1--\n")},
		{"message without a header", Multi("mixed", "--b1\nContent-Type: message/rfc822\n\n\nCPR-nr. "+c+"\n--b1--\n")},
		{"mail after a From line in the body", Top + CRLF("\nhej\n\nFrom a@b.example Tue Nov 24 10:00:00 2026\nFrom: a@b.example\n"+encoding+"\n"+enc)},
		{"gzip without a name", Multi("mixed", "--b1\nContent-Type: application/octet-stream\n"+encoding+"\n"+Base64(zipped("CPR-nr. "+c))+"\n--b1--\n")},
		{"winmail.dat", Multi("mixed", "--b1\nContent-Type: application/ms-tnef; name=winmail.dat\n"+encoding+"\n"+Base64(tnef("CPR-nr. "+c))+"\n--b1--\n")},
		{"winmail.dat under a picture's name", Multi("mixed", "--b1\nContent-Type: image/png; name=a.png\n"+encoding+"\n"+Base64(tnef("CPR-nr. "+c))+"\n--b1--\n")},
		{"picture with text behind its end", Multi("mixed", "--b1\nContent-Type: image/gif; name=a.gif\n"+encoding+"\n"+Base64("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;CPR-nr. "+c)+"\n--b1--\n")},
	}
	for _, kind := range []string{"message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers",
		"text/x-ukendt", "application/x-ukendt", "x", "/", "text", "audio/mpeg", "application/octet-stream", "multipart/mixed", "multipart/mixed; boundary=\"\""} {
		list = append(list, Mail{"text labelled " + kind, labelled(kind)})
	}
	return list
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // a buffer takes everything
	_ = w.Close()
	return b.String()
}

// tnef is a winmail.dat with a body.
func tnef(body string) string {
	out := binary.LittleEndian.AppendUint32(nil, 0x223e9f78)
	out = binary.LittleEndian.AppendUint16(out, 1)
	add := func(id uint32, data []byte) {
		out = append(out, 1)
		out = binary.LittleEndian.AppendUint32(out, id)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
		sum := uint16(0)
		for _, b := range data {
			sum += uint16(b)
		}
		out = binary.LittleEndian.AppendUint16(append(out, data...), sum)
	}
	add(0x00089006, []byte{0, 0, 1, 0})
	add(0x0002800c, append([]byte(body), 0))
	return string(out)
}

func transferAttacks(c string) []Mail {
	text := "Sagen er CPR-nr. " + c + " slut."
	enc := Base64(text)
	hex, quoted, padded := "", "", ""
	for _, b := range []byte("CPR-nr. " + c) {
		hex += fmt.Sprintf("=%02x", b)
	}
	for _, l := range strings.Split(strings.TrimSpace(uuencode("a.txt", text+"\n")), "\n") {
		quoted += "> " + l + "\n"
	}
	for _, r := range text {
		padded += Base64(string(r)) + "\n"
	}
	url := base64.URLEncoding.EncodeToString([]byte("???>>>~~~ " + text))
	return []Mail{
		{"base64 twice", Single(encoding, Base64(enc)+"\n")},
		{"quoted-printable within base64", Single(encoding, Base64("Hej\nCPR-nr. "+c[:5]+"=\n"+c[5:]+"\n")+"\n")},
		{"quoted-printable declared, base64 sent", Single("Content-Transfer-Encoding: quoted-printable\n", enc+"\n")},
		{"base64 declared, quoted-printable sent", Single(encoding, "Hej, CPR-nr. "+c[:5]+"=\n"+c[5:]+" slut\n")},
		{"quoted-printable in small letters", Single("Content-Transfer-Encoding: quoted-printable\n", hex+"\n")},
		{"quoted-printable with nothing declared", Single("", "Hej=20du=2E=20CPR-nr.=20"+strings.ReplaceAll(c, "-", "=2D")+"=0A\n")},
		{"soft breaks with nothing declared", Single("", "Hej=20du, CPR-nr. "+c[:4]+"=\n"+c[4:]+"=0A\n")},
		{"each letter's base64 padded", Single(encoding, padded)},
		{"base64 for addresses", Single(encoding, url+"\n")},
		{"base64 with zero bytes", Single(encoding, strings.Join(strings.Split(enc, ""), "\x00")+"\n")},
		{"base64 behind quote marks", Single(encoding, "> "+enc[:20]+"\n> "+enc[20:]+"\n")},
		{"base64 after a text", Single("", "Hej, her er det:\n\n"+enc+"\n")},
		{"uuencode behind quote marks", Single("", "Hej\n"+quoted+"slut\n")},
		{"uuencode without an end", Single("", strings.TrimSuffix(uuencode("a.txt", text+"\n"), "`\nend\n"))},
		{"uuencode with a mode of its own", Single("", strings.Replace(uuencode("a.txt", text+"\n"), "begin 644", "begin 0100644", 1))},
		{"begin-base64", Single("", "begin-base64 644 a.txt\n"+enc+"\n====\n")},
		{"yEnc", Single("", yenc("a.txt", text+"\n"))},
		{"text that begins as uuencode", Single("", "Hej\nbegin 644 sagen\nCPR-NR. "+c+"\nSLUT\n")},
		{"text in a full line of uuencode", Single("", "begin 644 a\nM"+(strings.ToUpper("CPR-nr. "+c+" ") + strings.Repeat("SLUT ", 20))[:60]+"\n`\nend\n")},
		{"text that begins as yEnc", Single("", "=ybegin line=128 size=20 name=a\nCPR-nr. "+c+"\n=yend size=20\n")},
		{"quoted-printable, declared by two names", Single("Content-Transfer-Encoding: x-quoted, quoted-printable\n", "CPR-nr. "+c[:5]+"=\n"+c[5:]+"\n")},
		{"binary with CR alone", Single("Content-Transfer-Encoding: binary\n", "") + "hej\rCPR-nr. " + c + "\rslut"},
	}
}

// yenc encodes as Usenet does.
func yenc(name, s string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "=ybegin line=128 size=%d name=%s\n", len(s), name)
	for i := range len(s) {
		switch e := s[i] + 42; e {
		case 0, '\n', '\r', '=', '.':
			b.WriteByte('=')
			b.WriteByte(e + 64)
		default:
			b.WriteByte(e)
		}
	}
	fmt.Fprintf(&b, "\n=yend size=%d\n", len(s))
	return b.String()
}

func charsetAttacks(c string) []Mail {
	text := "CPR-nr. " + c + " slut\n"
	in := func(charset, raw string) string {
		return Single("Content-Type: text/plain; charset="+charset+"\n"+encoding, Base64(raw)+"\n")
	}
	wide := func(order binary.AppendByteOrder, s string) string {
		var out []byte
		for _, u := range utf16.Encode([]rune(s)) {
			out = order.AppendUint16(out, u)
		}
		return string(out)
	}
	var u32 []byte
	for _, r := range text {
		u32 = binary.BigEndian.AppendUint32(u32, uint32(r))
	}
	shifted := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0 // full width
		}
		return r
	}, text)
	digits := func(zero rune) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, text)
	}
	u7 := "+" + strings.TrimRight(Base64(wide(binary.BigEndian, "CPR-nr. "+c)), "=") + "-"
	u8 := "text/plain; charset=utf-8\n" + encoding
	return []Mail{
		{"utf-16 with a mark", in("utf-16", "\xfe\xff"+wide(binary.BigEndian, text))},
		{"utf-16 that says utf-8", in("utf-8", wide(binary.LittleEndian, text))},
		{"utf-32", in("utf-32be", string(u32))},
		{"utf-7, every digit", Single("Content-Type: text/plain; charset=utf-7\n", u7+"\n")},
		{"utf-7 in a subject", strings.Replace(Single("", "hej\n"), "Subject: prøve", "Subject: =?utf-7?q?"+strings.ReplaceAll(u7, "=", "=3D")+"?=", 1)},
		{"full width letters and digits", Single("Content-Type: "+u8, Base64(shifted)+"\n")},
		{"Arabic-Indic digits", Single("Content-Type: "+u8, Base64(digits(0x660))+"\n")},
		{"Devanagari digits", Single("Content-Type: "+u8, Base64(digits(0x966))+"\n")},
		{"mathematical digits", Single("Content-Type: "+u8, Base64(digits(0x1d7ce))+"\n")},
		{"zero width blanks between the digits", Single("Content-Type: "+u8, Base64("CPR-nr. "+strings.Join(strings.Split(c, ""), "\u200b"))+"\n")},
		{"soft hyphens between the digits", Single("Content-Type: "+u8, Base64("CPR-nr. "+strings.Join(strings.Split(c, ""), "\u00ad"))+"\n")},
		{"direction marks between the digits", Single("Content-Type: "+u8, Base64("CPR-nr. "+strings.Join(strings.Split(c, ""), "\u200e"))+"\n")},
		{"shown from right to left", Single("Content-Type: "+u8, Base64("CPR-nr. \u202e"+reversed(c)+"\u202c slut")+"\n")},
		{"charset in an encoded word", in("\"=?utf-8?q?utf-8?=\"", text)},
		{"charset of 5,000 letters", in(strings.Repeat("x", 5000), text)},
		{"Latin-1 that says utf-8", in("utf-8", "Bl\xe5b\xe6r "+text)},
		{"EBCDIC", in("ibm037", ebcdic(text))},
	}
}

// ebcdic knows letters, digits, blank, hyphen and full stop.
func ebcdic(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b := byte(0x40)
		switch {
		case r >= '0' && r <= '9':
			b = 0xf0 + byte(r-'0')
		case r == '-':
			b = 0x60
		case r == '.':
			b = 0x4b
		case r >= 'a' && r <= 'i' || r >= 'A' && r <= 'I':
			b = 0x80 | byte(r&15) | byte(0x60-r&0x20)<<1
		case r >= 'j' && r <= 'r' || r >= 'J' && r <= 'R':
			b = 0x90 | byte(r&31-9) | byte(0x60-r&0x20)<<1
		case r >= 's' && r <= 'z' || r >= 'S' && r <= 'Z':
			b = 0xa0 | byte(r&31-17) | byte(0x60-r&0x20)<<1
		}
		out = append(out, b)
	}
	return string(out)
}

func reversed(s string) string {
	out := []byte(s)
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}
