package wording

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/needle"
)

// This file tells whether a mail speaks to its reader, and of whose matter. Each list is
// looked for in one pass, since every mail is asked.

// You are the words with which a mail speaks to its reader.
var You = map[string]bool{"du": true, "dig": true, "din": true, "dit": true, "dine": true, "you": true, "your": true}

var yours = needle.New(slices.Sorted(maps.Keys(You)))

const sentenceSigns = ".,;:!?"

// SaysYou reports whether a word that speaks to the reader stands in a text in small
// letters by itself, between blanks and the signs of a sentence.
func SaysYou(low string) bool {
	return yours.Where(low, func(start, end int) bool {
		return apart(utf8.DecodeLastRuneInString(strings.TrimRight(low[:start], sentenceSigns))) &&
			apart(utf8.DecodeRuneInString(strings.TrimLeft(low[end:], sentenceSigns)))
	})
}

// apart reports whether what stands beside a word is a blank, or nothing.
func apart(r rune, size int) bool { return size == 0 || unicode.IsSpace(r) }

var ownMatter = needle.New([]string{"din ansøgning", "din egen ansøgning", "dit ansøgningsskema", "blanketten, du bad", "blanketten du bad", "du bad om", "du har bedt om", "skemaet, du", "skemaet du",
	"din afgørelse", "din ydelse", "din pension", "dit samtykke", "samtykkeerklæring, som du", "din bolig", "dit tilskud", "din plejehjemsplads", "du skal udfylde", "udfyld blanketten", "udfylde blanketten", "udfylde og returnere", "udfyld den", "udfyld og", "til dig", "din blanket", "dit skema", "her er blanketten", "hermed blanketten", "vedhæftede blanket", "send den retur", "din sag", "underskrive og returnere", "skrive under og"})

// OwnMatter reports whether a text in small letters speaks to the reader of the reader's own
// affairs, not to a colleague elsewhere.
func OwnMatter(low string) bool {
	return ownMatter.Where(low, func(start, end int) bool {
		r, _ := utf8.DecodeRuneInString(low[end:])
		return !unicode.IsLetter(r) || !strings.HasSuffix(low[start:end], " dig") // "til digital post"
	})
}

var othersMatter = needle.New([]string{"klient", "borgeren", "patienten", "eleven", "jeres patient", "jeres borger", "vores borger", "vedr. borger", "vedrørende borger", "sagsakter", "akterne i sagen", "hermed akterne", "til orientering", "som partsrepræsentant", "fuldmagt"})

// OthersMatter reports whether a text in small letters speaks of a third person to somebody
// who works with the case.
func OthersMatter(low string) bool { return othersMatter.In(low) }
