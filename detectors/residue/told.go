package residue

import (
	"strings"

	"brevvagt/detectors"
)

// This file reads what tells the writer to put something there.

// instruction reports whether s tells the writer what to put there.
func instruction(s string) bool {
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 0 {
		return false
	}
	first := strings.Trim(words[0], ":.,…")
	switch {
	case englishVerbs[first]:
		field, _ := fieldName(strings.Join(words[1:], " "))
		return field
	case verbs[first] && (len(words) > 1 || strings.HasSuffix(first, "s") || first == "vælg" || first == "udfyld"):
		return true
	case len(words) <= 6 && asked(words[1:]):
		return true
	case (first == "evt" || first == "eventuelt" || first == "her") && len(words) > 1:
		return verbs[strings.Trim(words[1], ":.,…")] || danishFieldName(strings.Join(words[1:], " "))
	}
	return false
}

// asked reports whether one of the words says that something is to be put there:
// "begrundelse indsættes her".
func asked(words []string) bool {
	for _, w := range words {
		switch strings.Trim(w, ":.,…") {
		case "indsættes", "udfyldes", "angives", "skrives", "tilføjes":
			return true
		}
	}
	return false
}

// parens reads "Kære (navn)": round brackets are so common that only the place
// right after a salutation or a reference makes a placeholder of them, or a plain
// instruction about one field.
func parens(text string, i int, rest string) (int, detectors.Strength, string) {
	body, n := inner(rest, "(", ")")
	if n == 0 || strings.ContainsAny(body, `,;/"[{`) {
		return 0, "", ""
	}
	from, to := lineOf(text, i)
	words := strings.Fields(body)
	before := strings.TrimSpace(text[from:i])
	if len(before) > 40 && (len(words) < 2 || len(words) > 4) {
		return 0, "", "" // prose: no salutation or label is so long
	}
	before = strings.ToLower(before)
	after := strings.TrimSpace(text[i+n : max(to, i+n)])
	switch {
	case len(words) <= 2 && named(text, i, body) && (before == "kære" || before == "hej" || before == "til hr./fru" || before == "kære hr./fru"):
		return n, detectors.Strong, "pladsholder efter hilsen"
	case len(words) <= 2 && danishFieldName(body) && (after == "" || after[0] == '(' || after[0] == ',') && reference(before):
		return n, detectors.Medium, "pladsholder i referencefelt"
	case len(words) > 1 && len(words) <= 4 && verbs[strings.ToLower(words[0])] && danishFieldName(strings.TrimSuffix(strings.Join(words[1:], " "), " her")),
		body == "indsæt" || body == "udfyldes" || body == "indsættes":
		return n, detectors.Medium, "anvisning i parentes"
	}
	return 0, "", ""
}

// reference reports whether a line's beginning is the label of a reference block.
func reference(before string) bool {
	label, ok := strings.CutSuffix(before, ":")
	switch strings.TrimSuffix(label, ".") {
	case "vedr", "vedrørende", "angående", "emne", "sagsnr", "j.nr", "journalnr", "deres ref", "vores ref", "dato", "att", "til", "sagsbehandler", "cpr-nr":
		return ok || label == "vedr." || label == "vedrørende"
	}
	return false
}
