// Package payment tells letters about a payment, and whether the money is somebody
// else's than the reader's: such letters do not belong to a child.
package payment

import (
	"slices"
	"strings"
	"unicode"

	"brevvagt/detectors/subject"
)

// paymentWords are the stems by which a letter speaks of paying out.
var paymentWords = []string{"udbetal", "nemkonto", "ydelsen", "børnebidrag", "børnetilskud", "børne- og ungeydelse", "plejevederlag", "vederlag", "bliver overført", "overføres til", "overfører", "refusion", "udlæg"}

// Told reports whether a text in lower case speaks of paying out.
func Told(low string) bool {
	return slices.ContainsFunc(paymentWords, func(w string) bool { return strings.Contains(low, w) })
}

// payeeWords say that the money is somebody else's, who reads of "your child".
var payeeWords = []string{"dit barn", "jeres barn", "dit plejebarn", "plejefamilie", "plejeforæld", "som forælder", "som værge", "betalingsmodtager", "ydelsesmodtager", "din søn", "din datter"}

// nearPayment is how far from the word of payment another payee's name may stand,
// in bytes.
const nearPayment = 160

// ToOther reports whether a text about a payment, with the same in small letters byte by
// byte (see lower.InPlace), says that somebody else is paid; own tells the reader's names.
func ToOther(text, low string, own func(subject.Name) bool) bool {
	if slices.ContainsFunc(payeeWords, func(w string) bool { return strings.Contains(low, w) }) {
		return true
	}
	for _, w := range paymentWords {
		for at := 0; ; {
			i := strings.Index(low[at:], w)
			if i < 0 {
				break
			}
			i += at
			from, end := max(0, i-nearPayment), min(len(text), i+nearPayment)
			if slices.ContainsFunc(namesIn(strings.ToValidUTF8(text[from:end], "")), func(n subject.Name) bool { return !own(n) }) {
				return true
			}
			at = i + len(w)
		}
	}
	return false
}

// notPeople are words in capitals that name no person who is paid.
var notPeople = []string{"udbetaling", "kommune", "danmark", "borgerservice", "center", "kontor", "bank", "digital", "post", "nemkonto", "kære", "hej", "med", "venlig", "hilsen", "team", "afdeling", "forvaltning", "børne", "unge", "familie", "region", "den", "vedr", "cpr"}

// namesIn gives the rows of two or more words with capitals that follow "til",
// "modtager" or the like on one line.
func namesIn(text string) []subject.Name {
	var out []subject.Name
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		for i, w := range fields {
			switch strings.ToLower(strings.Trim(w, ":,.")) {
			case "til", "modtager", "udbetales", "konto", "nemkonto", "af", "hos":
			default:
				continue
			}
			var name []string
			for _, next := range fields[i+1:] {
				trimmed := strings.Trim(next, ",.:;()")
				if trimmed == "" || !unicode.IsUpper([]rune(trimmed)[0]) || slices.Contains(notPeople, strings.ToLower(trimmed)) || strings.HasSuffix(strings.ToLower(trimmed), "kommune") || strings.HasSuffix(strings.ToLower(trimmed), "kommunes") {
					break
				}
				name = append(name, trimmed)
				if trimmed != next {
					break
				}
			}
			if len(name) >= 2 {
				out = append(out, subject.NewName(strings.Join(name, " ")))
			}
		}
	}
	return out
}
