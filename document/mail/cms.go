package mail

import (
	"bytes"
	"compress/zlib"
	"encoding/asn1"
	"errors"
	"io"

	"brevvagt/document"
	"brevvagt/internal/sweep"
)

// cmsKind is what a CMS structure (RFC 5652) says it is in its outer object
// identifier; the smime-type label in a mail's header is only a claim.
type cmsKind int

const (
	cmsSigned     cmsKind = iota + 1
	cmsEnveloped          // also authEnveloped: encrypted for its receivers
	cmsEncrypted          // encrypted with a password
	cmsDigested           // readable
	cmsCompressed         // readable
)

// outerOIDs are compared as encoded: 1.2.840.113549.1.7.x and .9.16.1.x.
func cmsOID(oid []byte) (cmsKind, bool) {
	const pkcs7, smime = "\x2a\x86\x48\x86\xf7\x0d\x01\x07", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"
	switch string(oid) {
	case pkcs7 + "\x02":
		return cmsSigned, true
	case pkcs7 + "\x03", smime + "\x17":
		return cmsEnveloped, true
	case pkcs7 + "\x05":
		return cmsDigested, true
	case pkcs7 + "\x06":
		return cmsEncrypted, true
	case smime + "\x09":
		return cmsCompressed, true
	}
	return 0, false
}

var errBER = errors.New("malformed BER")

// maxBERDepth is how deep values of indefinite length may stand in each other.
const maxBERDepth = 32

// value is one BER value. The body of one with indefinite length reaches to the
// end of what is there until it is skipped.
type value struct {
	tag         byte // class and constructed bit included
	body        []byte
	indefinite  bool
	constructed bool
}

// head reads the tag and length at the beginning of b.
func head(b []byte) (v value, err error) {
	if len(b) < 2 || b[0]&0x1f == 0x1f { // tags above 30 do not occur in CMS
		return v, errBER
	}
	v.tag, v.constructed = b[0], b[0]&0x20 != 0
	n := int(b[1])
	switch b = b[2:]; {
	case n == 0x80:
		if !v.constructed {
			return v, errBER
		}
		v.indefinite, v.body = true, b
		return v, nil
	case n > 0x80:
		count := n & 0x7f
		if count > 4 || count > len(b) {
			return v, errBER
		}
		n = 0
		for _, c := range b[:count] {
			n = n<<8 | int(c)
		}
		b = b[count:]
	}
	if n > len(b) {
		return v, errBER
	}
	v.body = b[:n]
	return v, nil
}

// children calls each value inside body in turn and returns what follows the end
// mark of an indefinite one.
func children(body []byte, indefinite bool, depth int, each func(value) error) ([]byte, error) {
	if depth > maxBERDepth {
		return nil, errBER
	}
	for {
		if len(body) == 0 {
			if indefinite {
				return nil, errBER
			}
			return nil, nil
		}
		if indefinite && len(body) >= 2 && body[0] == 0 && body[1] == 0 {
			return body[2:], nil
		}
		v, err := head(body)
		if err != nil {
			return nil, err
		}
		var rest []byte
		if v.indefinite {
			if rest, err = children(v.body, true, depth+1, func(value) error { return nil }); err != nil {
				return nil, err
			}
			v.body = v.body[:len(v.body)-len(rest)]
		} else {
			rest = body[cap(body)-cap(v.body)+len(v.body):]
		}
		if err := each(v); err != nil {
			return nil, err
		}
		body = rest
	}
}

func list(v value) ([]value, error) {
	var all []value
	_, err := children(v.body, v.indefinite, 0, func(c value) error {
		if len(all) > 64 {
			return errBER
		}
		all = append(all, c)
		return nil
	})
	return all, err
}

// outerOID tells CMS by its first bytes, in DER and BER.
func outerOID(data []byte) (cmsKind, bool) {
	v, err := head(data)
	if len(data) < 2 || data[0] != 0x30 {
		return 0, false
	}
	if err != nil { // cut off: the length says more than there is
		v.body = data[2:]
		if n := data[1]; n > 0x80 && int(n&0x7f) <= len(v.body) {
			v.body = v.body[n&0x7f:]
		}
	}
	oid, err := head(v.body)
	if err != nil || oid.tag != asn1.TagOID {
		return 0, false
	}
	return cmsOID(oid.body)
}

