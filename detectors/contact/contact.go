// Package contact finds ways to reach a person: Danish addresses, mailboxes at
// private mail providers and telephone numbers. They are Weak: every letter holds
// some, so alone they stop nothing, but the breach register names the kinds of
// data that a message held.
package contact

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/document"
)

// maxSpans bounds what one segment yields.
const maxSpans = 500

// Detectors lists the detectors of this family.
func Detectors() []detectors.Detector {
	return []detectors.Detector{
		{ID: "address", Title: "Adresse", Category: "address", Find: findAddresses},
		{ID: "private-email", Title: "Privat mailadresse", Category: "private-email", Find: findMailboxes},
		{ID: "phone", Title: "Telefonnummer", Category: "phone", Find: findPhones},
	}
}

// DataTypes gives the values of the breach register's column 6 for a category of
// this family, nil for any other.
func DataTypes(category string) []string {
	switch category {
	case "address":
		return []string{"Adresse"}
	case "private-email":
		return []string{"E-mail"}
	case "phone":
		return []string{"Telefonnummer (privat)"}
	}
	return nil
}

// streetLine is the end of an address before its post code: street, house number
// with letter, floor and door, and the name of a village.
var streetLine = regexp.MustCompile(`((?:\p{Lu}[\p{L}.'-]*|\d+\.)(?: [\p{L}.'-]+){0,3}) (\d{1,3} ?[A-Za-z]?)(?:, ?(?:st|kl|\d{1,2})\.?(?:,? ?(?:tv|th|mf|\d{1,3})\.?)?)?(?:, ?\p{Lu}\p{L}+)?[,\s]+(?:DK-)?$`)

// streetEndings end the names of Danish streets; without one a street is believed
// only where a floor or door follows.
var streetEndings = []string{"vej", "vejen", "gade", "gaden", "allé", "alle", "alléen", "stræde", "strædet", "vænge", "vænget", "park", "parken", "plads", "pladsen", "torv", "torvet", "have", "haven", "bakke", "bakken", "toft", "toften", "sti", "stien", "ager", "ageren",
	"kaj", "kajen", "boulevard", "lund", "lunden", "mark", "marken", "gård", "gården", "dal", "dalen", "høj", "højen", "bro", "broen", "krog", "krogen", "vang", "vangen", "eng", "engen", "skov", "skoven", "bæk", "kær", "hegn", "hegnet", "løkke", "løkken", "parkvej", "brink", "brinken"}

// office words before an address tell that it is the sender's own.
var officeWords = []string{"kommune", "rådhus", "borgerservice", "jobcenter", "forvaltning", "styrelse", "a/s", "aps", "skole", "plejehjem", "region", "center"}

func findAddresses(seg document.Segment, _ detectors.Env) []detectors.Span {
	text := seg.Text
	var out []detectors.Span
	for i := 0; i+5 < len(text) && len(out) < maxSpans; i++ {
		if !postCode(text, i) {
			continue
		}
		from := max(0, i-90)
		for from < i && !utf8.RuneStart(text[from]) {
			from++
		}
		m := streetLine.FindStringSubmatchIndex(text[from:i])
		if m == nil || !streetName(text[from+m[2]:from+m[3]], text[from+m[5]:i]) {
			continue
		}
		start, end := from+m[0], townEnd(text, i+5)
		if before := strings.ToLower(text[max(0, start-60):start]); containsAny(before, officeWords) || strings.Contains(strings.ToLower(text[start:end]), "rådhus") {
			continue
		}
		out = append(out, detectors.Span{Start: start, End: end, Strength: detectors.Weak, Why: []string{"vej, husnummer og postnummer"},
			Value: strings.ToLower(strings.Join(strings.Fields(text[start:end]), " ")), Display: "… " + strings.ToValidUTF8(text[i+5:end], "")})
		i = end - 1
	}
	return out
}

// postCode reports whether a Danish post code and a town begin at i. The lowest is 0555;
// the highest in use is 9990, but samples like to write 9999.
func postCode(text string, i int) bool {
	if text[i] < '0' || text[i] > '9' || i > 0 && (digit(text[i-1]) || text[i-1] == '.') {
		return false
	}
	code := text[i : i+4]
	for _, c := range []byte(code) {
		if !digit(c) {
			return false
		}
	}
	if code < "0555" || code > "9999" || text[i+4] != ' ' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[i+5:])
	return r >= 'A' && r <= 'Z' || strings.ContainsRune("ÆØÅ", r)
}

// streetName reports whether a name is that of a street; rest is what stands
// between the house number and the post code.
func streetName(name, rest string) bool {
	last := name[strings.LastIndexByte(name, ' ')+1:]
	lower := strings.ToLower(last)
	for _, e := range streetEndings {
		if strings.HasSuffix(lower, e) {
			return true
		}
	}
	return containsAny(strings.ToLower(rest), []string{"tv", "th", "mf", "st."})
}

// townEnd gives the end of the town's name that begins at i: letters, and further
// words with a capital or a district ("Aarhus C", "København NV").
func townEnd(text string, i int) int {
	end := i
	for n := 0; n < 3; n++ {
		word := end
		for word < len(text) && (text[word] >= utf8.RuneSelf || text[word]|0x20 >= 'a' && text[word]|0x20 <= 'z') {
			word++
		}
		if word == end {
			break
		}
		end = word
		if end+1 >= len(text) || text[end] != ' ' || text[end+1] < 'A' || text[end+1] > 'Z' {
			break
		}
		end++
	}
	return i + len(strings.TrimRight(text[i:end], " \u00a0"))
}

// privateDomains are providers of mailboxes for private people.
var privateDomains = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "hotmail.com": true, "hotmail.dk": true, "live.dk": true, "live.com": true, "outlook.com": true, "outlook.dk": true, "msn.com": true,
	"yahoo.com": true, "yahoo.dk": true, "icloud.com": true, "me.com": true, "mac.com": true, "mail.dk": true, "jubii.dk": true, "jubiimail.dk": true, "ofir.dk": true, "tdcadsl.dk": true, "stofanet.dk": true,
	"youmail.dk": true, "email.dk": true, "proton.me": true, "protonmail.com": true, "aol.com": true, "gmx.com": true, "gmx.net": true, "privat.dk": true, "get2net.dk": true, "webspeed.dk": true, "post.tele.dk": true, "mail.tele.dk": true,
}

// Private reports whether a domain, in lower case, is a provider of mailboxes for
// private people.
func Private(domain string) bool { return privateDomains[domain] }

func findMailboxes(seg document.Segment, _ detectors.Env) []detectors.Span {
	text := seg.Text
	var out []detectors.Span
	for i := 0; len(out) < maxSpans; i++ {
		n := strings.IndexByte(text[i:], '@')
		if n < 0 {
			break
		}
		i += n
		start, end := i, i+1
		for start > 0 && i-start < 64 && mailboxByte(text[start-1]) {
			start--
		}
		for end < len(text) && end-i < 64 && mailboxByte(text[end]) {
			end++
		}
		domain := strings.TrimRight(strings.ToLower(text[i+1:end]), ".-_+")
		end = i + 1 + len(domain)
		if start < i && privateDomains[domain] {
			out = append(out, detectors.Span{Start: start, End: end, Strength: detectors.Weak, Why: []string{"postkasse hos en udbyder for private"},
				Value: strings.ToLower(text[start:end]), Display: text[start:start+1] + "…@" + domain})
		}
	}
	return out
}

func mailboxByte(c byte) bool {
	return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-' || c == '_' || c == '+'
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
