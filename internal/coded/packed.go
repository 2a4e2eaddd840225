package coded

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// packed gives what the base64 values of a text say, those of addresses and tokens
// included. A value may go over several lines.
func packed(text string) string {
	var b strings.Builder
	each(text, &packs, func(run string) {
		if raw := unpack(run); raw != "" {
			b.WriteString(raw)
			b.WriteByte('\n')
		}
	})
	return b.String()
}

// wrapped is the shortest line of a value that goes on in the next one.
const wrapped = 60

// each hands over the long runs of a kind of signs.
func each(text string, kind *[256]bool, use func(run string)) {
	for i := 0; i < len(text); i++ {
		if !kind[text[i]] {
			continue
		}
		end, line := i, i
		var whole strings.Builder
		for end < len(text) {
			if kind[text[end]] {
				end++
				continue
			}
			next := end + 1
			if text[end] == '\r' {
				next++
			}
			if end-line < wrapped || text[end] != '\n' && text[end] != '\r' || next >= len(text) || !kind[text[next]] {
				break
			}
			whole.WriteString(text[line:end])
			end, line = next, next
		}
		whole.WriteString(text[line:end])
		if whole.Len() >= minPacked {
			use(whole.String())
		}
		i = end
	}
}

func unpack(run string) string {
	coding := base64.RawStdEncoding
	if strings.ContainsAny(run, "-_") {
		coding = base64.RawURLEncoding
	}
	raw, _ := coding.DecodeString(run[:len(run)-boolInt(len(run)%4 == 1)]) // what stands before an error is decoded
	if s := readable(raw); s != "" || strings.Trim(run, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return s
	}
	raw, _ = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(run)
	return readable(raw)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hexadecimal gives what the long hexadecimal values of a text say.
func hexadecimal(text string) string {
	var b strings.Builder
	each(text, &hexes, func(run string) {
		for _, r := range []string{run, run[1:]} { // the sign before may be none of it
			raw, _ := hex.DecodeString(r[:len(r)&^1])
			if s := readable(raw); s != "" {
				b.WriteString(s)
				b.WriteByte('\n')
			}
		}
	})
	return b.String()
}

// readable gives bytes as text if they are one, in UTF-8, a code page or UTF-16.
func readable(raw []byte) string {
	out := make([]byte, 0, len(raw))
	odd, zeros, high := 0, 0, 0
	for _, c := range raw {
		switch {
		case c == 0:
			zeros++
			continue
		case c < ' ' && c != '\n' && c != '\r' && c != '\t':
			odd++
		case c >= 0x7f:
			high++
		}
		out = append(out, c)
	}
	if odd > 0 || zeros > len(raw)/2+1 || high*3 > len(out) || high > 0 && !utf8.Valid(out) && high*8 > len(out) {
		return ""
	}
	return string(out)
}

// listed numbers: "67, 80, 82", "0x43,0x50", "Chr(67) & Chr(80)".
var listedNumber = regexp.MustCompile(`0x[0-9a-fA-F]{1,2}\b|\d{1,3}`)

// minDecoded is how many bytes a number takes.
const minDecoded = 10

// farthest is what may stand between two numbers of a list, in bytes.
const farthest = 12

// list reads lists of the numbers of signs.
func list(text string) string {
	var b strings.Builder
	var row []byte
	flush := func() {
		if s := readable(row); len(row) >= minDecoded && s != "" {
			b.WriteString(s)
			b.WriteByte('\n')
		}
		row = row[:0]
	}
	last := 0
	for _, at := range listedNumber.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		n, err := strconv.ParseUint(strings.TrimPrefix(word, "0x"), 10+6*boolInt(strings.HasPrefix(word, "0x")), 16)
		if at[0]-last > farthest || at[0] == last && last > 0 {
			flush()
		}
		if last = at[1]; err != nil || n > 255 {
			flush()
			continue
		}
		row = append(row, byte(n))
	}
	flush()
	return b.String()
}

