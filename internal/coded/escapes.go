package coded

import (
	"encoding/base64"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sequence is a command to a terminal or a printer (ECMA-48, PCL, ESC/P).
var sequence = regexp.MustCompile(`\x1b(\[[0-9;?]*[ -/]*[@-~]|[&()*%][a-z]?([-+.0-9]*[a-z])*[-+.0-9]*[A-Z@]|\][^\x07\x1b]*\x07?|[^\[&()*%\]])`)

// terminal leaves out commands, and of signs that are struck over each other keeps
// the last.
func terminal(text string) string {
	text = sequence.ReplaceAllString(text, "")
	if !strings.Contains(text, "\b") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if text[i] != '\b' {
			out = append(out, text[i])
			continue
		}
		_, size := utf8.DecodeLastRune(out)
		out = out[:len(out)-size]
	}
	return string(out)
}

// escapes reads the escapes of programming languages: \x2d, \u002d, \u{2d}, \055,
// RTF's \'2d, a backslash before a line's end, and \- for the sign itself.
func escapes(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 >= len(text) {
			b.WriteByte(text[i])
			continue
		}
		rest := text[i+1:]
		switch c := rest[0]; {
		case c == 'u' && strings.HasPrefix(rest, "u{"):
			end := strings.IndexByte(rest[:min(len(rest), 10)], '}')
			if r, ok := runeOf(rest[2:max(2, end)], 16); end > 0 && ok {
				b.WriteRune(r)
				i += end + 1
				continue
			}
		case c == 'x' || c == 'u' || c == 'U' || c == '\'':
			n := map[byte]int{'x': 2, 'u': 4, 'U': 8, '\'': 2}[c]
			if r, ok := runeOf(rest[1:min(len(rest), n+1)], 16); ok && len(rest) > n {
				b.WriteRune(r)
				i += n + 1
				continue
			}
		case c >= '0' && c <= '3' && len(rest) >= 3:
			if r, ok := runeOf(rest[:3], 8); ok {
				b.WriteRune(r)
				i += 3
				continue
			}
		case c == '\n' || c == '\r':
			i += 1 + len(rest) - len(strings.TrimLeft(rest, " \t\r\n"))
			i--
			continue
		case strings.IndexByte("nrt", c) >= 0:
			b.WriteByte(' ')
			i++
			continue
		case !isDigit(c):
			continue // the next byte stands for itself
		}
		b.WriteByte('\\')
	}
	return b.String()
}

func runeOf(digits string, base int) (rune, bool) {
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && digits != ""
}

// cssEscape is a character by its number, with the blank that may end it; sqlEscape
// has four digits and no blank.
var (
	cssEscape = regexp.MustCompile(`\\[0-9a-fA-F]{1,6}[ \t\n]?`)
	sqlEscape = regexp.MustCompile(`\\[0-9a-fA-F]{4}`)
)

func cascading(text string) string  { return byNumber(cssEscape, text) }
func fourDigits(text string) string { return byNumber(sqlEscape, text) }

func byNumber(rule *regexp.Regexp, text string) string {
	return rule.ReplaceAllStringFunc(text, func(e string) string {
		r, ok := runeOf(strings.TrimSpace(e[1:]), 16)
		if !ok {
			return e
		}
		return string(r)
	})
}

// percents reads the escapes of addresses.
func percents(text string) string {
	return hexEscapes(strings.ReplaceAll(text, "+", " "), '%')
}

// printed reads the escapes of label printers (ZPL).
func printed(text string) string { return hexEscapes(text, '_') }

var quoteMarks = regexp.MustCompile(`\n[> ]+`)

// unquoted joins the lines of a quoted mail that broke behind a hyphen.
func unquoted(text string) string {
	return strings.ReplaceAll(quoteMarks.ReplaceAllString(text, "\n"), "-\n", "-")
}

var shift = regexp.MustCompile(`\+([A-Za-z0-9/]+)-`)

// shifted reads what UTF-7 writes in base64.
func shifted(text string) string {
	return shift.ReplaceAllStringFunc(text, func(m string) string {
		raw, err := base64.RawStdEncoding.DecodeString(m[1 : len(m)-1])
		if err != nil {
			return m
		}
		var b strings.Builder
		for i := 0; i+1 < len(raw); i += 2 {
			b.WriteRune(rune(raw[i])<<8 | rune(raw[i+1]))
		}
		return b.String()
	})
}

// softBreak may have become a blank.
var softBreak = regexp.MustCompile(`=(\r?\n| )`)

// quotedPrintable reads the escapes of mails, and joins lines that end in "=".
func quotedPrintable(text string) string {
	text = softBreak.ReplaceAllString(text, "")
	return hexEscapes(text, '=')
}

func hexEscapes(text string, sign byte) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == sign && i+2 < len(text) && hexes[text[i+1]] && hexes[text[i+2]] {
			n, _ := strconv.ParseUint(text[i+1:i+3], 16, 8) // two hexadecimal digits fit
			b.WriteByte(byte(n))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func entities(text string) string { return html.UnescapeString(text) }

// command is a mark of TeX, Markdown, HTML or enriched text.
var command = regexp.MustCompile(`\\[a-zA-Z]+\*?|\\[,;!-/:]|</?[a-zA-Z][^<>\n]{0,80}>|[{}$*_` + "`" + `]`)

// bare leaves out the marks that make a part of a text bold or the like.
func bare(text string) string {
	return command.ReplaceAllStringFunc(text, func(m string) string {
		if m[0] == '\\' && len(m) == 2 && m[1] >= '-' && m[1] <= '/' {
			return m[1:]
		}
		return ""
	})
}

// joint is what stands between two strings that a program puts together.
var joint = regexp.MustCompile(`["']\s*(?:\+|\|\||&|\.)\s*["']`)

// lineJoint parts two strings of a program that are one, where it is sure to be so.
var lineJoint = regexp.MustCompile(`-"\s*\n\s*"`)

func strung(text string) string {
	return lineJoint.ReplaceAllString(joint.ReplaceAllString(text, ""), "-")
}

// tags writes the signs of tags (U+E0020 to U+E007E), which no program shows, as the
// ASCII signs that they stand for; copied into a search they are still a number.
func tags(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xe0020 && r <= 0xe007e {
			return r - 0xe0000
		}
		return r
	}, text)
}
