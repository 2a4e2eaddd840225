package residue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
)

// This file reads what a letter shows where a merge found nothing or never ran: a
// salutation of no person ("Kære null"), a field whose value is a program's word for
// nothing ("Beløb: undefined kr."), the error of a spreadsheet in a sentence.

// greetings begin the line of a salutation.
var greetings = []string{"Kære ", "Hej ", "Dear ", "Hello "}

// nothings are how programs write that there is no value, in small letters.
var nothings = wordSet(`null undefined nan none nil (null) [object object] n/a #n/a #i/t #navn? #name? #reference! #ref! #værdi! #value!`)

// greeting reads a salutation whose name is none; it must be all of its line.
func greeting(text string, i int) (hit, bool) {
	n := 0
	for _, s := range greetings {
		if strings.HasPrefix(text[i:], s) {
			n = len(s)
		}
	}
	if n == 0 {
		return hit{}, false
	}
	from, to := lineOf(text, i)
	if to-i > 80 || strings.TrimSpace(text[from:i]) != "" {
		return hit{}, false
	}
	name := strings.TrimRight(text[i+n:to], " \t\r,!:")
	strength := nobodyGreeted(name)
	if first, _, more := strings.Cut(name, ","); strength == "" && more && allNothing(strings.ToLower(first)) { // "Hej null, din tid er bekræftet."
		name, strength = first, detectors.Strong
	}
	if strength == "" || codeBlock(text[max(0, from-200):from]) || codeBlock(text[to:min(len(text), to+200)]) {
		return hit{}, false
	}
	return hit{end: i + n + len(name), strength: strength, why: "hilsen uden navn"}, true
}

// nobodyGreeted says how sure it is that what follows a salutation is no name.
func nobodyGreeted(name string) detectors.Strength {
	lower := strings.ToLower(strings.TrimSpace(name))
	switch {
	case lower == "":
		return ""
	case len(lower) > 1 && strings.Trim(lower, "? ") == "":
		return detectors.Strong // whoever writes leaves nobody "??"
	case allNothing(lower), merged(name):
		return detectors.Strong
	case strings.Trim(lower, "_.?-–…*") == "" && utf8.RuneCountInString(lower) >= 3:
		return detectors.Medium
	case name == strings.ToUpper(name) && strings.Contains(lower, "navn") && danishFieldName(lower):
		return detectors.Strong
	}
	return ""
}

// allNothing reports whether every word says that there is nothing.
func allNothing(lower string) bool {
	if lower == "[object object]" {
		return true
	}
	some := false
	for w := range strings.FieldsFuncSeq(lower, func(r rune) bool { return r == ' ' || r == ',' }) {
		if !nothings[w] {
			return false
		}
		some = true
	}
	return some
}

// merged reports whether the whole of s is one expression of a merge system: signs
// around a field name, "%s", "{0}", "@Model.Navn".
func merged(s string) bool {
	inside := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(inside) == len(s) || inside == "" {
		return false
	}
	if strings.HasPrefix(s, "&lt;") {
		inside = strings.TrimSuffix(strings.TrimPrefix(inside, "lt;&lt;"), "&gt;&gt")
		inside = strings.TrimSuffix(strings.TrimPrefix(inside, "lt;"), "&gt")
	}
	switch s {
	case "%s", "%d", "{0}", "{1}", "$1", "%1", "%1$s":
		return true
	}
	head, _, _ := strings.Cut(inside, "|") // a filter of a template language
	head = strings.TrimSpace(head)
	if strings.HasPrefix(s, "@") {
		return strings.HasPrefix(s, "@Model.") || strings.HasPrefix(s, "@(")
	}
	if head == "FNAME" || head == "LNAME" {
		return true
	}
	field, _ := fieldName(head)
	return field && strings.IndexByte("{[<$%#*&~!\xc2", s[0]) >= 0
}