var (
	dumpOffset = regexp.MustCompile(`^\s*[0-9a-fA-F]{4,8}:?\s+`)
	dumpKey    = regexp.MustCompile(`^.*hex(?:\([0-9a-fA-F]{1,2}\))?:`) // of a registry file
	dumpBytes  = regexp.MustCompile(`^\s*(?:(?:0x)?(?:[0-9a-fA-F]{2}){1,4}(?:[ ,:\t]{1,2}|\\?\s*$))+`)
	octalLine  = regexp.MustCompile(`^[0-7]{7}((?: {3}\S| {2}\S\S| \S{3}| {4})+)\s*$`)
)

// dump reads dumps of bytes in hexadecimal (xxd, hexdump, od, registry files), also
// of words whose bytes are swapped.
func dump(text string) string {
	var b strings.Builder
	var block, swapped []byte
	flush := func() {
		for _, raw := range [][]byte{block, swapped} {
			if s := readable(raw); len(raw) >= minDecoded && s != "" {
				b.WriteString(s)
				b.WriteByte('\n')
			}
		}
		block, swapped = block[:0], swapped[:0]
	}
	for line := range strings.Lines(text) {
		line = dumpKey.ReplaceAllString(strings.TrimRight(line, "\r\n"), "")
		line = strings.TrimPrefix(line, dumpOffset.FindString(line))
		groups := strings.FieldsFunc(dumpBytes.FindString(line), func(c rune) bool { return strings.ContainsRune(" ,:\t\\", c) })
		if len(groups) == 0 {
			flush()
			continue
		}
		for _, g := range groups {
			raw, _ := hex.DecodeString(strings.TrimPrefix(g, "0x")) // the rule takes even numbers of digits
			block = append(block, raw...)
			for i := len(raw) - 1; i >= 0; i-- {
				swapped = append(swapped, raw[i])
			}
		}
	}
	flush()
	return b.String()
}

// pairRun is bytes in hexadecimal with a sign between, not in lines of their own.
var pairRun = regexp.MustCompile(`(?:\b[0-9a-fA-F]{2}[ :,;.\r\n]{1,2}){9,}[0-9a-fA-F]{2}\b`)

// minPairs is the fewest bytes of such a row: ten digits. A phone number and a date have
// no more than four.
const minPairs = 10

// pairsAt tells that the two signs at byte i are one of a row of such bytes.
func pairsAt(text string, i int) bool {
	pair := func(k int) bool { return k >= 0 && k+2 <= len(text) && hexes[text[k]] && hexes[text[k+1]] }
	n := 0
	for k := i; n < minPairs && pair(k) && (k+2 == len(text) || partsPairs[text[k+2]]); n++ {
		if k += 3; k < len(text) && partsPairs[text[k]] {
			k++
		}
	}
	for k := i; n < minPairs && k > 2; n++ {
		k--
		if partsPairs[text[k]] && partsPairs[text[k-1]] {
			k--
		}
		if k -= 2; !pair(k) || !partsPairs[text[k+2]] {
			break
		}
	}
	return n >= minPairs
}

var partsPairs = table(" :,;.\r\n")

// inPair tells that the sign at byte i is one of two that stand by themselves, in such a
// row.
func inPair(text string, i int) bool {
	if i > 0 && hexes[text[i-1]] {
		i--
	}
	if i+1 >= len(text) || !hexes[text[i+1]] || i > 0 && !partsPairs[text[i-1]] || i+2 < len(text) && !partsPairs[text[i+2]] {
		return false
	}
	return pairsAt(text, i)
}

// pairs reads "43 50 52 3a", also where the bytes stand in the middle of a line.
func pairs(text string) string {
	var b strings.Builder
	for _, run := range pairRun.FindAllString(text, -1) {
		raw, _ := hex.DecodeString(strings.Map(func(c rune) rune {
			if c < 0x80 && hexes[c] {
				return c
			}
			return -1
		}, run)) // pairs by the rule
		if s := readable(raw); s != "" {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// octalDump reads what od -c writes: each sign in a column of four.
func octalDump(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		m := octalLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		for i := 0; i+4 <= len(m[1]); i += 4 {
			sign := strings.TrimLeft(m[1][i:i+4], " ")
			switch {
			case len(sign) == 1:
				b.WriteString(sign)
			case sign == "":
				b.WriteByte(' ')
			default:
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}
