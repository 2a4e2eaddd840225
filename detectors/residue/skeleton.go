package residue

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"brevvagt/document"
)

// SkeletonSize is the number of hashes that a skeleton holds at most.
const SkeletonSize = 256

// Alike is the likeness from which two texts are taken to be the same letter or
// form made out for different people.
const Alike = 0.7

// shingle is how many words in a row are hashed together: enough that common
// turns ("i henhold til") do not make letters alike, few enough that one name in a
// sentence does not make them differ.
const shingle = 4

// labelWords is the longest label before a colon whose value is left out.
const labelWords = 4

// Skeleton gives the hashes of a text's wording without what belongs to a person:
// digits, values after a label ("Navn: ..."), what follows a salutation, and words
// that begin with a capital inside a sentence or stand beside another such word.
// The wording is cut into overlapping rows of four words, so line breaks do not
// count, and the SkeletonSize smallest hashes are kept in ascending order (a
// bottom-k sketch). A text without words gives nil. The same template made out for
// different people gives the same skeleton, but for a first name that begins a
// sentence.
//
// The hashes are not keyed: whoever stores them must key them, as four words that
// hold a name could be guessed.
func Skeleton(text string) []uint64 {
	var words []string
	for line := range strings.Lines(text) {
		words = append(words, lineWords(line)...)
	}
	return sketch(words)
}

// Of gives the skeleton of a document's visible text. Where a segment has a label
// the label counts and the text, which is a field's value, does not.
func Of(doc *document.Document) []uint64 {
	var words []string
	for _, s := range doc.Segments {
		switch {
		case s.At.Layer != document.Visible:
		case s.Label != "":
			words = append(words, lineWords(s.Label+":")...)
		default:
			for line := range strings.Lines(s.Text) {
				words = append(words, lineWords(line)...)
			}
		}
	}
	return sketch(words)
}

// Compare gives the likeness of two skeletons, 0 to 1: the share of their rows of
// words that both have, exact for short texts and estimated from the sketch for
// long ones (with 256 hashes to about 0.06). Two empty skeletons are unlike.
func Compare(a, b []uint64) float64 {
	// Of the union only as many of the smallest may count as each side surely holds.
	limit := len(a) + len(b)
	if len(a) >= SkeletonSize || len(b) >= SkeletonSize {
		limit = SkeletonSize
	}
	both, seen := 0, 0
	for i, j := 0, 0; (i < len(a) || j < len(b)) && seen < limit; seen++ {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			i++
		case i == len(a) || b[j] < a[i]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	if seen == 0 {
		return 0
	}
	return float64(both) / float64(seen)
}

func sketch(words []string) []uint64 {
	if len(words) == 0 {
		return nil
	}
	width := min(shingle, len(words))
	hashes := make([]uint64, 0, len(words))
	for i := 0; i+width <= len(words); i++ {
		h := fnv.New64a()
		for _, w := range words[i : i+width] {
			h.Write([]byte(w))
			h.Write([]byte{0})
		}
		hashes = append(hashes, h.Sum64())
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	return slices.Clone(hashes[:min(len(hashes), SkeletonSize)])
}

// salutations begin a line whose rest names the addressee.
var salutations = []string{"kære", "hej", "til", "att", "vedr", "vedrørende"}

// lineWords gives the words of one line that belong to the template, lower case.
func lineWords(line string) []string {
	if label, _, ok := strings.Cut(line, ":"); ok && len(strings.Fields(label)) <= labelWords {
		line = label
	} else if first, _, _ := strings.Cut(strings.TrimSpace(line), " "); slices.Contains(salutations, strings.ToLower(strings.Trim(first, ".:"))) && len(line) < 80 {
		return []string{strings.ToLower(strings.Trim(first, ".:"))}
	}
	fields := strings.Fields(line)
	var words []string
	start := true // the next word begins a sentence
	for i, f := range fields {
		word := strings.TrimFunc(f, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		beside := capital(fields, i-1) || capital(fields, i+1)
		if word != "" && !strings.ContainsFunc(word, unicode.IsDigit) && (!isCapital(word) || start && !beside) {
			words = append(words, strings.ToLower(word))
		}
		start = strings.HasSuffix(f, ".") || strings.HasSuffix(f, "?") || strings.HasSuffix(f, "!")
	}
	return words
}

// capital reports whether there is an i-th field that begins with a capital and
// holds a small letter.
func capital(fields []string, i int) bool {
	return i >= 0 && i < len(fields) && isCapital(fields[i])
}

// isCapital reports whether a word is written as names are: a capital, then
// small letters; an initial counts too. Words all in capitals are headings.
func isCapital(w string) bool {
	w = strings.TrimLeftFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	runes := []rune(w)
	if len(runes) == 0 || !unicode.IsUpper(runes[0]) {
		return false
	}
	return len(runes) == 1 || !unicode.IsUpper(runes[1])
}
