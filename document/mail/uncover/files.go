package uncover

import (
	"bytes"
	"strings"
)

// Files takes the uuencoded and yEnc files out of a text and returns what is left.
// Files behind quote marks are found and left in the text, and so is what a person could
// read in a file's lines: a mail program that knows nothing of such files shows it, and
// what begins like a file need not be one.
func Files(text []byte) (rest []byte, files []File) {
	if bytes.Contains(text, []byte("=ybegin ")) {
		text, files = takeOut(text, yBegin, yBody)
	}
	if !bytes.Contains(text, []byte("begin ")) {
		return text, files
	}
	rest, more := takeOut(text, uuBegin, uuBody)
	files = append(files, more...)
	if bytes.Contains(rest, []byte("> begin ")) || bytes.Contains(rest, []byte(">begin ")) {
		_, more = takeOut(unquote(rest), uuBegin, uuBody)
		files = append(files, more...)
	}
	return rest, files
}

// takeOut cuts out what begin recognises and body can decode, but for what body says can be
// read as it stands.
func takeOut(text []byte, begin func([]byte) (string, bool), body func([]byte, int) (data, said []byte, after int)) ([]byte, []File) {
	var rest []byte
	var files []File
	kept := 0
	for pos := 0; pos < len(text); {
		end, next := nextLine(text, pos)
		name, ok := begin(text[pos:end])
		if !ok {
			pos = next
			continue
		}
		data, said, after := body(text, next)
		if len(data) == 0 {
			pos = next
			continue
		}
		rest = append(append(rest, text[kept:pos]...), said...)
		files = append(files, File{name, data})
		pos, kept = after, after
	}
	if files == nil {
		return text, nil
	}
	return append(rest, text[kept:]...), files
}

// unquote takes one level of quote marks off every line.
func unquote(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for pos := 0; pos < len(text); {
		end, next := nextLine(text, pos)
		line, quoted := bytes.CutPrefix(text[pos:end], []byte(">"))
		if quoted {
			line = bytes.TrimPrefix(line, []byte(" "))
		}
		out = append(append(out, line...), '\n')
		pos = next
	}
	return out
}

// uuBegin reads "begin 644 name".
func uuBegin(line []byte) (string, bool) {
	if !bytes.HasPrefix(line, []byte("begin ")) {
		return "", false
	}
	mode, name, ok := strings.Cut(string(line[6:]), " ")
	if !ok || len(mode) < 3 || len(mode) > 7 || strings.Trim(mode, "01234567") != "" {
		return "", false
	}
	return strings.TrimSpace(name), true
}

// uuBody decodes lines until one that cannot be data.
func uuBody(text []byte, pos int) (data, said []byte, after int) {
	for pos < len(text) {
		end, next := nextLine(text, pos)
		line := bytes.TrimRight(text[pos:end], " ")
		if len(line) == 0 || string(line) == "`" {
			pos = next
			continue
		}
		if string(line) == "end" {
			return data, said, next
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || len(line) > 90 || (len(line)-1)*3/4 > n+6 {
			return data, said, pos
		}
		if end-pos-1 < (n*4+2)/3 || tenDigits(line[1:]) {
			said = append(append(said, line...), '\n')
		}
		group := make([]byte, 0, 64)
		at := func(i int) byte {
			if i < len(line) {
				return (line[i] - ' ') & 63
			}
			return 0
		}
		for i := 1; len(group) < n; i += 4 {
			a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
			group = append(group, a<<2|b>>4, b<<4|c>>2, c<<6|d)
		}
		data = append(data, group[:n]...)
		pos = next
	}
	return data, said, pos
}

// tenDigits reports whether a line has as many digits as a CPR number, close together.
func tenDigits(line []byte) bool {
	digits, gap := 0, 0
	for _, c := range line {
		if c >= '0' && c <= '9' {
			if digits, gap = digits+1, 0; digits == 10 {
				return true
			}
		} else if gap++; gap > 2 {
			digits = 0
		}
	}
	return false
}

// yBegin reads "=ybegin line=128 size=123 name=a.txt".
func yBegin(line []byte) (string, bool) {
	if !bytes.HasPrefix(line, []byte("=ybegin ")) {
		return "", false
	}
	_, name, _ := strings.Cut(string(line), " name=")
	return strings.TrimSpace(name), true
}

// yBody decodes to "=yend", or to the end of the text.
func yBody(text []byte, pos int) (data, said []byte, after int) {
	for pos < len(text) {
		end, next := nextLine(text, pos)
		line := text[pos:end]
		pos = next
		if bytes.HasPrefix(line, []byte("=yend")) {
			break
		}
		if bytes.HasPrefix(line, []byte("=ypart ")) {
			continue
		}
		for i := 0; i < len(line); i++ {
			c := line[i]
			if c == '=' && i+1 < len(line) {
				i++
				c = line[i] - 64
			}
			data = append(data, c-42)
		}
		if mostlyPlain(line) {
			said = append(append(said, line...), '\n')
		}
	}
	return data, said, pos
}

// mostlyPlain tells a line of text from one of data, of which a third are letters by chance.
func mostlyPlain(line []byte) bool {
	plain := 0
	for _, c := range line {
		if c >= ' ' && c < 0x7f {
			plain++
		}
	}
	return plain*4 > len(line)*3
}
