package digits

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// GapAt tells what stands between the end of a run at i and the next run of
// digits, and where that begins.
func GapAt(s string, i int) (Gap, int) {
	if i < len(s) && s[i] < utf8.RuneSelf { // most gaps are told by a look at two bytes
		c := s[i]
		if class[c]&isCluster == 0 && c != '<' && c != '&' {
			if oddSign[c] {
				return oddGap(s, i)
			}
			return None, i
		}
		if i+1 < len(s) {
			switch next := class[s[i+1]]; {
			case c == ' ' && next&isLetter != 0:
				return None, i
			case next&isDigit == 0:
			case c == ' ':
				return Space, i + 1
			case c == '-':
				return Dash, i + 1
			case c == '.':
				return Dot, i + 1
			}
		}
		if parted(s, i) {
			return None, i
		}
	}
	if i < len(s) && s[i] >= 0xc2 {
		if w := signAt(s, i); w > 0 {
			return Sign, i + w
		}
	}
	var n gapCount
	for i < len(s) {
		if At(s, i) {
			return n.kind(), i
		}
		w := n.add(s, i)
		if w == 0 {
			return None, i
		}
		i += w
	}
	return None, i
}

// parted reports whether a letter, or a sign that no gap has, stands within the next
// bytes and nothing before it that needs a closer look.
func parted(s string, i int) bool {
	for _, c := range []byte(s[i:min(len(s), i+4)]) {
		k := class[c]
		if k&isDigit != 0 || c >= utf8.RuneSelf || c == '<' || c == '&' {
			return false
		}
		if k&isCluster == 0 {
			return true
		}
	}
	return false
}

// gapCount counts what was met between two runs.
type gapCount struct{ dash, blank, tab, line, dot, slash, pipe, under, tag, invisible int }

// add counts what stands at i and gives its width in bytes; 0 parts the numbers.
func (n *gapCount) add(s string, i int) int {
	switch c := s[i]; {
	case c == '-':
		n.dash++
	case c == ' ':
		n.blank++
	case c == '\t':
		n.tab++
	case c == '\n':
		n.line++
	case c == '\r':
		if i+1 >= len(s) || s[i+1] != '\n' {
			n.line++
		}
	case c == '.':
		n.dot++
	case c == '/':
		n.slash++
	case c == '|':
		n.pipe++
	case c == '_':
		n.under++
	case c == '<':
		return n.addTag(s, i)
	case c == '&':
		r, w := entityAt(s, i)
		return n.addRune(r, w)
	case c >= 0x80:
		r, w := utf8.DecodeRuneInString(s[i:])
		return n.addRune(r, w)
	default:
		return 0
	}
	if n.tooMuch() {
		return 0
	}
	return 1
}

func (n *gapCount) addTag(s string, i int) int {
	end := strings.IndexByte(s[i:min(len(s), i+maxTag)], '>')
	if n.tag++; end < 0 || n.tag > maxTags {
		return 0
	}
	return end + 1
}

func (n *gapCount) addRune(r rune, w int) int {
	switch {
	case IsDash(r):
		n.dash++
	case isBlank(r):
		n.blank++
	case r >= 0x2500 && r <= 0x2551: // borders of tables drawn with characters
		n.pipe++
	case IsInvisible(r):
		n.invisible++
	default:
		return 0
	}
	if n.tooMuch() {
		return 0
	}
	return w
}

func (n *gapCount) tooMuch() bool {
	return n.dash > 2 || n.blank > 2*MaxBlanks || n.tab > 1 || n.line > 2 || n.dot > 1 ||
		n.slash > 1 || n.pipe > 2 || n.under > 1 || n.invisible > maxInvisible
}

