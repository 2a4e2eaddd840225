package office_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// cfbEntry is a stream of a generated compound file, or a storage when it has
// kids.
type cfbEntry struct {
	name string
	data []byte
	kids []cfbEntry
}

// compoundOf writes a compound file with sectors of 512 bytes and no short
// streams.
func compoundOf(t testing.TB, entries []cfbEntry) []byte {
	t.Helper()
	const end, free = 0xfffffffe, 0xffffffff
	le := binary.LittleEndian
	var dir, body []byte
	var fat []uint32
	put := func(data []byte) uint32 {
		if len(data) == 0 {
			return end
		}
		start := uint32(len(fat))
		for len(data) > 0 {
			sector := make([]byte, 512)
			n := copy(sector, data)
			data = data[n:]
			body = append(body, sector...)
			fat = append(fat, uint32(len(fat))+1)
		}
		fat[len(fat)-1] = end
		return start
	}
	var add func(name string, kind byte, e cfbEntry) uint32
	add = func(name string, kind byte, e cfbEntry) uint32 {
		n := uint32(len(dir) / 128)
		d := make([]byte, 128)
		u := utf16.Encode([]rune(name))
		for i, c := range u {
			le.PutUint16(d[i*2:], c)
		}
		le.PutUint16(d[64:], uint16(len(u)*2+2))
		d[66] = kind
		le.PutUint32(d[68:], free)
		le.PutUint32(d[72:], free)
		le.PutUint32(d[76:], free)
		le.PutUint32(d[116:], end)
		dir = append(dir, d...)
		if kind == 2 {
			le.PutUint32(dir[n*128+116:], put(e.data))
			le.PutUint32(dir[n*128+120:], uint32(len(e.data)))
			return n
		}
		last := uint32(free)
		for i := len(e.kids) - 1; i >= 0; i-- {
			k := byte(2)
			if e.kids[i].kids != nil {
				k = 1
			}
			m := add(e.kids[i].name, k, e.kids[i])
			le.PutUint32(dir[m*128+72:], last)
			last = m
		}
		le.PutUint32(dir[n*128+76:], last)
		return n
	}
	add("Root Entry", 5, cfbEntry{kids: entries})
	dirStart := put(dir)
	fatSectors := (len(fat) + 127 + 1) / 127
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le.PutUint16(head[24:], 0x3e)
	le.PutUint16(head[26:], 3)
	le.PutUint16(head[28:], 0xfffe)
	le.PutUint16(head[30:], 9)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[44:], uint32(fatSectors))
	le.PutUint32(head[48:], dirStart)
	le.PutUint32(head[60:], end)
	le.PutUint32(head[68:], end)
	for i := range 109 {
		le.PutUint32(head[76+i*4:], free)
	}
	for i := range fatSectors {
		le.PutUint32(head[76+i*4:], uint32(len(fat)))
		fat = append(fat, 0xfffffffd)
	}
	for len(fat)%128 != 0 {
		fat = append(fat, free)
	}
	for _, f := range fat {
		body = le.AppendUint32(body, f)
	}
	return append(head, body...)
}

