package subject

import (
	"slices"
	"strings"
)

// beside are the labels of a reference block, as they stand right of an address
// block.
var beside = newWordList("dato", "sagsnr", "sagsnummer", "sags-id", "sagsbehandler", "j.nr", "j. nr", "journalnr", "deres ref", "vores ref", "cpr", "vedr", "dok.nr", "dokumentnr", "personnr", "telefon", "tlf", "e-mail", "mail", "direkte", "kontakt", "henvendelse", "enhed", "ref", "brevdato", "side", "løbenr", "faktura", "fakturadato", "fakturanr", "fakturanummer", "kundenr", "kundenummer", "debitornr", "debitornummer", "betalingsfrist", "forfaldsdato", "forfald", "aftalenr", "ejendomsnr", "ejendomsnummer", "matrikelnr", "regningsdato", "regning", "afgørelsesdato")

// maxBlockLine is the longest line of an address block, in bytes.
const maxBlockLine = 60

// LeftOfReference gives the part of a line that stands left of a reference block,
// as a page with both beside each other is read: "5000 Odense C" of "5000 Odense C
// Sagsnr.: 26/1234". A line that is no such pair is given whole.
func LeftOfReference(text string) string {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 || at > 2*maxBlockLine {
			return text
		}
		label := text[:at+i]
		// A label has three words at most.
		for end := len(label); strings.Count(label[end:], " ") < 3; {
			if end = strings.LastIndexByte(label[:end], ' '); end < 2 {
				break
			}
			word := beside.of(label[end+1:])
			if word == "" {
				continue
			}
			if left := strings.TrimRight(label[:end], " \t"); len(left) <= maxBlockLine && blockPart(left, word == "cpr" || word == "personnr") {
				return left
			}
		}
		at += i + 1
	}
}

// blockPart reports whether a text may be a line of an address block. A name before
// a number is a person with her number, and one line.
func blockPart(s string, number bool) bool {
	if postLine(s) || streetLine(s) {
		return true
	}
	if number {
		return false
	}
	n, ok := wholeName(s)
	return ok && slices.ContainsFunc(n.tokens, Forename)
}
