package document

import (
	"path"
	"strings"
	"unicode/utf8"
)

// cleanName makes a label of a name from outside: no control or invisible
// characters, no parent folders, at most 255 bytes.
func cleanName(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+tidyName(name)), "/")
	if name == "" {
		return "unavngivet"
	}
	if len(name) > 255 {
		return cutRunes(name, 200) + "…" + cutFront(name, 40)
	}
	return name
}

// tidyName drops what nobody can see and turns every slash the same way.
func tidyName(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\\", "/"), "?")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x200b && r <= 0x200f) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return -1
		}
		return r
	}, name)
}

func baseName(name string) string { return path.Base(cleanName(name)) }

func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func cutFront(s string, n int) string {
	i := max(0, len(s)-n)
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}
