package archive

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// sevenZipOf writes a 7z archive with one stored file of fewer than 128 bytes.
func sevenZipOf(name, text string) []byte {
	n := byte(len(text))
	crc := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))
	var names []byte
	for _, r := range name + "\x00" {
		names = binary.LittleEndian.AppendUint16(names, uint16(r))
	}
	h := []byte{
		0x01, 0x04, // header, main streams
		0x06, 0, 1, 0x09, n, 0, // pack info
		0x07, 0x0b, 1, 0, 1, 0x01, 0x00, 0x0c, n, 0x0a, 1, // one folder, coder "copy"
	}
	h = append(h, crc...)
	h = append(h, 0, 0x08, 0, 0, 0x05, 1, 0x11, byte(len(names)+1), 0)
	h = append(append(h, names...), 0, 0)
	start := binary.LittleEndian.AppendUint64(nil, uint64(n))
	start = binary.LittleEndian.AppendUint64(start, uint64(len(h)))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE(h))
	var b bytes.Buffer
	b.WriteString("7z\xbc\xaf\x27\x1c\x00\x04")
	b.Write(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(start)))
	b.Write(start)
	b.WriteString(text)
	b.Write(h)
	return b.Bytes()
}

// rarSealed writes a rar 5 archive with one stored file that is encrypted with a password
// (AES-256 in CBC mode, key by PBKDF2), as The Unarchiver opens it.
func rarSealed(t *testing.T, name, text, password string) []byte {
	t.Helper()
	salt, iv := []byte("salt of 16 bytes"), []byte("vector, 16 bytes")
	key, err := pbkdf2.Key(sha256.New, password, salt, 1<<15, 32)
	if err != nil {
		t.Fatal(err)
	}
	c, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	sealed := append([]byte(text), make([]byte, -len(text)&15)...)
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(sealed, sealed)
	extra := append(append([]byte{0, 1, 0, 0, 15}, salt...), iv...)
	extra[0] = byte(len(extra) - 1)
	head := append([]byte{2, 3, byte(len(extra)), byte(len(sealed)), 4, byte(len(text)), 0},
		binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))...)
	head = append(append(head, 0, 1, byte(len(name))), name...)
	out := append([]byte("Rar!\x1a\x07\x01\x00"), rarBlock(1, 0, 0)...)
	out = append(append(out, rarBlock(append(head, extra...)...)...), sealed...)
	return append(out, rarBlock(5, 0, 0)...)
}

func rarBlock(body ...byte) []byte {
	sized := append([]byte{byte(len(body))}, body...)
	return append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(sized)), sized...)
}

// rarOf writes a rar 5 archive with one stored file; with encrypted 1 the file
// says that it needs a password.
func rarOf(name, text string, encrypted byte) []byte {
	n := byte(len(text))
	out := []byte("Rar!\x1a\x07\x01\x00")
	out = append(out, rarBlock(1, 0, 0)...)
	var extra []byte
	flags := byte(2)
	if encrypted == 1 {
		extra = append([]byte{0x30 + 1, 1, 0, 0, 15}, make([]byte, 32)...) // version, flags, rounds, salt, iv
		extra = append(extra, make([]byte, 13)...)
		flags |= 1
	}
	head := []byte{2, flags}
	if encrypted == 1 {
		head = append(head, byte(len(extra)))
	}
	head = append(head, n, 4, n, 0)
	head = append(head, binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))...)
	head = append(head, 0, 1, byte(len(name)))
	head = append(append(head, name...), extra...)
	out = append(append(out, rarBlock(head...)...), text...)
	return append(out, rarBlock(5, 0, 0)...)
}
