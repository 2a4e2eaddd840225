package nasty

import (
	"fmt"
	"strings"
)

// Attacks are mails by somebody who wants c to slip through: each shows c to some
// mail program, or to whoever looks for it there. c has 11 bytes like
// "010203-4567".
func Attacks(c string) []Mail {
	var list []Mail
	for _, part := range [][]Mail{
		structureAttacks(c), boundaryAttacks(c), fieldAttacks(c), nestedAttacks(c), transferAttacks(c),
		charsetAttacks(c), htmlAttacks(c), sealAttacks(c),
	} {
		list = append(list, part...)
	}
	return list
}

// hidden is c in base64, as a part with this header before it.
func hidden(c string) string { return Base64("Sagen er CPR-nr. "+c+" slut.") + "\n" }

const encoding = "Content-Transfer-Encoding: base64\n"

func structureAttacks(c string) []Mail {
	enc := hidden(c)
	part := "--b1\n" + encoding + "\n" + enc + "--b1--\n"
	typed := func(header string) string { return Top + CRLF(header+"\n\n"+part) }
	return []Mail{
		{"third Content-Type has the boundary", typed("Content-Type: text/plain\nContent-Type: text/html\nContent-Type: multipart/mixed; boundary=b1")},
		{"Content-Type folded at every blank", typed("Content-Type:\n multipart/mixed\n ;\n\tboundary\n =\n b1")},
		{"comments in the Content-Type", typed("Content-Type: (a) multipart (b) / (c) mixed (d); (e) boundary (f) = (g) \"b1\" (h)")},
		{"tabs everywhere in the Content-Type", typed("Content-Type:\tmultipart/mixed\t;\tboundary\t=\t\"b1\"\t")},
		{"junk parameters before the boundary", typed("Content-Type: multipart/mixed; ; =; charset=; x=\"a;b\"; boundary=b1")},
		{"no semicolon before the boundary", typed("Content-Type: multipart/mixed boundary=b1")},
		{"blank before the colon", Top + CRLF("Content-Transfer-Encoding : base64\n\n"+enc)},
		{"encoding in quotes", Top + CRLF("Content-Transfer-Encoding: \"base64\"\n\n"+enc)},
		{"encoding within comments", Top + CRLF("Content-Transfer-Encoding: (7bit) base64 (7bit)\n\n"+enc)},
		{"encoding on a folded line", Top + CRLF("Content-Transfer-Encoding:\n\n base64\n\n"+enc)},
		{"7bit first, then base64", Top + CRLF("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n"+enc)},
		{"base64 first, then 7bit", Top + CRLF("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nCPR-nr. "+c+"\n")},
		{"blank line of spaces in the header", Top + CRLF("Content-Type: multipart/mixed;\n \n boundary=b1\n\n"+part)},
		{"CR CR LF line ends", strings.ReplaceAll(typed("Content-Type: multipart/mixed; boundary=b1"), "\r\n", "\r\r\n")},
		{"bare CR between header fields", Top + "Subject: hej\rX-Sag: CPR " + c + "\rX-Mere: ja\r\n\r\nhej\r\n"},
		{"bare LF between header fields", Top + "X-A: b\nX-Sag: CPR-nr. " + c + "\nX-C: d\r\n\r\nhej\r\n"},
		{"no line end at the end of the header", Top + "X-Sag: CPR-nr. " + c + "\r\n"},
		{"zero byte between all digits", Top + "\r\nCPR-nr. " + strings.Join(strings.Split(c, ""), "\x00") + "\r\n"},
		{"body line of a megabyte", Top + "\r\n" + strings.Repeat("ordet er frit ", 75_000) + "CPR-nr. " + c + strings.Repeat(" og lidt mere", 1000) + "\r\n"},
		{"base64 line of a megabyte", Top + "Content-Transfer-Encoding: base64\r\n\r\n" + Base64(strings.Repeat("ordet er frit. ", 52_000)+"CPR-nr. "+c) + "\r\n"},
		{"header of 90 KB before it", Top + "X-Lang: " + strings.Repeat("x", 90_000) + "\r\n\r\nCPR-nr. " + c + "\r\n"},
		{"thousand fields before it", Top + strings.Repeat("X-Felt: y\r\n", 1000) + "X-Sag: CPR-nr. " + c + "\r\n\r\nhej\r\n"},
		{"20,000 empty parts", Multi("mixed", strings.Repeat("--b1\n\n\n", 20_000)+part)},
		{"sixty unclosed multiparts", Unclosed(60, CRLF(encoding+"\n"+enc))},
		{"second mail after a lone dot and LF", Top + "\r\nhej\n.\nMAIL FROM:<x@y.example>\nCPR-nr. " + c + "\r\n"},
		{"second mail after a lone dot and CR", Top + "\r\nhej\r.\rMAIL FROM:<x@y.example>\rCPR-nr. " + c + "\r\n"},
		{"dots at all beginnings", Top + "\r\n..\r\n.CPR-nr. " + c + "\r\n...\r\n"},
	}
}

