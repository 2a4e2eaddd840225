package subject

import "brevvagt/detectors"

// minKeyedWord is the shortest word of a name that tells anything by itself.
const minKeyedWord = 3

// Words are the keyed forms of a name's words, without particles and initials, as they
// are written in mail addresses: a name and the address made of it share them.
func (n Name) Words(key detectors.Key) []string {
	var out []string
	for _, w := range n.loosely().meaning() {
		if len(w) >= minKeyedWord {
			out = append(out, key.Digest("ord "+w))
		}
	}
	return out
}
