// Package words puts cases into words that a case worker understands, Danish first
// and English by choice, and makes values from outside fit to be shown.
//
// Glossary: a phrase is one text of the page in both languages; the catalogue holds
// all of them by key. Clean is what every value from outside passes before a page.
package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Lang is a language of the page.
type Lang string

const (
	Danish  Lang = "da"
	English Lang = "en"
)

// phrase is one text of the page in both languages.
type phrase struct{ da, en string }

// Text looks a key up and fills in args as fmt.Sprintf does. An unknown key shows
// itself between guillemets; a test fails on every key that is used but missing.
func Text(l Lang, key string, args ...any) string {
	p, ok := catalogue()[key]
	s := p.da
	if l == English {
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

// Plural picks key+".one" or key+".many"; Danish and English agree on when.
func Plural(l Lang, key string, n int) string {
	key += ".many"
	if n == 1 {
		key = strings.TrimSuffix(key, ".many") + ".one"
	}
	if s := Text(l, key); !strings.Contains(s, "%d") {
		return s // "Vis billedet" needs no number
	}
	return Text(l, key, n)
}

// Known returns the phrase for key+"."+value, or the value itself in plain form
// when the catalogue has none: a new detector must not break the page.
func Known(l Lang, key, value string) string {
	if _, ok := catalogue()[key+"."+value]; ok {
		return Text(l, key+"."+value)
	}
	return strings.ReplaceAll(Clean(value, Short), "-", " ")
}

// Has reports whether the catalogue knows key.
func Has(key string) bool {
	_, ok := catalogue()[key]
	return ok
}

// Keys are the keys of all texts, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(catalogue())) }
