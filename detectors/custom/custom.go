// Package custom makes detectors of what a site writes in its own configuration:
// word lists, and patterns with a checksum.
package custom

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/internal/fault"
)

// Limits of what a configuration may ask for.
const (
	maxWords   = 100_000
	maxPattern = 1000 // bytes
	maxSpans   = 500  // a segment
	nearReach  = 100  // bytes before a match in which a word of Near must stand
)

// Definition is a detector in the words of the configuration. It has Words, a
// Pattern, or both.
type Definition struct {
	ID       string `yaml:"id"`
	Title    string `yaml:"title"`    // Danish, for people
	Category string `yaml:"category"` // default: the id
	// Words are whole words or phrases; case does not count.
	Words []string `yaml:"words"`
	// Pattern is a regular expression in RE2's syntax.
	Pattern string `yaml:"pattern"`
	// Checksum keeps only matches whose digits agree: luhn, mod11, mod97, ean13.
	Checksum string `yaml:"checksum"`
	// Near are words of which one must stand shortly before.
	Near []string `yaml:"near"`
	// Strength is weak, medium (default) or strong.
	Strength detectors.Strength `yaml:"strength"`
	// Leaving is what happens when it goes to anybody outside without a secure
	// connection: pass, warn (default), hold or reject.
	Leaving string `yaml:"leaving"`
}

// New makes the detectors. Every wrong definition is an error that names its id.
func New(list []Definition) ([]detectors.Detector, error) {
	var out []detectors.Detector
	var errs []error
	seen := make(map[string]int)
	for i, d := range list {
		m, err := newMatcher(d)
		if first, twice := seen[d.ID]; err == nil && twice {
			err = fault.In("id", fmt.Errorf("the id is used twice, first by number %d of the list", first+1))
		}
		if err != nil {
			errs = append(errs, fault.In(fmt.Sprintf("custom.%d", i), fmt.Errorf("custom detector %q: %w", d.ID, err)))
			continue
		}
		seen[d.ID] = i
		category := d.Category
		if category == "" {
			category = d.ID
		}
		out = append(out, detectors.Detector{ID: d.ID, Title: d.Title, Category: category, Find: m.find})
	}
	return out, errors.Join(errs...)
}

// in is an error of one key of a definition.
func in(key, what string) error { return fault.In(key, errors.New(what)) }

// idRule keeps ids fit for JSON, metrics and file names.
var idRule = regexp.MustCompile(`^[a-z][a-z0-9-]{1,40}$`)

// reserved are ids and categories of our own, which other rules count.
var reserved = []string{"cpr", "cpr-replacement", "cpr-test", "cpr-masked", "cpr-typo", "placeholder", "special-category", "protected-address", "national-id", "national-id-hint"}

type matcher struct {
	words    phraseList
	pattern  *regexp.Regexp
	sum      func(string) bool
	near     phraseList
	strength detectors.Strength
}

func newMatcher(d Definition) (*matcher, error) {
	m := &matcher{strength: d.Strength}
	switch {
	case !idRule.MatchString(d.ID):
		return nil, in("id", "id must be 2 to 41 small letters, digits and hyphens, a letter first")
	case slices.Contains(reserved, d.ID) || slices.Contains(reserved, d.Category):
		return nil, in("id", "id and category must not be those of a built-in detector: "+strings.Join(reserved, ", "))
	case strings.TrimSpace(d.Title) == "":
		return nil, in("title", "title is missing: a few Danish words")
	case len(d.Words) == 0 && d.Pattern == "":
		return nil, in("words", "words or pattern must be given; words are a list of words or phrases")
	case slices.ContainsFunc(d.Words, func(w string) bool { return strings.TrimSpace(w) == "" }):
		return nil, in("words", "words holds an empty one; each must be a word or phrase")
	case len(d.Words) > maxWords:
		return nil, in("words", fmt.Sprintf("%d words, at most %d", len(d.Words), maxWords))
	case len(d.Pattern) > maxPattern:
		return nil, in("pattern", fmt.Sprintf("pattern of %d bytes, at most %d", len(d.Pattern), maxPattern))
	}
	switch d.Strength {
	case "":
		m.strength = detectors.Medium
	case detectors.Weak, detectors.Medium, detectors.Strong:
	default:
		return nil, in("strength", fmt.Sprintf("strength is %q, must be weak, medium or strong", d.Strength))
	}
	if d.Checksum != "" {
		if m.sum = checksums[d.Checksum]; m.sum == nil {
			return nil, in("checksum", fmt.Sprintf("checksum is %q, must be luhn, mod11, mod97 or ean13", d.Checksum))
		}
		if d.Pattern == "" {
			return nil, in("checksum", "checksum needs a pattern")
		}
	}
	m.words, m.near = newPhraseList(d.Words), newPhraseList(d.Near)
	if d.Pattern == "" {
		return m, nil
	}
	p, err := regexp.Compile(d.Pattern)
	if err != nil {
		return nil, fault.In("pattern", fmt.Errorf("pattern must be a regular expression in RE2's syntax: %w", err))
	}
	if p.MatchString("") {
		return nil, in("pattern", "pattern matches the empty text")
	}
	if openRepeat.MatchString(byNumber.ReplaceAllString(d.Pattern, "x")) {
		return nil, in("pattern", `pattern has a { that no } closes; write \{ for the sign itself`)
	}
	m.pattern = p
	return m, nil
}

// openRepeat finds a repetition without its end, "\d{16", which is read as the very signs
// and so finds nothing.
var openRepeat = regexp.MustCompile(`(?:^|[^\\])\{[0-9]+,?[0-9]*(?:[^0-9,}]|$)`)

// byNumber finds signs that are written as their number, "\x{00e6}".
var byNumber = regexp.MustCompile(`\\x\{[0-9A-Fa-f]+\}`)

func (m *matcher) find(seg document.Segment, _ detectors.Env) []detectors.Span {
	var out []detectors.Span
	add := func(start, end int, why string) bool {
		if len(m.near) > 0 && !m.near.in(seg.Text[max(0, start-nearReach):start]) && !m.near.in(seg.Label) {
			return true
		}
		out = append(out, detectors.Span{Start: start, End: end, Strength: m.strength, Why: []string{why},
			Value: strings.ToLower(seg.Text[start:end]), Display: shorten(seg.Text[start:end])})
		return len(out) < maxSpans
	}
	m.words.each(seg.Text, func(start, end int) bool { return add(start, end, "ord fra kommunens liste") })
	if m.pattern == nil || len(out) >= maxSpans {
		return out
	}
	for _, at := range m.pattern.FindAllStringIndex(seg.Text, maxSpans) {
		why := "kommunens mønster"
		if m.sum != nil {
			if !m.sum(seg.Text[at[0]:at[1]]) {
				continue
			}
			why += " med kontrolciffer"
		}
		if !add(at[0], at[1], why) {
			break
		}
	}
	return out
}

// shorten shows the beginning of a match only.
func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n == 3 {
			return s[:i] + "…"
		}
	}
	return "…"
}
