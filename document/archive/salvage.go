package archive

import (
	"bytes"
	"compress/flate"
	"encoding/binary"

	"brevvagt/document"
)

// salvage reads the members of a zip archive whose directory is lost, by the
// header in front of each.
func salvage(u *unpacker) error {
	const header = 30
	data := u.in.Data
	for pos := 0; ; {
		i := bytes.Index(data[pos:], []byte("PK\x03\x04"))
		if i < 0 || pos+i+header > len(data) {
			return nil
		}
		h := data[pos+i : pos+i+header]
		pos += i + 4
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		packed := int64(binary.LittleEndian.Uint32(h[18:]))
		from := pos - 4 + header + int(binary.LittleEndian.Uint16(h[26:]))
		begin := from + int(binary.LittleEndian.Uint16(h[28:]))
		if begin > len(data) {
			return nil
		}
		name := zipName(string(data[pos-4+header : from]))
		if err := u.next(); err != nil {
			return err
		}
		body := data[begin:]
		if packed > 0 && packed <= int64(len(body)) {
			body = body[:packed]
			pos = begin + int(packed)
		} else {
			pos = begin
		}
		var err error
		switch {
		case flags&1 != 0:
			u.refuse(name, document.Encrypted, "")
		case method == 0:
			err = u.member(name, false, bytes.NewReader(body[:min(int64(len(body)), packed)]))
		case method == 8:
			err = u.member(name, false, flate.NewReader(bytes.NewReader(body)))
		default:
			u.refuse(name, document.UnknownType, "")
		}
		if err != nil {
			return err
		}
	}
}
