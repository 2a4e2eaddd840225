package mail

import (
	"encoding/base64"
	"strings"

	"brevvagt/internal/prose"
)

func toText(s, charset string) string { return prose.Decode([]byte(s), charset) }

// decodeWords decodes the encoded words of RFC 2047 wherever they stand, also
// inside quotes and with blanks in them. The bytes of neighbouring words are
// joined before the charset is applied: some programs cut letters in two.
func decodeWords(s string) string {
	var b strings.Builder
	var pending []byte // decoded bytes not yet turned into text
	charset := ""
	flush := func() {
		if len(pending) > 0 {
			b.WriteString(prose.Decode(pending, charset))
			pending = nil
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		word, rest, ok := cutWord(s[i:])
		if !ok {
			flush()
			b.WriteString(toText(s[:i+2], ""))
			s = s[i+2:]
			continue
		}
		if gap := s[:i]; strings.TrimSpace(gap) != "" || len(pending) == 0 {
			flush()
			b.WriteString(toText(gap, ""))
		}
		if !strings.EqualFold(charset, word.charset) {
			flush()
		}
		charset = word.charset
		pending = append(pending, word.bytes...)
		s = rest
	}
	flush()
	b.WriteString(toText(s, ""))
	return b.String()
}

// maxWord is the longest encoded word in bytes; the standard says 75.
const maxWord = 8000

type word struct {
	charset string
	bytes   []byte
}

// cutWord reads "=?charset?enc?text?=" at the beginning of s.
func cutWord(s string) (word, string, bool) {
	// A word without an end must not be searched for it to the end of a long
	// header, once for every beginning.
	fields := strings.SplitN(s[2:min(len(s), maxWord)], "?", 3)
	if len(fields) < 3 || len(fields[0]) > 60 || len(fields[1]) != 1 {
		return word{}, "", false
	}
	end := strings.Index(fields[2], "?=")
	if end < 0 {
		return word{}, "", false
	}
	charset, _, _ := strings.Cut(fields[0], "*") // RFC 2231 language
	text := fields[2][:end]
	rest := s[2+len(fields[0])+1+len(fields[1])+1+end+2:]
	switch fields[1] {
	case "B", "b":
		out, _ := decodeBase64([]byte(text))
		return word{charset, out}, rest, true
	case "Q", "q":
		text = strings.ReplaceAll(text, "_", " ")
		return word{charset, prose.QuotedPrintable([]byte(text))}, rest, true
	}
	return word{}, "", false
}

// base64Value maps a byte to its six bits, or to one of the values above 63.
var base64Value = func() (t [256]byte) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range t {
		t[i] = isJunk
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	t['='] = isPad
	for _, c := range " \t\r\n\x00" {
		t[c] = isBlank
	}
	return t
}()

const (
	isPad   = 64
	isBlank = 65
	isJunk  = 66
)

// decodeBase64 skips what is no base64, restarts after padding in the middle,
// needs none at the end, and counts the bytes it had to skip.
func decodeBase64(src []byte) (out []byte, junk int) {
	out = make([]byte, 0, base64.StdEncoding.DecodedLen(len(src))+3)
	var acc uint32
	n := 0
	for i := 0; i < len(src); {
		if n == 0 {
			for i+4 <= len(src) {
				a, b, c, d := base64Value[src[i]], base64Value[src[i+1]], base64Value[src[i+2]], base64Value[src[i+3]]
				if a|b|c|d > 63 {
					break
				}
				v := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
				out = append(out, byte(v>>16), byte(v>>8), byte(v))
				i += 4
			}
			if i == len(src) {
				break
			}
		}
		switch v := base64Value[src[i]]; v {
		case isBlank:
		case isJunk:
			junk++
		case isPad:
			out = flushBase64(out, acc, n)
			acc, n = 0, 0
		default:
			acc = acc<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				acc, n = 0, 0
			}
		}
		i++
	}
	return flushBase64(out, acc, n), junk
}

// flushBase64 writes the whole bytes of an unfinished group of n characters.
func flushBase64(out []byte, acc uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(acc>>4))
	case 3:
		return append(out, byte(acc>>10), byte(acc>>2))
	}
	return out
}