// inner gives the fields of the structure below the outer object identifier.
func inner(data []byte) ([]value, error) {
	outer, err := head(data)
	if err != nil {
		return nil, err
	}
	top, err := list(outer)
	if err != nil || len(top) < 2 {
		return nil, errBER
	}
	wrapped, err := list(top[1])
	if err != nil || len(wrapped) < 1 {
		return nil, errBER
	}
	return list(wrapped[0])
}

// content finds the SEQUENCE { OID, …, [0] content } among fields and joins the
// pieces of the content. A signature that stands apart has none.
func content(fields []value) ([]byte, error) {
	for _, f := range fields {
		if f.tag != 0x30 {
			continue
		}
		parts, err := list(f)
		if err != nil || len(parts) < 1 || parts[0].tag != asn1.TagOID {
			continue
		}
		for _, p := range parts[1:] {
			if p.tag == 0xa0 || p.tag == 0x80 {
				return octets(nil, p, 0)
			}
		}
	}
	return nil, nil
}

func octets(out []byte, v value, depth int) ([]byte, error) {
	if !v.constructed {
		return append(out, v.body...), nil
	}
	_, err := children(v.body, v.indefinite, depth, func(c value) error {
		var err error
		out, err = octets(out, c, depth+1)
		return err
	})
	return out, err
}

// cms reads a CMS part: what is signed, digested or compressed is opened, what is
// encrypted for its receivers is a seal.
func (r *reader) cms(kind cmsKind, name string, madeUp bool, data []byte) {
	at := r.at(name)
	if kind != cmsSigned {
		r.sealedName(name, madeUp)
	}
	r.after(at, behind(data))
	fields, err := inner(data)
	var body []byte
	if err == nil {
		body, err = content(fields)
	}
	if err != nil {
		r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "malformed S/MIME"})
		found, _ := sweep.Texts(data) // whoever gets it may look for text in it
		for _, text := range found {
			r.out.Segment(document.Segment{Text: text, At: at})
		}
		return
	}
	switch kind {
	case cmsEnveloped:
		r.clear(at, body)
		if len(body) == 0 || !hasReceivers(fields) || readable(body) {
			r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "S/MIME that says it is encrypted and is not"})
			r.child("", ".txt", "", body)
			return
		}
		r.out.Seal(document.Seal{At: at, Kind: "smime"})
	case cmsEncrypted:
		r.out.Gap(document.Gap{At: at, Why: document.Encrypted, Detail: "S/MIME encrypted with a password"})
	case cmsCompressed:
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "malformed compressed S/MIME"})
			return
		}
		r.out.Child(name+".eml", io.Reader(z), document.Input{Type: "message/rfc822", MadeUp: madeUp})
	default:
		if len(body) > 0 { // a signature that stands apart has no content
			r.out.ChildBytes(name+".eml", body, document.Input{Type: "message/rfc822", MadeUp: madeUp})
		}
	}
}

// behind is what follows the structure: no program writes anything there.
func behind(data []byte) []byte {
	v, err := head(data)
	switch {
	case err != nil:
		return nil // it is cut off, which is told elsewhere
	case !v.indefinite:
		return data[cap(data)-cap(v.body)+len(v.body):]
	}
	rest, _ := children(v.body, true, 0, func(value) error { return nil })
	return rest
}

// hasReceivers looks for a SET of recipient infos that is not empty.
func hasReceivers(fields []value) bool {
	for _, f := range fields {
		if f.tag == 0x31 {
			return len(f.body) > 2
		}
	}
	return false
}

// readable reports whether bytes that should be encrypted are plain text.
func readable(b []byte) bool {
	b = b[:min(len(b), 4096)]
	printable := 0
	for _, c := range b {
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' {
			printable++
		}
	}
	// Random bytes are printable in 38 of 100 cases.
	return len(b) >= 16 && printable*10 > len(b)*8
}
