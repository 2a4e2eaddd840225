package fieldcheck

import (
	"regexp"
	"strings"
	"unicode"

	"brevvagt/detectors/subject"
)

// What people write who know that a number or a name will not be taken, or who copy from
// a system that writes it in another way.
var (
	// "19610707-4285".
	yearFirst = regexp.MustCompile(`(?:^|\D)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\D{0,3}\d{4}(?:\D|$)`)
	// "7. juli 1961 - 4285"; a year or a time of day after a date is no end of a number.
	dateInWords = regexp.MustCompile(`(?i)\b[0-3]?\d\.? ?(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december) (?:19|20)?\d\d[ ,.;:/–-]{1,5}(?:nr\.? ?)?(\d{4})(?:\D|$)`)
	// Letters that look like digits: "O7O761-4285".
	lookAlike = regexp.MustCompile(`(?:[0-9OoIl][ .\-/–]{0,2}){9}[0-9OoIl]`)
	// "nul syv nul syv seks et fire to otte fem".
	spoken = regexp.MustCompile(`(?i)(?:\b(?:nul|en|et|én|ét|to|tre|fire|fem|seks|syv|otte|ni)\b[ ,.\-–]{0,3}){10}`)
	street = regexp.MustCompile(`\b\p{Lu}[\p{L}.-]*(?:vej|gade|allé|alle|stræde|vænget|vænge|parken|toften|bakken|boulevard|plads|torv) \d{1,3} ?[A-Za-z]?\b`)
	title  = regexp.MustCompile(`\b(?i:hr|fru|frk|frøken)\.? \p{Lu}\p{Ll}+`)
	called = regexp.MustCompile(`\b(?i:borger(?:en)?|barnet|klient(?:en)?|patient(?:en)?|eleven|moren|faren|datteren|sønnen)(?: hedder| ved navn)? (\p{Lu}\p{Ll}+)\b`)
	pair   = regexp.MustCompile(`\p{L}[\p{L}-]*`)
)

// spelledNumber reports a CPR number in a spelling that the detectors leave alone in
// ordinary text, where it would be too rare to be worth its false alarms.
func spelledNumber(text string) bool {
	if yearFirst.MatchString(text) || spoken.MatchString(text) {
		return true
	}
	for _, m := range dateInWords.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "19") && !strings.HasPrefix(m[1], "20") {
			return true
		}
	}
	for _, m := range lookAlike.FindAllString(text, -1) {
		digits := strings.Count(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '0'
			}
			return r
		}, m), "0")
		if digits >= 7 && digits < 10 && number(strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1").Replace(m)) {
			return true
		}
	}
	return false
}

// spelledName reports a name in small or capital letters, with the surname first, or a
// first name alone where it says whose it is.
func spelledName(text string) bool {
	if title.MatchString(text) {
		return true
	}
	for _, m := range called.FindAllStringSubmatch(text, -1) {
		if subject.Forename(m[1]) {
			return true
		}
	}
	words := pair.FindAllStringIndex(text, -1)
	for i := 0; i+1 < len(words); i++ {
		between := text[words[i][1]:words[i+1][0]]
		if len(between) > 3 || strings.Trim(between, " ,") != "" {
			continue
		}
		a, b := text[words[i][0]:words[i][1]], text[words[i+1][0]:words[i+1][1]]
		if patronymic(b) && subject.Forename(titled(a)) || patronymic(a) && capital(a) && capital(b) && subject.Forename(titled(b)) {
			return true
		}
	}
	return false
}

// patronymic reports a word that ends as most Danish surnames do. Of the many ordinary
// words on -elsen, -ssen and -asen only known names count.
func patronymic(word string) bool {
	w := strings.ToLower(word)
	if !strings.HasSuffix(w, "sen") || len(w) < 5 {
		return false
	}
	for _, ordinary := range []string{"elsen", "ssen", "asen"} {
		if strings.HasSuffix(w, ordinary) {
			return surnames.MatchString(w)
		}
	}
	return true
}

var surnames = regexp.MustCompile(`^(?:niel|dani?el|mi[ck]+h?el|bertel|abel|axel|rasmus|thomas|andreas|tobias|mathias|matthias|jonas|elias|lucas|lukas|clau|klau|nis|jes|chris)sen$`)

func capital(word string) bool {
	for _, r := range word {
		return unicode.IsUpper(r)
	}
	return false
}

// titled is a word as a name is written: "ANNA-MARIE" is "Anna-Marie".
func titled(word string) string {
	up := true
	return strings.Map(func(r rune) rune {
		if up {
			up = false
			return unicode.ToUpper(r)
		}
		up = r == '-'
		return unicode.ToLower(r)
	}, word)
}