func boundaryAttacks(c string) []Mail {
	enc := hidden(c)
	with := func(param, line string) string {
		return Top + CRLF("Content-Type: multipart/mixed; boundary="+param+"\n\n--"+line+"\n"+encoding+"\n"+enc+"--"+line+"--\n")
	}
	bare := func(param, line string) string { // nothing but the declaration tells that this is a part
		return Top + CRLF("Content-Type: multipart/mixed; boundary="+param+"\n\nhej\n--"+line+"\nX-A: b\n"+encoding+"\n"+enc+"--"+line+"--\n")
	}
	long := strings.Repeat("b", 70)
	longest := strings.Repeat("b", 3000)
	return []Mail{
		{"boundary of 70 letters", bare(long, long)},
		{"boundary of 3,000 letters", bare(longest, longest)},
		{"boundary that ends in two hyphens", bare("\"b1--\"", "b1--")},
		{"empty boundary", with("\"\"", "")},
		{"boundary with a blank at its end", bare("\"b 1 \"", "b 1 ")},
		{"boundary with Danish letters", bare("\"bøøg\"", "bøøg")},
		{"boundary in an encoded word", with("\"=?utf-8?q?b1?=\"", "b1")},
		{"boundary with percents", bare("x; boundary*=utf-8''b%31", "b1")},
		{"boundary pieces in the wrong order", bare("x; boundary*1=\"1\"; boundary*0=\"lang\"", "lang1")},
		{"boundary in another case", with("B1", "b1")},
		{"boundary in single quotes", bare("'b1'", "b1")},
		{"boundary with backslashes", bare("\"b\\1\"", "b1")},
		{"boundary with a comment behind", bare("b1(hej)", "b1")},
		{"text behind the boundary", with("b1", "b1 hej")},
		{"boundary begins like the one around it", Multi("mixed", "--b1\nContent-Type: multipart/mixed; boundary=b1--\n\n--b1--\n"+encoding+"\n"+enc+"--b1----\n--b1--\n")},
		{"second round after the end", Multi("mixed", "--b1\n\nhej\n--b1--\n\n--b1\n"+encoding+"\n"+enc+"--b1--\n")},
		{"base64 in the preamble", Multi("mixed", enc+"\n--b1\n\nhej\n--b1--\n")},
		{"base64 in the epilogue", Multi("mixed", "--b1\n\nhej\n--b1--\n"+enc)},
		{"boundary of an inner message used outside", Multi("mixed", "--b1\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\nhej\n--b1\n\nx\n--b2\n"+encoding+"\n"+enc+"--b2--\n")},
	}
}

func fieldAttacks(c string) []Mail {
	field := func(s string) string { return Top + CRLF(s+"\n\nhej\n") }
	part := func(s string) string {
		return Multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: image/png\n"+s+"\n\niVBORw0KGgo=\n--b1--\n")
	}
	digits, words := "", ""
	for _, r := range c {
		digits += fmt.Sprintf("%%%02X", r)
		words += "=?utf-8?b?" + Base64(string(r)) + "?= "
	}
	list := []Mail{
		{"number in a field's name", field("X-Sag-CPR-" + strings.ReplaceAll(c, " ", "-") + ": ja")},
		{"encoded word for every digit", field("X-Sag: CPR-nr. " + words)},
		{"encoded word with a language", field("X-Sag: =?utf-8*da?b?" + Base64("CPR-nr. "+c) + "?=")},
		{"encoded word without its end", field("X-Sag: =?utf-8?q?CPR-nr._" + strings.ReplaceAll(c, " ", "_"))},
		{"encoded word in quotes", field("Reply-To: \"=?utf-8?b?" + Base64("CPR-nr. "+c) + "?=\" <a@kommune.example>")},
		{"number in a comment of an address", field("Cc: b@firma.example (CPR-nr. " + c + ")")},
		{"number as a group's name", field("Cc: CPR " + c + ": b@firma.example;")},
		{"number in an address", field("Reply-To: cpr-" + strings.ReplaceAll(c, " ", ".") + "@kommune.example")},
		{"file name in percents", part("Content-Disposition: attachment; filename*=iso-8859-1'da'CPR%20" + digits)},
		{"file name in pieces, out of order", part("Content-Disposition: attachment; filename*1=\"" + c[6:] + ".png\"; filename*0=\"CPR " + c[:6] + "\"")},
		{"file name in an encoded word", part("Content-Disposition: attachment; filename=\"=?utf-8?b?" + Base64("CPR "+c+".png") + "?=\"")},
		{"other name in the type", part("Content-Disposition: attachment; filename=a.png\nContent-Type: image/png; name=\"CPR " + c + "\"")},
		{"unknown parameter", part("Content-Disposition: attachment; x-sag=\"CPR-nr. " + c + "\"")},
	}
	for _, name := range []string{"Thread-Topic", "Keywords", "Comments", "Organization", "In-Reply-To", "X-Mailer", "List-Unsubscribe", "Content-Location", "Content-ID", "X-MS-Exchange-Organization-Sag", "Disposition-Notification-To"} {
		list = append(list, Mail{"number in " + name, field(name + ": CPR-nr. " + c)})
	}
	return list
}
