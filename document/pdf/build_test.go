package pdf

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"fmt"
	"strings"
)

// file is a PDF written by hand: object bodies from number 1 on; object 1 is the
// catalogue.
type file struct {
	objects []string
	trailer string
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

// onePage is a file with one A4 page: its content is object 4, its font object 5.
func onePage(content, pageExtra, catalogExtra string, more ...string) file {
	return file{objects: append([]string{
		"<</Type/Catalog/Pages 2 0 R" + catalogExtra + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>" + pageExtra + ">>",
		stream("", content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}, more...)}
}

func show(text string, x, y int) string {
	return fmt.Sprintf("BT /F1 12 Tf %d %d Td (%s) Tj ET\n", x, y, text)
}

func (f file) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	f.write(&b, 1, f.objects, len(f.objects)+1, "")
	return b.Bytes()
}

// update appends a revision that replaces object n.
func update(old []byte, n int, body string, size int) []byte {
	b := bytes.NewBuffer(bytes.Clone(old))
	prev := bytes.LastIndex(old, []byte("\nxref")) + 1
	file{}.write(b, n, []string{body}, size, fmt.Sprintf("/Prev %d", prev))
	return b.Bytes()
}

func (f file) write(b *bytes.Buffer, first int, objects []string, size int, extra string) {
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", first+i, o)
	}
	xref := b.Len()
	fmt.Fprintf(b, "xref\n0 1\n0000000000 65535 f \n%d %d\n", first, len(objects))
	for _, a := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(b, "trailer\n<</Size %d/Root 1 0 R%s%s>>\nstartxref\n%d\n%%%%EOF\n", size, f.trailer, extra, xref)
}

const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// encrypted makes a one-page file with 40-bit RC4 (PDF 32000, 7.6.3) that opens
// with the password user.
func encrypted(content, user string) []byte {
	pad := func(p string) []byte { return []byte((p + padding)[:32]) }
	owner := md5.Sum(pad("ejer"))
	o := make([]byte, 32)
	cipher, _ := rc4.NewCipher(owner[:5])
	cipher.XORKeyStream(o, pad(user))
	id := "0123456789abcdef"
	h := md5.New()
	h.Write(pad(user))
	h.Write(o)
	h.Write([]byte{0xfc, 0xff, 0xff, 0xff})
	h.Write([]byte(id))
	key := h.Sum(nil)[:5]
	u := make([]byte, 32)
	cipher, _ = rc4.NewCipher(key)
	cipher.XORKeyStream(u, []byte(padding))
	object := md5.Sum(append(bytes.Clone(key), 4, 0, 0, 0, 0))
	secret := make([]byte, len(content))
	cipher, _ = rc4.NewCipher(object[:10])
	cipher.XORKeyStream(secret, []byte(content))
	f := onePage(string(secret), "", "")
	f.trailer = fmt.Sprintf("/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%x>/U<%x>>>/ID[<%x><%x>]", o, u, id, id)
	return f.bytes()
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func itoa(n int) string { return fmt.Sprint(n) }
