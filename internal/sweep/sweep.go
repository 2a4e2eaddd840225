// Package sweep finds readable text in bytes of unknown build, so that a part
// whose format no reader knows, or knows no more, is still looked at.
package sweep

import (
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// Limits of one sweep: a run shorter than minRun characters is noise, and the
// first maxText bytes of text are kept.
const (
	minRun  = 6
	maxText = 4 << 20
)

// Texts returns the runs of Windows-1252 and UTF-16LE text in data, in order of
// place, 1252 first. cut tells that there was more than 4 MB of it.
func Texts(data []byte) (found []string, cut bool) {
	size := 0
	keep := func(s string) bool {
		size += len(s)
		if size > maxText {
			cut = true
			return false
		}
		found = append(found, s)
		return true
	}
	if !single(data, keep) {
		return found, cut
	}
	for start := range 2 {
		if !wide(data[min(start, len(data)):], keep) {
			break
		}
	}
	return found, cut
}

// Wide returns the runs of UTF-16LE text alone.
func Wide(data []byte) (found []string, cut bool) {
	size := 0
	for start := range 2 {
		if !wide(data[min(start, len(data)):], func(s string) bool {
			if size += len(s); size > maxText {
				cut = true
				return false
			}
			found = append(found, s)
			return true
		}) {
			break
		}
	}
	return found, cut
}

// printable takes the letters of Western Europe, but not the two highest: they
// are in no Danish word, and 0xFF begins every section of a JPEG.
func printable(c byte) bool { return c >= ' ' && c < 0x7f || c == '\t' || c >= 0xc0 && c < 0xfe }

// single yields runs of Windows-1252. Letters must not drown in other signs, or
// every picture would be full of text.
func single(data []byte, keep func(string) bool) bool {
	for i := 0; i < len(data); {
		j, plain := i, 0
		for j < len(data) && printable(data[j]) {
			if c := data[j]; c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == ' ' {
				plain++
			}
			j++
		}
		if n := j - i; n >= minRun && plain*5 >= n*3 {
			text, err := charmap.Windows1252.NewDecoder().Bytes(data[i:j])
			if err == nil && !keep(string(text)) {
				return false
			}
		}
		i = j + 1
	}
	return true
}

// wide yields runs of UTF-16LE characters below U+0250.
func wide(data []byte, keep func(string) bool) bool {
	var run []uint16
	for i := 0; i+1 < len(data); i += 2 {
		c := uint16(data[i]) | uint16(data[i+1])<<8
		if c >= ' ' && c < 0x250 && c != 0x7f || c == '\t' {
			run = append(run, c)
			continue
		}
		if len(run) >= minRun && !keep(string(utf16.Decode(run))) {
			return false
		}
		run = run[:0]
	}
	return len(run) < minRun || keep(string(utf16.Decode(run)))
}
