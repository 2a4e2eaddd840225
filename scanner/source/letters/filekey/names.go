package filekey

import (
	"path"
	"slices"
	"strings"

	"brevvagt/scanner/source/letters/list"
)

// Names finds files by what a list calls them.
type Names struct {
	paths                 []string // in lower case
	names, stems, folders map[string][]int
}

// NewNames indexes the paths of files.
func NewNames(paths []string) Names {
	n := Names{nil, make(map[string][]int), make(map[string][]int), make(map[string][]int)}
	for f, p := range paths {
		low := strings.ToLower(p)
		n.paths = append(n.paths, low)
		name := path.Base(low)
		n.names[name] = append(n.names[name], f)
		stem := strings.TrimSuffix(name, path.Ext(name))
		n.stems[stem] = append(n.stems[stem], f)
		for dir := path.Dir(low); strings.Contains(dir, "/"); dir = path.Dir(dir) {
			d := path.Base(dir)
			n.folders[d] = append(n.folders[d], f)
			if s := strings.TrimSuffix(d, path.Ext(d)); s != d {
				n.folders[s] = append(n.folders[s], f)
			}
		}
	}
	return n
}

// Of finds the files of a cell: as one name, or else as several.
func (n Names) Of(refs []string) []int {
	var out []int
	seen := make(map[int]bool)
	for i, ref := range refs {
		ref = strings.ToLower(strings.Trim(strings.ReplaceAll(ref, "\\", "/"), "/ "))
		name := path.Base(ref)
		hit := n.names[name]
		if len(hit) > 1 {
			// The same name in several folders: the longer path decides.
			if exact := slices.DeleteFunc(slices.Clone(hit), func(f int) bool { return !strings.HasSuffix(n.paths[f], "/"+ref) }); len(exact) > 0 {
				hit = exact
			}
		}
		if len(hit) == 0 {
			hit = n.stems[name]
		}
		if len(hit) == 0 {
			hit = n.folders[name]
		}
		for _, f := range hit {
			if !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
		if i == 0 && len(out) > 0 {
			break
		}
	}
	return out
}

// Speaks reports whether the rows of a list name at least half of these paths as
// their files.
func Speaks(rows []list.Row, paths []string) bool {
	names, all, hits := NewNames(paths), 0, 0
	for _, row := range rows {
		if len(row.Files) > 0 {
			all++
		}
		if len(names.Of(row.Files)) > 0 {
			hits++
		}
	}
	return hits > 0 && hits*2 >= all
}

// Natural orders names as people count: "brev-2" before "brev-10".
func Natural(a, b string) bool {
	for a != "" && b != "" {
		na, nb := leadingDigits(a), leadingDigits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if x != y {
				return len(x) < len(y) || len(x) == len(y) && x < y
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return a[0] < b[0]
		}
		a, b = a[1:], b[1:]
	}
	return len(a) < len(b)
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
