package mail

import (
	"bytes"
	"strings"
)

type uuFile struct {
	name string
	data []byte
}

// uudecode takes the uuencoded files out of a text and returns what is left.
func uudecode(text []byte) ([]byte, []uuFile) {
	var rest []byte
	var files []uuFile
	kept := 0
	for pos := 0; pos < len(text); {
		end, next := nextLine(text, pos)
		name, ok := uuBegin(text[pos:end])
		if !ok {
			pos = next
			continue
		}
		data, after := uuBody(text, next)
		if len(data) == 0 {
			pos = next
			continue
		}
		rest = append(rest, text[kept:pos]...)
		files = append(files, uuFile{name, data})
		pos, kept = after, after
	}
	if files == nil {
		return text, nil
	}
	return append(rest, text[kept:]...), files
}

// uuBegin reads "begin 644 name".
func uuBegin(line []byte) (string, bool) {
	if !bytes.HasPrefix(line, []byte("begin ")) {
		return "", false
	}
	mode, name, ok := strings.Cut(string(line[6:]), " ")
	if !ok || len(mode) < 3 || len(mode) > 4 || strings.Trim(mode, "01234567") != "" {
		return "", false
	}
	return strings.TrimSpace(decoded(name)), true
}

// uuBody decodes lines until one that cannot be data.
func uuBody(text []byte, pos int) (data []byte, after int) {
	for pos < len(text) {
		end, next := nextLine(text, pos)
		line := bytes.TrimRight(text[pos:end], " ")
		if len(line) == 0 || string(line) == "`" {
			pos = next
			continue
		}
		if string(line) == "end" {
			return data, next
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || len(line) > 90 || (len(line)-1)*3/4 > n+6 {
			return data, pos
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
	return data, pos
}
