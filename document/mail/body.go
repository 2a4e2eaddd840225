package mail

import (
	"bytes"
	"fmt"
	"strings"

	"brevvagt/document"
	"brevvagt/document/mail/uncover"
	"brevvagt/internal/prose"
)

// maxEncodedMultiparts is how deep multiparts that were encoded as a whole,
// against the standard, are taken apart.
const maxEncodedMultiparts = 4

// part reads one part of the walk; it is the walker's yield.
func (r *reader) part(p part) bool {
	if p.loose {
		r.text(p.body, media{kind: "text/plain"})
		return r.ctx.Err() == nil
	}
	if r.n == 0 && r.inner == 0 {
		r.top(p.header)
	}
	r.n++
	r.headerText(p.header)
	types := p.header.all("Content-Type")
	m := media{}
	if len(types) > 0 {
		m = parseMedia(types[0])
	} else if p.within == "digest" {
		m.kind = "message/rfc822"
	}
	name := r.names(p.header)
	if len(bytes.TrimSpace(p.body)) == 0 {
		r.out.Segment(document.Segment{Text: name, At: document.Location{Layer: document.Metadata}})
		return r.ctx.Err() == nil
	}
	content := r.transfer(p)
	attached := strings.HasPrefix(parseMedia(p.header.get("Content-Disposition")).kind, "attachment")
	r.content(p, m, name, attached, content)
	return r.ctx.Err() == nil
}

// names gives the part's file name. Where the headers give several, the others
// are text of the mail.
func (r *reader) names(h header) string {
	name := ""
	for _, key := range []string{"Content-Disposition", "Content-Type"} {
		for _, value := range h.all(key) {
			m := parseMedia(value)
			for _, p := range m.params {
				named := p.name == "filename" || p.name == "name"
				if p.value == "" || p.value == name || !named && (p.name == "boundary" || digitCount(p.value) < 6) {
					continue
				}
				if name == "" && named {
					name = p.value
					continue
				}
				r.out.Segment(document.Segment{Text: p.value, At: document.Location{Layer: document.Metadata}})
			}
		}
	}
	return name
}

// transfer undoes the transfer encoding. Where several are declared, mail programs do not
// agree on which one counts: the first one makes the content, and what the others make is
// read as text too.
func (r *reader) transfer(p part) []byte {
	declared := p.header.all("Content-Transfer-Encoding")
	content := r.undo(p, declared)
	for i := 1; i < min(len(declared), maxEncodings); i++ {
		if other := r.undo(p, declared[i:]); !bytes.Equal(other, content) {
			r.walker.anomalies++
			r.text(other, media{kind: "text/plain"})
		}
	}
	return content
}

// maxEncodings is how many transfer encodings of one part are tried.
const maxEncodings = 4

// undo takes the first encoding that is known.
func (r *reader) undo(p part, declared []string) []byte {
	for _, value := range declared {
		value = strings.ToLower(value)
		switch {
		case strings.Contains(value, "base64"):
			return r.base64(p.body)
		case strings.Contains(value, "quoted"):
			return prose.QuotedPrintable(p.body)
		case strings.Contains(value, "uu"):
			rest, files := uncover.Files(p.body)
			if len(files) != 1 {
				continue
			}
			if len(bytes.TrimSpace(rest)) > 0 { // around the file, or lines that can be read as they are
				r.text(rest, media{kind: "text/plain"})
			}
			return files[0].Data
		}
	}
	return p.body
}

// base64 decodes a body and reads the lines in it that are no base64 as text: a
// mailing list's footer below the data, or a text that is not encoded at all.
func (r *reader) base64(body []byte) []byte {
	content, junk := decodeBase64(body)
	if junk > 0 && bytes.ContainsAny(body, "-_") {
		// The alphabet for addresses.
		plain := bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
		if other, left := decodeBase64(plain); left == 0 {
			content, junk = other, 0
		}
	}
	spaced := !bytes.Contains(body[:min(len(body), 200)], []byte("\n")) && bytes.Count(body[:min(len(body), 200)], []byte(" ")) > 4
	if junk == 0 && !spaced {
		return content
	}
	r.walker.anomalies++
	var plain []byte
	for pos := 0; pos < len(body); {
		end, next := nextLine(body, pos)
		if line := bytes.TrimSpace(body[pos:end]); !base64Line(line) {
			plain = append(append(plain, line...), '\n')
		} else if len(line) == 0 {
			plain = append(plain, '\n')
		}
		pos = next
	}
	r.text(plain, media{kind: "text/plain"})
	return content
}

func base64Line(line []byte) bool {
	for _, c := range line {
		if v := base64Value[c]; v > isPad {
			return false
		}
	}
	return true
}

