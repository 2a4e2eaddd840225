package subject

import (
	"slices"
	"strings"

	"brevvagt/detectors"
)

// This file compares names that are written in more than one way: those brought here from
// other alphabets, of which a passport, a register and their bearer each have a spelling,
// and those that a mailbox shortens.

// alike reports whether two full names are two spellings of one: "Mohammad Al Testhassan"
// and "Mohammed Altesthassan". Two common Danish names are never one, however near, nor are
// two of which more than one word differs, unless the first name comes from elsewhere.
func (n Name) alike(o Name) bool {
	if len(n.tokens) < 2 || len(o.tokens) < 2 || !n.Full() || !o.Full() {
		return false
	}
	a, b := n.joinedArticles(), o.joinedArticles()
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 2 || spelt(a[0][:1])[0] != spelt(b[0][:1])[0] || !alikeWord(a[0], b[0]) {
		return false
	}
	other := 0 // words written otherwise
	if a[0] != b[0] {
		other++
	}
	left := slices.Clone(b[1:])
	for _, t := range a[1:] {
		i := slices.IndexFunc(left, func(u string) bool { return alikeWord(t, u) })
		if i < 0 {
			return false
		}
		if left[i] != t {
			other++
		}
		left = slices.Delete(left, i, i+1)
	}
	return other < 2 || foreign[a[0]] || foreign[b[0]]
}

// Namesake reports whether two full names begin with much the same first name and go on
// otherwise: a mail program completes an address to such a one, and no family has both.
// Names that are written in several ways are left out.
func (n Name) Namesake(o Name) bool {
	a, b := n.loosely().meaning(), o.loosely().meaning()
	if !n.Full() || !o.Full() || len(a) < 2 || len(b) < 2 || n.Akin(o) || n.Relative(o) || foreign[a[0]] || foreign[b[0]] || strings.Join(a, "") == strings.Join(b, "") {
		return false
	}
	x, y := a[0], b[0]
	return n.Alike(o) || x[0] == y[0] && x[len(x)-1] == y[len(y)-1]
}

// articles stand before Arabic family names, apart or as one word with them.
var articles = set("al el ul")

// joinedArticles are the words of a name in the loose form, an article as one word with
// what follows it.
func (n Name) joinedArticles() []string {
	var out []string
	article := false
	for _, t := range n.tokens {
		t = somali(loose.Replace(t))
		switch {
		case articles[t]:
			article = true
			continue
		case article:
			t = "al" + t
		case particles[t]:
			continue
		}
		article = false
		out = append(out, t)
	}
	return out
}

// minAlike is the shortest word that may be spelled in two ways, in letters.
const minAlike = 4

// alikeWord reports whether two words of names are two spellings of one.
func alikeWord(a, b string) bool {
	if a == b || somali(a) == somali(b) {
		return true
	}
	if len(a) < minAlike || len(b) < minAlike {
		return false
	}
	x, y := strings.TrimPrefix(spelt(a), "al"), strings.TrimPrefix(spelt(b), "al")
	if x != spelt(a) && strings.HasPrefix(y, "el") {
		y = y[2:]
	} else if y != spelt(b) && strings.HasPrefix(x, "el") {
		x = x[2:]
	}
	if x == y {
		return len(x) > 2
	}
	if danish(a) && danish(b) {
		return false
	}
	// Vowels are what the ways of writing differ in most.
	cx, cy := consonants(x), consonants(y)
	return cx == cy && len(cx) > 2 && min(len(x), len(y)) > minAlike && len(x)-len(y) <= 2 && len(y)-len(x) <= 2
}

// somali is a word with the letters of Somali for two sounds as others write them: "Cali
// Axmed" is Ali Ahmed.
func somali(w string) string {
	if forenames[w] {
		return w
	}
	if len(w) > 3 && w[0] == 'c' && strings.IndexByte("aeiou", w[1]) >= 0 {
		w = w[1:]
	}
	if k := strings.IndexByte(w, 'x'); k < 0 || k == len(w)-1 {
		return w
	}
	return strings.ReplaceAll(w, "x", "h")
}

// danishEnds end the family names of Denmark, of which two that differ are two names.
var danishEnds = []string{"sen", "sson", "gaard", "gard", "holm", "strup", "bak", "bech", "dahl", "dal", "lund", "lind", "toft", "berg", "borg", "bjerg", "skov", "kjar", "holt", "mark", "quist", "qvist", "feldt", "strom", "by", "rup", "sted", "lev", "hoj", "ager", "vang", "ild"}

// danish reports whether a word is a common Danish first or family name.
func danish(w string) bool {
	if forenames[w] && !foreign[w] || surnames[w] {
		return true
	}
	return slices.ContainsFunc(danishEnds, func(e string) bool { return strings.HasSuffix(w, e) })
}

// foreign are those of the common first names that are written in several ways.
var foreign = looseSet("abdi abdul ahmed aisha ali fatima fatme fatma farid hamza hassan hatice hussein ibrahim ismail khadija khalid layla leyla mariam maryam mohamad mohamed mohammad mohammed mustafa noor noora omar osman samira walid yasmin youssef yusuf zahra zahraa zainab zeinab zeynep " +
	"oksana olena iryna natalia natalya svitlana tetiana volodymyr oleksandr andriy dmytro serhiy katarzyna malgorzata agnieszka piotr krzysztof wojciech mihaela ksenia thi nguyen")

// sounds writes letters that stand for one sound as one, the longest first.
var sounds = strings.NewReplacer("tsch", "k", "sch", "k", "tch", "k", "tj", "k", "cz", "k", "ch", "k", "sh", "k", "sj", "k", "ck", "k", "kh", "k", "gh", "g", "dh", "d", "th", "t", "ph", "f", "ou", "u", "oo", "u", "ee", "i", "c", "k", "q", "k", "w", "v", "z", "s", "j", "i", "y", "i", "x", "ks")

// spelt is a word as it sounds: one letter for a sound, and none twice in a row.
func spelt(w string) string {
	w = sounds.Replace(w)
	out := make([]byte, 0, len(w))
	for i := range len(w) {
		if i == 0 || w[i] != w[i-1] {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// consonants are a spelt word's letters without vowels, but for the first letter.
func consonants(w string) string {
	out := make([]byte, 0, len(w))
	for i := range len(w) {
		if i == 0 || strings.IndexByte("aeiou", w[i]) < 0 {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// The least and most letters that a mailbox keeps of each of two names, "agntes61".
const (
	leastKept = 2
	mostKept  = 4
)

// ShortBox is what a mailbox holds that may be two names cut short: a word of a few
// letters, with figures behind it or without.
func ShortBox(local string) (word string, ok bool) {
	word = strings.ToLower(strings.TrimRight(local, "0123456789"))
	if len(word) < 2*leastKept || len(word) > 2*mostKept || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" || Forename(word) {
		return "", false
	}
	return word, true
}

// Shorts are the keyed forms of the mailboxes that a name may be cut down to: the
// beginnings of its first word and of another.
func (n Name) Shorts(key detectors.Key) []string {
	m := n.loosely().meaning()
	var out []string
	for i := 1; i < len(m); i++ {
		if i > 1 && i < len(m)-1 {
			continue
		}
		for a := leastKept; a <= min(mostKept, len(m[0])); a++ {
			for b := leastKept; b <= min(mostKept, len(m[i])); b++ {
				out = append(out, ShortKey(key, m[0][:a]+m[i][:b]))
			}
		}
	}
	return out
}

// ShortKey is the keyed form of a mailbox's word.
func ShortKey(key detectors.Key, word string) string { return key.Digest("kort " + word) }