func utf16le(s string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

func prop(tag, text string) cfbEntry {
	return cfbEntry{name: "__substg1.0_" + tag, data: utf16le(text)}
}

func recipientEntry(name, mail, number string, kind byte) cfbEntry {
	table := make([]byte, 8+16)
	copy(table[8:], []byte{3, 0, 0x15, 0x0c, 6, 0, 0, 0, kind})
	return cfbEntry{name: "__recip_version1.0_#0000000" + number, kids: []cfbEntry{
		{name: "__properties_version1.0", data: table}, prop("3001001F", name), prop("39FE001F", mail)}}
}

func msgFile(t testing.TB) []byte {
	c := documenttest.Canary
	rich := "{\\rtf1\\ansi\\ansicpg1252 Rig tekst " + c(2) + " \\'e6\\'f8\\'e5\\par}"
	packed := binary.LittleEndian.AppendUint32(nil, uint32(len(rich)+12))
	packed = binary.LittleEndian.AppendUint32(packed, uint32(len(rich)))
	packed = append(packed, "MELA\x00\x00\x00\x00"...)
	packed = append(packed, rich...)
	nested := []cfbEntry{{name: "__properties_version1.0", data: make([]byte, 24)}, prop("0037001F", "Indre"), prop("1000001F", "indre "+c(5))}
	return compoundOf(t, []cfbEntry{
		{name: "__properties_version1.0", data: append(make([]byte, 32), 0x1f, 0, 0x37, 0, 6, 0, 0, 0, 0x41, 0, 0, 0, 0, 0, 0, 0)},
		prop("0037001F", "Emne "+c(0)),
		prop("0C1A001F", "Testperson Eksempel"),
		prop("5D01001F", "afsender@kommune.example"),
		prop("1000001F", "Kære borger\r\nCPR "+c(1)),
		prop("007D001F", "From: afsender@kommune.example\r\nX-Sag: =?utf-8?q?s=C3=A6r?=\r\n"),
		{name: "__substg1.0_10130102", data: []byte("<html><p>" + c(3) + "</p></html>")},
		{name: "__substg1.0_10090102", data: packed},
		recipientEntry("Modtager Eksempel", "modtager@example.invalid", "0", 1),
		recipientEntry("Kopi Eksempel", "kopi@example.invalid", "1", 2),
		{name: "__attach_version1.0_#00000000", kids: []cfbEntry{{name: "__properties_version1.0", data: make([]byte, 8)}, prop("3707001F", "bilag.txt"), {name: "__substg1.0_37010102", data: []byte("bilag " + c(4))}}},
		{name: "__attach_version1.0_#00000001", kids: []cfbEntry{{name: "__properties_version1.0", data: make([]byte, 8)}, prop("3001001F", "Indre"), {name: "__substg1.0_3701000D", kids: nested}}},
	})
}

func TestMSG(t *testing.T) {
	c := documenttest.Canary
	list := append(formats(), raw{})
	d := documenttest.Read(t, list, "post.msg", msgFile(t))
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	m := d.Mail
	if m == nil || m.Subject != "Emne "+c(0) || len(m.From) != 1 || m.From[0].Mail != "afsender@kommune.example" || len(m.To) != 2 || m.To[0].Mail != "modtager@example.invalid" || m.Header["X-Sag"][0] != "sær" {
		t.Errorf("envelope: %+v", m)
	}
	documenttest.Run(t, documenttest.Suite{Format: format(t, "msg"), Others: list, Samples: []documenttest.Sample{{
		Name: "post.msg", Data: msgFile(t), Canaries: []string{c(0), c(1), c(2) + " æøå", c(3), c(4), c(5), "kopi@example.invalid"}}}})
	for _, s := range documenttest.Find(d, c(5)) {
		if s.At.Path != "post.msg/Indre" {
			t.Errorf("nested message at %s", s.At.Path)
		}
	}
}

func tnefAttr(level byte, id uint32, data []byte) []byte {
	b := append([]byte{level}, binary.LittleEndian.AppendUint32(nil, id)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	return binary.LittleEndian.AppendUint16(b, sum)
}

func tnefFile() []byte {
	c := documenttest.Canary
	body := utf16le("krop " + c(1))
	props := binary.LittleEndian.AppendUint32(nil, 1)
	props = append(props, 0x1f, 0, 0, 0x10)
	props = binary.LittleEndian.AppendUint32(props, 1)
	props = binary.LittleEndian.AppendUint32(props, uint32(len(body)))
	props = append(props, body...)
	props = append(props, make([]byte, (4-len(body)%4)%4)...)
	return bytes.Join([][]byte{
		{0x78, 0x9f, 0x3e, 0x22, 1, 0},
		tnefAttr(1, 0x18004, []byte("Emne "+c(0)+"\x00")),
		tnefAttr(1, 0x69003, props),
		tnefAttr(2, 0x69002, make([]byte, 14)),
		tnefAttr(2, 0x18010, []byte("bilag.txt\x00")),
		tnefAttr(2, 0x6800f, []byte("bilag "+c(2))),
	}, nil)
}

func TestTNEF(t *testing.T) {
	c := documenttest.Canary
	documenttest.Run(t, documenttest.Suite{Format: format(t, "tnef"), OpenEnded: true, Others: append(formats(), raw{}), Samples: []documenttest.Sample{{
		Name: "winmail.dat", Data: tnefFile(), Canaries: []string{c(0), c(1), c(2)}}}})
}

// TestTNEFProperties: a table of recipients, and a property with a name.
func TestTNEFProperties(t *testing.T) {
	le := binary.LittleEndian
	value := func(text string) []byte {
		b := utf16le(text + "\x00")
		out := le.AppendUint32(le.AppendUint32(nil, 1), uint32(len(b)))
		return append(append(out, b...), make([]byte, (4-len(b)%4)%4)...)
	}
	row := append(le.AppendUint32(nil, 3), 0x03, 0, 0x15, 0x0c, 2, 0, 0, 0, 0x1f, 0, 0x01, 0x30)
	row = append(row, value("Modtager Eksempel")...)
	row = append(append(row, 0x1f, 0, 0xfe, 0x39), value("modtager@example.invalid")...)
	named := append(le.AppendUint32(nil, 1), 0x1f, 0, 0x01, 0x80)
	named = append(append(named, make([]byte, 16)...), 1, 0, 0, 0, 6, 0, 0, 0)
	named = append(append(named, utf16le("Sag")...), 0, 0)
	named = append(named, value("sag 120336-3951")...)
	data := bytes.Join([][]byte{{0x78, 0x9f, 0x3e, 0x22, 1, 0}, tnefAttr(1, 0x69004, append(le.AppendUint32(nil, 1), row...)), tnefAttr(1, 0x69003, named)}, nil)
	d := documenttest.Read(t, formats(), "winmail.dat", data)
	if d.Mail == nil || len(d.Mail.To) != 1 || d.Mail.To[0] != (document.Address{Name: "Modtager Eksempel", Mail: "modtager@example.invalid"}) {
		t.Errorf("mail: %+v", d.Mail)
	}
	if !documenttest.Has(d, "sag 120336-3951") || len(d.Gaps) > 0 {
		t.Error(documenttest.Describe(d))
	}
}

// TestTNEFCutOff: a cut within an attribute, or before an announced file, is told.
func TestTNEFCutOff(t *testing.T) {
	data := tnefFile()
	for _, n := range []int{6, 20, 60, 118, 139, len(data) - 3} {
		if d := documenttest.Read(t, append(formats(), raw{}), "winmail.dat", data[:n]); len(d.Gaps) == 0 {
			t.Errorf("cut to %d of %d bytes: no gap", n, len(data))
		}
	}
}

// TestCompressedRTF unpacks the example of [MS-OXRTFCP] 4.1.
func TestCompressedRTF(t *testing.T) {
	packed := []byte("\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0")
	data := compoundOf(t, []cfbEntry{{name: "__properties_version1.0", data: make([]byte, 32)}, {name: "__substg1.0_10090102", data: packed}})
	d := documenttest.Read(t, formats(), "x.msg", data)
	if !documenttest.Has(d, "hello world") || len(d.Gaps) > 0 {
		t.Error(documenttest.Describe(d))
	}
}

func TestEncryptedOffice(t *testing.T) {
	encrypted := compoundOf(t, []cfbEntry{{name: "EncryptionInfo", data: []byte("x")}, {name: "EncryptedPackage", data: make([]byte, 5000)}})
	word := bytes.Clone(sample(t, "brev.doc"))
	i := bytes.Index(word, []byte{0xec, 0xa5})
	word[i+11] |= 1
	odt := zipOf(t, entry{"mimetype", "application/vnd.oasis.opendocument.text"}, entry{"content.xml", "xx"},
		entry{"META-INF/manifest.xml", `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`})
	for name, data := range map[string][]byte{"a.docx": encrypted, "b.doc": word, "c.odt": odt} {
		d := documenttest.Read(t, formats(), name, data)
		if len(d.Gaps) != 1 || d.Gaps[0].Why != document.Encrypted {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
		if strings.Contains(documenttest.Text(d), "120336") {
			t.Errorf("%s: text of an encrypted file", name)
		}
	}
}