// content reads the decoded body of a part.
func (r *reader) content(p part, m media, name string, attached bool, content []byte) {
	if kind, ok := outerOID(content); ok {
		r.cms(kind, nameOr(name, "smime.p7m"), name == "", content)
		return
	}
	body := name == "" && !attached && bodyText(m.kind) || strings.HasPrefix(m.kind, "multipart/") || m.kind == "message/rfc822"
	if !body && m.kind != "text/html" && pgpMessage(content, p.within, name) {
		r.pgp(nameOr(name, "besked.asc"), name == "", content)
		return
	}
	switch kind := m.kind; {
	case strings.HasPrefix(kind, "multipart/"):
		r.multipart(p, m, content)
	case kind == "message/partial":
		// Some mail program puts it together with parts that are in other mails.
		r.out.Gap(document.Gap{At: r.at(nameOr(name, "del")), Why: document.Damaged, Detail: "a part of a mail that is sent in several"})
		r.child(name, ".eml", "message/rfc822", content)
	case kind == "message/rfc822", kind == "message/global", kind == "message/external-body", strings.HasSuffix(strings.ToLower(name), ".eml"):
		r.child(name, ".eml", "message/rfc822", content)
	case name == "" && !attached && bodyText(kind) && !knownFile(content):
		r.text(content, m)
		if page := bytes.TrimSpace(content[:min(len(content), 200)]); bytes.HasPrefix(page, []byte("<html")) || bytes.HasPrefix(page, []byte("<!")) {
			r.child("", ".html", "text/html", content) // some programs go by the content
		}
		if controls(content) {
			r.walker.anomalies++ // what was read as text may be none
		}
	default:
		r.child(name, extension(kind), fullType(m), content)
	}
}

// multipart reads what stands in a multipart before its first boundary: text, or
// a whole multipart that was encoded although the standard forbids it.
func (r *reader) multipart(p part, m media, content []byte) {
	encoded := len(content) != len(p.body) || !bytes.Equal(content, p.body)
	if !encoded || r.inner >= maxEncodedMultiparts || !bytes.Contains(content, []byte("--")) {
		r.text(content, media{kind: "text/plain", params: m.params})
		return
	}
	r.inner++
	outer := r.walker
	r.walker = newWalker(content, r.part)
	r.walker.boundaries, r.walker.anomalies = outer.boundaries, outer.anomalies+1
	r.walker.parts, r.walker.fields, r.walker.headerBytes = outer.parts, outer.fields, outer.headerBytes
	// The walk's only error is the end of ctx, which the outer walk meets as well.
	_ = r.walker.from(r.ctx, 0, true, strings.TrimPrefix(m.kind, "multipart/"))
	outer.anomalies, outer.parts, outer.fields, outer.headerBytes = r.walker.anomalies, r.walker.parts, r.walker.fields, r.walker.headerBytes
	outer.partsCut, outer.headerCut = outer.partsCut || r.walker.partsCut, outer.headerCut || r.walker.headerCut
	r.walker = outer
	r.inner--
}

func (r *reader) child(name, ext, kind string, content []byte) {
	hint := document.Input{Type: kind, MadeUp: name == ""}
	r.out.ChildBytes(nameOr(name, fmt.Sprintf("del-%d%s", r.n, ext)), content, hint)
}

// bodyText tells the types that are read as text of the mail itself.
func bodyText(kind string) bool {
	switch kind {
	case "", "text", "text/plain", "text/enriched", "text/rfc822-headers", "application/pgp-encrypted":
		return true
	}
	return strings.HasPrefix(kind, "message/")
}

func extension(kind string) string {
	switch kind {
	case "text/html", "application/xhtml+xml":
		return ".html"
	case "", "text/plain":
		return ".txt"
	case "text/calendar":
		return ".ics"
	case "text/vcard", "text/x-vcard", "text/directory":
		return ".vcf"
	case "text/csv":
		return ".csv"
	case "text/rtf", "application/rtf":
		return ".rtf"
	case "text/xml", "application/xml":
		return ".xml"
	case "application/json":
		return ".json"
	case "application/pdf":
		return ".pdf"
	case "application/ms-tnef":
		return ".dat"
	case "image/jpeg", "image/jpg":
		return ".jpg"
	case "image/tiff":
		return ".tif"
	case "image/png", "image/gif", "image/bmp", "image/webp", "image/heic":
		return "." + strings.TrimPrefix(kind, "image/")
	case "application/zip", "application/x-zip-compressed":
		return ".zip"
	}
	return ".bin"
}

func fullType(m media) string {
	if c := m.get("charset"); c != "" {
		return m.kind + "; charset=" + c
	}
	return m.kind
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}
