package review

import (
	"fmt"
	"strings"
)

// lang is a language of the page.
type lang string

const (
	danish  lang = "da"
	english lang = "en"
)

// phrase is one text of the page in both languages.
type phrase struct{ da, en string }

// text looks a key up and fills in args as fmt.Sprintf does. An unknown key shows
// itself between guillemets; a test fails on every key that is used but missing.
func text(l lang, key string, args ...any) string {
	p, ok := catalogue()[key]
	s := p.da
	if l == english {
		s = p.en
	}
	if !ok || s == "" {
		return "«" + key + "»"
	}
	if len(args) > 0 {
		return fmt.Sprintf(s, args...)
	}
	return s
}

// plural picks key+".one" or key+".many"; Danish and English agree on when.
func plural(l lang, key string, n int) string {
	key += ".many"
	if n == 1 {
		key = strings.TrimSuffix(key, ".many") + ".one"
	}
	if s := text(l, key); !strings.Contains(s, "%d") {
		return s // "Vis billedet" needs no number
	}
	return text(l, key, n)
}

// known returns the phrase for key+"."+value, or the value itself in plain form
// when the catalogue has none: a new detector must not break the page.
func known(l lang, key, value string) string {
	if _, ok := catalogue()[key+"."+value]; ok {
		return text(l, key+"."+value)
	}
	return strings.ReplaceAll(clean(value, shortRunes), "-", " ")
}
