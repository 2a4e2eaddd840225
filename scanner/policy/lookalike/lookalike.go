// Package lookalike tells domains that can be taken for another: one character
// differs, or is another that looks the same, or a known domain stands in front or
// has another ending.
package lookalike

import "strings"

// minLabel is the shortest name that may be taken for another by one character:
// short ones differ by one without any ill meaning.
const minLabel = 5

// Domain reports whether d, in lower case, is not the known domain but can be taken
// for it.
func Domain(d, known string) bool {
	if known == "" || d == known || strings.HasSuffix(d, "."+known) {
		return false
	}
	if strings.HasPrefix(d, known+".") || strings.Contains(d, "."+known+".") {
		return true
	}
	name, ending := cutLast(known)
	other, otherEnding := cutLast(d)
	if len(name) < minLabel {
		return false
	}
	if name == other {
		return ending != otherEnding
	}
	if rest, ok := strings.CutPrefix(other, name); ok && dressed[strings.TrimLeft(rest, "-")] {
		return true
	}
	if rest, ok := strings.CutPrefix(name, other); ok && len(other) >= minLabel && dressed[strings.TrimLeft(rest, "-")] {
		return true
	}
	return glyphs.Replace(name) == glyphs.Replace(other) || near(name, other) && ending == otherEnding
}

// dressed are words that are put behind a name to look like its owner's.
var dressed = map[string]bool{"kommune": true, "kom": true, "dk": true, "mail": true, "post": true, "sikker": true, "sikkerpost": true, "login": true, "region": true, "online": true}

// The shortest and longest name that Forms speaks of.
const (
	minForms = 6
	maxForms = 63
)

// Forms gives texts of which a domain shares one with each that can be taken for it,
// so that look-alikes are found among domains that are known by digests alone: the
// name with one letter left out (one letter more, less, other or swapped then
// agrees), the name as it looks, and the name under any ending. Digits stay, since
// numbered siblings are no look-alikes.
func Forms(domain string) []string {
	name, ending := cutLast(domain)
	if len(name) < minForms || len(name) > maxForms {
		return nil
	}
	out := []string{"any " + name, "looks " + glyphs.Replace(name) + "." + ending, "less " + name + "." + ending}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= '0' && c <= '9' || c == '.' || i > 0 && c == name[i-1] {
			continue
		}
		out = append(out, "less "+name[:i]+name[i+1:]+"."+ending)
	}
	return out
}

// cutLast splits a domain at its last dot.
func cutLast(d string) (name, ending string) {
	if i := strings.LastIndexByte(d, '.'); i >= 0 {
		return d[:i], d[i+1:]
	}
	return d, ""
}

// glyphs makes characters alike that look alike.
var glyphs = strings.NewReplacer("0", "o", "1", "l", "i", "l", "rn", "m", "vv", "w", "5", "s", "å", "aa", "ø", "oe", "æ", "ae", "-", "", "_", "")

// near reports whether one character was changed, added, left out, or swapped with
// its neighbour.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
		return true
	}
	return i < len(a) && a[i+1:] == b[i+1:]
}
