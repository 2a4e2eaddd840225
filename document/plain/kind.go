package plain

import (
	"regexp"
	"strings"

	"brevvagt/document"
)

// personKind is a value that says of the number beside it that it is a CPR number: the
// word itself, or the object identifier that health messages have for it.
var personKind = regexp.MustCompile(`(?i)^\W*(?:dk[:.]?)?(?:cpr|person)[\s._-]*(?:no|n(?:umme)?r|number|id)?\W*$|^(?:urn:oid:)?1\.2\.208\.176\.1\.2$`)

// otherKind is a field that says what else a number is.
var otherKind = regexp.MustCompile(`(?i)konto|ordre|kunde|faktura|invoice|order|account|telefon|phone|mobil|cvr|ean|gln`)

// kindField is a field that says of the one before it what it is.
var kindField = regexp.MustCompile(`(?i)prtry|scheme|type|system|kind|kode|cd$|authority|assigner|root`)

// maxKind is the length of such a value, in bytes.
const maxKind = 24

func saysPerson(value string) bool { return len(value) <= maxKind && personKind.MatchString(value) }

// kinds puts the two together where they are fields of their own, in either order:
// {"system": "urn:oid:1.2.208.176.1.2", "value": "..."}.
type kinds struct {
	number string
	said   bool
	age    int // fields since
}

// kindReach is how many fields may stand between the two.
const kindReach = 2

// add takes the next field and gives the number that it tells about.
func (k *kinds) add(label, text string) (found document.Segment, ok bool) {
	if k.age++; k.age > kindReach {
		k.number, k.said = "", false
	}
	switch {
	case len(text) > maxKind:
	case tenDigits(text) && !otherKind.MatchString(label):
		if ok = k.said; ok {
			found = document.Segment{Text: text, Label: civil}
		}
		k.number, k.said, k.age = text, false, 0
	case personKind.MatchString(text):
		if ok = k.number != "" && kindField.MatchString(label); ok {
			found = document.Segment{Text: k.number, Label: civil}
		}
		k.number, k.said, k.age = "", !ok, 0
	}
	return found, ok
}

// civil is the label of a number that a field beside it calls a CPR number.
const civil = "CPR-nr."

func tenDigits(s string) bool {
	return len(s) == 10 && strings.Trim(s, "0123456789") == ""
}

// named is a list of columns' names, as data sets in JSON have one before their rows.
type named struct {
	names []string
	at    []int // of each open list: how many values it had
}

var (
	namesKey = regexp.MustCompile(`(?i)^(?:columns?|fields?|headers?|kolonner|felter|schema)$`)
	nameKey  = regexp.MustCompile(`(?i)^(?:name|navn|title|label|field|felt|key|id)$`)
	columnOf = regexp.MustCompile(`(?i)cpr|person-?_?n(?:umme)?r`)
)

// maxNamed bounds the names of columns.
const maxNamed = 2000

// learn takes a value that may name a column: the outer key says so.
func (n *named) learn(keys []string, text string) {
	if len(keys) < 1 || len(n.names) >= maxNamed || len(text) > 80 {
		return
	}
	last := len(keys) - 1
	direct := namesKey.MatchString(keys[last])
	within := last > 0 && nameKey.MatchString(keys[last]) && namesKey.MatchString(keys[last-1])
	if direct || within {
		n.names = append(n.names, text)
	}
}

// label is the name of the column that the next value of the innermost list stands in.
func (n *named) label() string {
	if len(n.names) == 0 || len(n.at) == 0 {
		return ""
	}
	if i := n.at[len(n.at)-1]; i < len(n.names) && columnOf.MatchString(n.names[i]) {
		return n.names[i]
	}
	return ""
}
