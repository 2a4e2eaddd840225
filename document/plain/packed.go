package plain

import (
	"encoding/ascii85"
	"regexp"
	"strings"

	"brevvagt/document/plain/looks"
)

// This file reads files and texts that stand between the lines of a text in base64 or
// base85: in scripts, in mails that were saved as text, in what a person pastes.

// packedStarts is how known files begin in base64: gzip, zip, PDF, old Office, 7z, JPEG,
// PNG, RTF and RAR.
var packedStarts = [...]string{"H4sI", "UEsDB", "JVBERi0", "0M8R4KGx", "N3q8ryc", "/9j/4", "iVBORw0KGgo", "e1xydGY", "UmFyIR"}

// maxWithin bounds the files of one text.
const maxWithin = 100

// mayHold reports whether as many signs of base64 as a file has stand in a row. Such a
// row covers every so many places of a text once, so that no more has to be looked at.
func mayHold(text string) bool {
	for at := minPacked - 1; at < len(text); at += minPacked {
		if !packing(text[at]) {
			continue
		}
		from, to := at, at+1
		for from > 0 && packing(text[from-1]) {
			from--
		}
		for to < len(text) && packing(text[to]) {
			to++
		}
		if to-from >= minPacked {
			return true
		}
		at = to - 1 // ends no row
	}
	return false
}

// within hands on the files that stand in a text in base64.
func (i *inner) within(text string) {
	if !mayHold(text) {
		return
	}
	for _, start := range packedStarts {
		for from, n := 0, 0; n < maxWithin; n++ {
			at := strings.Index(text[from:], start)
			if at < 0 {
				break
			}
			at += from
			end := at
			for end < len(text) && packing(text[end]) && (text[end] == '=' || text[end-1] != '=' || end == at) {
				end++
			}
			from = end
			if at > 0 && packing(text[at-1]) && text[at-1] != '\n' && text[at-1] != '\r' && text[at-1] != '=' {
				continue
			}
			// The last lines of the run may be words of the text.
			run := text[at:end]
			for range 3 {
				if i.packed(run) {
					break
				}
				if cut := strings.LastIndexAny(strings.TrimRight(run, "\r\n"), "\r\n"); cut > 0 {
					run = run[:cut]
				}
			}
		}
	}
}

var (
	call85 = regexp.MustCompile(`([ab])85decode\(\s*b?(?:"([^"\n]{20,})"|'([^'\n]{20,})')`)
	mark85 = regexp.MustCompile(`<~([!-uz\s]{20,})~>`)
)

// base85 hands on what stands in a text in one of the two kinds of base85: Adobe's
// between its marks, and both where a program unpacks it.
func (i *inner) base85(text string) {
	if strings.Contains(text, "<~") {
		for _, m := range mark85.FindAllStringSubmatch(text, maxWithin) {
			i.unpacked(adobe85(m[1]))
		}
	}
	if !strings.Contains(text, "85decode(") {
		return
	}
	for _, m := range call85.FindAllStringSubmatch(text, maxWithin) {
		body := strings.ReplaceAll(m[2]+m[3], `\\`, `\`)
		if m[1] == "a" {
			i.unpacked(adobe85(body))
		} else {
			i.unpacked(git85(body))
		}
	}
}

// unpacked hands on bytes that are a text or a known file.
func (i *inner) unpacked(data []byte) {
	known := looks.Text(data)
	for _, s := range signatures {
		known = known || strings.HasPrefix(string(data[:min(len(data), 16)]), s)
	}
	if known && len(data) > 0 {
		i.child("", data)
	}
}

func adobe85(body string) []byte {
	out := make([]byte, len(body)+4) // a z stands for four bytes
	if strings.Contains(body, "z") {
		out = make([]byte, 4*len(body)+4)
	}
	n, _, err := ascii85.Decode(out, []byte(strings.Trim(body, "<~>")), true)
	if err != nil {
		return nil
	}
	return out[:n]
}

// signs85 is the alphabet of RFC 1924, which git and Python use.
const signs85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

func git85(body string) []byte {
	var out []byte
	for len(body) > 0 {
		group := body[:min(5, len(body))]
		body = body[len(group):]
		var v uint64
		for k := range 5 {
			d := len(signs85) - 1 // the last group is filled up
			if k < len(group) {
				if d = strings.IndexByte(signs85, group[k]); d < 0 {
					return nil
				}
			}
			v = v*85 + uint64(d)
		}
		if v > 1<<32-1 {
			return nil
		}
		four := []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, four[:len(group)-1]...)
	}
	return out
}