func (n *gapCount) kind() Gap {
	odd := n.dot + n.slash + n.pipe + n.under
	switch {
	case n.dash > 0 && odd == 0:
		if n.line+n.tab > 0 {
			return DashBreak // a header folds with a tab, too
		}
		return Dash
	case n.dash > 0 && n.pipe == odd && n.line == 0:
		return Pipe // a box for the hyphen
	case n.dash > 0 || n.blank > MaxBlanks:
	case n.tag > 0 && odd == 0:
		return Cell
	case odd == 0 && n.tab == 0 && n.line == 0 && n.blank == 1:
		return Space
	case odd == 0 && n.tab == 0 && n.line == 0 && n.blank > 1:
		return Wide
	case odd == 0 && n.tab == 1 && n.line == 0:
		return Tab
	case odd == 0 && n.line == 1:
		return Break
	case odd == 1 && n.pipe == 1 && n.line == 0:
		return Pipe
	case odd == 1 && n.slash == 1 && n.tab+n.line == 0 && n.blank <= 2 && n.blank > 0:
		return Sign
	case odd == 1 && n.blank+n.tab+n.line == 0:
		switch {
		case n.dot == 1:
			return Dot
		case n.slash == 1:
			return Slash
		default:
			return Under
		}
	}
	return None
}

// entityAt decodes the references that stand between digits in markup that was
// handed over as text. w is 0 when it is none of them.
func entityAt(s string, i int) (r rune, w int) {
	end := strings.IndexByte(s[i:min(len(s), i+10)], ';')
	if end < 2 {
		return 0, 0
	}
	name := s[i+1 : i+end]
	switch name {
	case "nbsp", "ensp", "emsp", "thinsp":
		return ' ', end + 1
	case "shy", "zwj", "zwnj":
		return 0xad, end + 1
	case "ndash", "mdash", "minus", "hyphen", "dash":
		return '-', end + 1
	}
	if name[0] != '#' {
		return 0, 0
	}
	number, base := name[1:], 10
	if len(number) > 1 && (number[0] == 'x' || number[0] == 'X') {
		number, base = number[1:], 16
	}
	v, err := strconv.ParseUint(number, base, 20)
	if err != nil {
		return 0, 0
	}
	return rune(v), end + 1
}

// IsDash tells hyphens and dashes of all lengths, the minus sign included.
func IsDash(r rune) bool {
	return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0x2043 || r == 0xfe63 || r == 0xff0d || r == 0x207b || r == 0x208b || r == 0x2e3a || r == 0x30fc
}

func isBlank(r rune) bool {
	return r == ' ' || r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f || r == 0x3000 || r == 0x1680 || r == 0x2800
}

// IsInvisible tells soft hyphens, zero-width characters, fillers and direction marks, and
// the marks that change how the character before them looks.
func IsInvisible(r rune) bool {
	switch {
	case r < 0x300:
		return r == 0xad
	case r < 0x2000:
		return r <= 0x36f || r == 0x488 || r == 0x489 || r == 0x61c || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 ||
			r >= 0x180b && r <= 0x180f || r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff
	case r < 0x3000:
		return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0x20d0 && r <= 0x20ff
	}
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xfe20 && r <= 0xfe2f || r == 0xfeff || r == 0x3164 || r == 0xffa0 || r >= 0xfff0 && r <= 0xfff8 ||
		r >= 0xe0000 && r <= 0xe0fff // tags and more forms of a character
}

// InvisibleAt gives the width of an invisible character at i, or 0.
func InvisibleAt(s string, i int) int {
	if s[i] < 0xc2 {
		return 0
	}
	if r, w := utf8.DecodeRuneInString(s[i:]); IsInvisible(r) {
		return w
	}
	return 0
}

// InvisibleBefore gives the width of an invisible character that ends at i, or 0.
func InvisibleBefore(s string, i int) int {
	if i == 0 || s[i-1] < 0x80 {
		return 0
	}
	if r, w := utf8.DecodeLastRuneInString(s[:i]); IsInvisible(r) {
		return w
	}
	return 0
}

// IsLetter tells the letters of Latin scripts.
func IsLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xc0 && r <= 0x24f && r != 0xd7 && r != 0xf7
}

// IsAlnum tells Latin letters and ASCII digits.
func IsAlnum(r rune) bool { return IsLetter(r) || r >= '0' && r <= '9' }
