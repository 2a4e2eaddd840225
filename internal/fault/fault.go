// Package fault says where in a YAML file a value stands that cannot be meant: at which
// line, under which key, and what is allowed there.
package fault

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// at is an error of the value under a path such as "rules.2.action".
type at struct {
	path string
	err  error
}

func (a *at) Error() string { return a.err.Error() }
func (a *at) Unwrap() error { return a.err }

// In says that an error is that of the value under a path: keys, and for lists the index
// from 0, with full stops between. Within each other paths add up. It is nil for nil.
func In(path string, err error) error {
	if err == nil {
		return nil
	}
	return &at{path, err}
}

// Known reports whether an error has a path somewhere.
func Known(err error) bool {
	var a *at
	return errors.As(err, &a)
}

// Place gives each error that has a path the line of its value in a file, and its key:
// "site.yaml: line 3: rules.0.action: ...". root is the path of what was checked within the
// file, "" for all of it; into is what the file is read into, to name the keys that it may
// have. Other errors keep their words.
func Place(file string, data []byte, root string, into any, err error) error {
	if err == nil {
		return nil
	}
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		doc = yaml.Node{} // no YAML at all: the error says where
	}
	var out []error
	for _, e := range split(err) {
		path := pathOf(e)
		if path == "" {
			out = append(out, fmt.Errorf("%s: %s", file, explain(e.Error(), data, into)))
			continue
		}
		line := ""
		if n := lineOf(&doc, strings.Trim(root+"."+path, ".")); n > 0 && !strings.Contains(e.Error(), "line ") {
			line = fmt.Sprintf("line %d: ", n)
		}
		out = append(out, fmt.Errorf("%s: %s%s: %s", file, line, path, e.Error())) // no path remains: it is placed
	}
	return errors.Join(out...)
}

// split takes joined errors apart, those within an error with a path too.
func split(err error) []error {
	var joined interface{ Unwrap() []error }
	switch e := err.(type) { //nolint:errorlint // each layer is looked at by itself
	case *at:
		var out []error
		for _, inner := range split(e.err) {
			out = append(out, &at{e.path, inner})
		}
		return out
	case interface{ Unwrap() []error }:
		joined = e
	default:
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, split(e)...)
	}
	return out
}

// pathOf adds up the paths of an error.
func pathOf(err error) string {
	var parts []string
	for ; err != nil; err = errors.Unwrap(err) {
		if a, ok := err.(*at); ok { //nolint:errorlint // each layer is looked at by itself
			parts = append(parts, a.path)
		}
	}
	return strings.Join(parts, ".")
}

// lineOf is the line of the value under a path, or of the last part of the path that the
// file has: where a key is missing, whatever lacks it. 0 where there is nothing.
func lineOf(n *yaml.Node, path string) int {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for path != "" {
		next, rest := (*yaml.Node)(nil), ""
		switch n.Kind {
		case yaml.MappingNode:
			used := 0
			for i := 0; i+1 < len(n.Content); i += 2 {
				// A key may have full stops of its own, as an address has.
				key := n.Content[i].Value
				if after, ok := strings.CutPrefix(path+".", key+"."); ok && len(key) >= used {
					next, line, rest, used = n.Content[i+1], n.Content[i].Line, strings.TrimSuffix(after, "."), len(key)
				}
			}
		case yaml.SequenceNode:
			var key string
			key, rest, _ = strings.Cut(path, ".")
			if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
				next = n.Content[i]
				line = next.Line
			}
		}
		if next == nil {
			break
		}
		n, path = next, rest
	}
	return line
}

var (
	unknownKey = regexp.MustCompile(`field (\S+) not found in type (\S+)`)
	wrongType  = regexp.MustCompile(`line ([0-9]+): cannot construct .* into (\S+)`)
)

// kinds are what a value of a Go type is called.
var kinds = map[string]string{"int": "a whole number", "bool": "true or false", "string": "a text", "[]string": "a list of texts", "float64": "a number"}

// shown is how the YAML library shows a value that is of the wrong kind.
var shown = regexp.MustCompile("(cannot construct !!\\w+) `[^`]*`")

// explain adds to what the YAML library says which keys or values are allowed, and leaves
// out the value that it shows: somebody's number may have been put in the wrong place.
func explain(text string, data []byte, into any) string {
	text = shown.ReplaceAllString(text, "$1")
	if m := unknownKey.FindStringSubmatch(text); m != nil && into != nil {
		if keys := keysOf(reflect.TypeOf(into), m[2], 0); len(keys) > 0 {
			return text + "; the keys are " + strings.Join(keys, ", ")
		}
	}
	if m := wrongType.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if lines := strings.Split(string(data), "\n"); err == nil && n >= 1 && n <= len(lines) {
			key, _, named := strings.Cut(strings.Trim(lines[n-1], " -{[\t"), ":")
			if !named {
				key = "this" // the line is a value, and may be anybody's number
			}
			want := kinds[m[2]]
			if want == "" {
				want = "of another kind"
			}
			return text + "; " + strings.TrimSpace(key) + " must be " + want
		}
	}
	return text
}

// maxNested bounds how deep a configuration's types are searched.
const maxNested = 8

// keysOf are the keys of the type with a name somewhere in a type, sorted.
func keysOf(t reflect.Type, name string, depth int) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth > maxNested {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if tag == "" || tag == "-" {
			continue
		}
		if t.String() == name {
			keys = append(keys, tag)
		} else if found := keysOf(f.Type, name, depth+1); found != nil {
			return found
		}
	}
	slices.Sort(keys)
	return keys
}
