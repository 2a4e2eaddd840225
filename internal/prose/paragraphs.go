package prose

import (
	"bytes"
	"strings"
)

// LongParagraph is the size in bytes from which on a paragraph is cut at a line
// end. The cut pieces share one line, so that nothing is lost between them.
const LongParagraph = 64 << 10

// Lines gives text with every line end (CRLF, CR, LF) written as LF.
func Lines(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return linesOf([]byte(text))
}

func linesOf(data []byte) string {
	var b strings.Builder
	b.Grow(len(data))
	for i := bytes.IndexByte(data, '\r'); i >= 0; i = bytes.IndexByte(data, '\r') {
		b.Write(data[:i])
		if data = data[i+1:]; len(data) == 0 || data[0] != '\n' {
			b.WriteByte('\n')
			continue
		}
		// The LF goes with the next line. It is no CR, so that the search may skip it.
		end := bytes.IndexByte(data[1:], '\r') + 1
		if end == 0 {
			break
		}
		b.Write(data[:end])
		data = data[end:]
	}
	b.Write(data)
	return b.String()
}

// Paragraphs calls yield for each paragraph of text with the number of its first
// line, counted from first. Blank lines part paragraphs; a line is never cut.
func Paragraphs(text string, first int, yield func(line int, paragraph string)) {
	text = Lines(text)
	line, start, startLine := first, 0, first
	flush := func(end int) {
		if p := strings.TrimRight(text[start:end], "\n"); p != "" {
			yield(startLine, p)
		}
	}
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n') + at + 1
		if end == at { // no further line end
			end = len(text)
		}
		switch {
		case strings.TrimSpace(text[at:end]) == "":
			flush(at)
			start, startLine = end, line+1
		case end-start > LongParagraph && start < at:
			flush(end)
			start, startLine = at, line
			if end-at > LongParagraph/2 { // a line too long to be read twice
				start, startLine = end, line+1
			}
		}
		at = end
		line++
	}
	if start < len(text) {
		flush(len(text))
	}
}

// QuotedPrintable decodes RFC 2045 6.7 and keeps what is no sound escape. Soft
// line breaks vanish, also those with blanks behind the equals sign.
func QuotedPrintable(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		if data[i] != '=' {
			out = append(out, data[i])
			i++
			continue
		}
		if i+2 < len(data) {
			hi, lo := unhex(data[i+1]), unhex(data[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 3
				continue
			}
		}
		if n, ok := softBreak(data[i+1:]); ok {
			i += 1 + n
			continue
		}
		out = append(out, '=')
		i++
	}
	return out
}

// softBreak is the length of blanks and a line end at the beginning of data, if
// that is what stands there. The end of the data is a line end.
func softBreak(data []byte) (int, bool) {
	i := 0
	for i < len(data) && i < 80 && (data[i] == ' ' || data[i] == '\t') {
		i++
	}
	switch {
	case i == len(data):
		return i, true
	case data[i] == '\n':
		return i + 1, true
	case data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n':
		return i + 2, true
	case data[i] == '\r':
		return i + 1, true
	}
	return 0, false
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
