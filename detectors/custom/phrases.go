package custom

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// phraseList finds words and phrases: for the first word of each, what follows.
type phraseList map[string][][]string

func newPhraseList(list []string) phraseList {
	p := make(phraseList)
	for _, s := range list {
		var words []string
		eachWord(s, func(start, end int) bool {
			words = append(words, strings.ToLower(s[start:end]))
			return true
		})
		if len(words) > 0 {
			p[words[0]] = append(p[words[0]], words[1:])
		}
	}
	return p
}

// each calls yield with the place of every phrase in text, the longest where
// several begin, until it returns false.
func (p phraseList) each(text string, yield func(start, end int) bool) {
	if len(p) == 0 {
		return
	}
	past := 0
	eachWord(text, func(start, end int) bool {
		if start < past {
			return true
		}
		best := -1
		for _, rest := range p[strings.ToLower(text[start:end])] {
			if to := follow(text, end, rest); to > best {
				best = to
			}
		}
		if best < 0 {
			return true
		}
		past = best
		return yield(start, best)
	})
}

// in reports whether one of the phrases is in text.
func (p phraseList) in(text string) (found bool) {
	p.each(text, func(int, int) bool {
		found = true
		return false
	})
	return found
}

// follow gives the end of the words of rest when they follow each other from end
// on, or -1.
func follow(text string, end int, rest []string) int {
	k := 0
	if len(rest) == 0 {
		return end
	}
	to := -1
	eachWord(text[end:min(len(text), end+200*len(rest))], func(s, e int) bool {
		if !strings.EqualFold(text[end+s:end+e], rest[k]) {
			return false
		}
		if k++; k == len(rest) {
			to = end + e
			return false
		}
		return true
	})
	return to
}

// eachWord calls yield with the place of every run of letters and digits, until it
// returns false.
func eachWord(text string, yield func(start, end int) bool) {
	start := -1
	for i, r := range text {
		if r < utf8.RuneSelf && asciiWord(byte(r)) || r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && !yield(start, i) {
			return
		}
		start = -1
	}
	if start >= 0 {
		yield(start, len(text))
	}
}

func asciiWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