// values reads what follows the colon of a field in a letter: "Dato: null".
func values(text string, i int) (hit, bool) {
	from, to := lineOf(text, i)
	label := strings.TrimSpace(text[from:i])
	if len(label) < 3 || len(label) > 30 || strings.ContainsAny(label, "\"'{}<>=_.,;") || !unicode.IsUpper(firstLetter(label)) {
		return hit{}, false
	}
	value := strings.TrimSuffix(strings.TrimRight(text[min(i+1, to):to], " \t\r.,"), " kr")
	lower := strings.ToLower(strings.TrimSpace(value))
	if !allNothing(lower) && lower != "todo" && lower != "xxx" && lower != "01-01-0001" && lower != "01-01-0001 00:00:00" && lower != "01.01.0001" ||
		!danishFieldName(label) || codeAround(text, from, to) {
		return hit{}, false
	}
	return hit{end: i + 1 + len(value), strength: detectors.Medium, why: "felt uden værdi"}, true
}

func firstLetter(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// sheetErrors are what a spreadsheet shows in place of a value, in Danish and English.
var sheetErrors = []string{"#REFERENCE!", "#REF!", "#VÆRDI!", "#VALUE!", "#DIVISION/0!", "#DIV/0!", "#NAVN?", "#NAME?", "#I/T", "#N/A", "#NUM!", "#TAL!"}

// sheetError reads such an error in a sentence. In a table, or where the text is about
// spreadsheets, it is what it says.
func sheetError(text string, i int) (hit, bool) {
	n := 0
	for _, e := range sheetErrors {
		if strings.HasPrefix(text[i:], e) {
			n = len(e)
		}
	}
	if n == 0 {
		return hit{}, false
	}
	from, to := lineOf(text, i)
	line := strings.ToLower(text[from:to])
	if strings.ContainsAny(line, "\t|;") || !hasSuffixAny(lowerBefore(text, i, 16), "er ", "på ", "den ", "side ", "kr. ", "beløb: ", "til ", "fra ", "af ", "udgør ") {
		return hit{}, false
	}
	for _, w := range [...]string{"excel", "ark", "celle", "formel", "fejl", "viser", "formula", "sheet"} {
		if strings.Contains(line, w) {
			return hit{}, false
		}
	}
	return hit{end: i + n, strength: detectors.Medium, why: "fejl fra et regneark"}, true
}

// statement reads a condition of a template language in a line of Danish: {% if barn %},
// {{#hvis bevilget}}, [[IF barn]].
func statement(text string, i int, rest string) int {
	for _, f := range [...][2]string{{"{%", "%}"}, {"[[", "]]"}, {"{{#", "}}"}, {"{{/", "}}"}, {"<%", "%>"}} {
		if !strings.HasPrefix(rest, f[0]) {
			continue
		}
		body, n := inner(rest, f[0], f[1])
		if n == 0 {
			return 0
		}
		body = strings.TrimLeft(body, "=- ")
		word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(body)), " ")
		switch word {
		case "if", "endif", "else", "elseif", "hvis", "slut", "ellers", "end":
			if prose(text, i, n) {
				return n
			}
		}
		if f[0] == "<%" && danishFieldName(strings.TrimSpace(body)) && prose(text, i, n) {
			return n
		}
	}
	return 0
}

// prose reports whether the line around text[i:i+n] is Danish and no markup or code.
func prose(text string, i, n int) bool {
	from, to := lineOf(text, i)
	line := text[from:i] + text[i+n:max(to, i+n)]
	if strings.Contains(line, "</") || strings.Contains(line, "=>") || strings.Contains(line, "();") {
		return false
	}
	for _, sign := range danishSigns {
		if strings.Contains(line, sign) {
			return true
		}
	}
	return strings.TrimSpace(line) == ""
}

// identifier accepts the names that programmers give to fields: "fn", "borger.alias".
func identifier(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && r != '_' && r != '.' {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 30
}
