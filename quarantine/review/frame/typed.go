package frame

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"brevvagt/quarantine/review/words"
)

// Typed is what a person wrote and chose in a form that was not carried out: the page
// gives it back, so that nothing has to be written twice and no choice is lost. Numbers in
// it are masked. The zero value is nothing.
type Typed struct {
	form string // the last part of the form's address, "frigiv"
	in   url.Values
}

// longestTyped bounds a line that is given back, in runes; no field takes more.
const longestTyped = 8000

// TypedIn reads what was posted; nothing for a page that is only looked at.
func TypedIn(r *http.Request) Typed {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return Typed{}
	}
	return Typed{r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], r.PostForm}
}

// Text is what was written in a field of a form, "" when another form was sent.
func (t Typed) Text(form, field string) string {
	if t.form != form {
		return ""
	}
	return typedText(t.in.Get(field))
}

func typedText(s string) string {
	return words.CleanLines(strings.ReplaceAll(s, "\r\n", "\n"), longestTyped)
}

// Sent reports whether a form was sent with a field, whatever stood in it.
func (t Typed) Sent(form, field string) bool { return t.form == form && t.in.Has(field) }

// Chose reports whether a value of a field was chosen.
func (t Typed) Chose(form, field, value string) bool {
	return t.form == form && slices.Contains(t.in[field], value)
}

// TypedField is one value of a form.
type TypedField struct {
	Name, Value string
	Prose       bool // worth reading again, not only worth sending again
}

// Fields are all values of the form in the order of their names, without secrets.
func (t Typed) Fields() []TypedField {
	var list []TypedField
	names := make([]string, 0, len(t.in))
	for name := range t.in {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains([]string{"kode", "nu", "ny", "igen", "noegle"}, name) { // passphrases and keys
			continue
		}
		for _, v := range t.in[name] {
			if v = typedText(v); v != "" {
				list = append(list, TypedField{words.Clean(name, words.Short), v, strings.ContainsAny(v, " \n")})
			}
		}
	}
	return list
}

// Prose are the texts of a form that were written by hand, nil when another was sent.
func (t Typed) Prose(forms ...string) []string {
	var list []string
	if slices.Contains(forms, t.form) {
		for _, f := range t.Fields() {
			if f.Prose {
				list = append(list, f.Value)
			}
		}
	}
	return list
}
