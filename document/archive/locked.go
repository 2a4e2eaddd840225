package archive

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1" // what the format asks for
	"encoding/binary"
	"hash/crc32"
	"io"

	"golang.org/x/text/encoding/charmap"
)

// This file decrypts members of a zip with passwords that the item tells: the old
// encryption of PKWARE (APPNOTE 6.1) and the one with AES of WinZip (AE-1 and AE-2).

// methodAES is the method that stands in the directory for a member in AES.
const methodAES = 99

// maxUnlocked bounds an encrypted member, which is decrypted in memory.
const maxUnlocked = 64 << 20

// unlock gives the content of an encrypted member, nil when no password fits. The
// member's checksum proves that one does.
func unlock(f *zip.File, data []byte, passwords []string) io.Reader {
	at, err := f.DataOffset()
	if err != nil || len(passwords) == 0 || f.CompressedSize64 > maxUnlocked || at+int64(f.CompressedSize64) > int64(len(data)) {
		return nil
	}
	sealed := data[at : at+int64(f.CompressedSize64)]
	for _, word := range passwords {
		for _, password := range bytesOf(word) {
			plain, method := decryptOld(f, sealed, password), f.Method
			if f.Method == methodAES {
				plain, method = decryptAES(f, sealed, password)
			}
			if plain == nil {
				continue
			}
			if f.Method == methodAES { // its code has proved it
				return unpacked(method, plain)
			}
			// The old encryption has one byte to tell a wrong password by.
			if r := unpacked(method, plain); r != nil && sound(r, f) {
				return unpacked(method, plain)
			}
		}
	}
	return nil
}

// bytesOf writes a password as programs do: in UTF-8, Windows-1252 or a code page of DOS.
func bytesOf(word string) [][]byte {
	all := [][]byte{[]byte(word)}
	for _, page := range []*charmap.Charmap{charmap.Windows1252, charmap.CodePage850} {
		if b, err := page.NewEncoder().Bytes([]byte(word)); err == nil && !bytes.Equal(b, all[0]) {
			all = append(all, b)
		}
	}
	return all
}

// unpacked undoes a member's compression, nil for an unknown one.
func unpacked(method uint16, data []byte) io.Reader {
	r := bytes.NewReader(data)
	switch method {
	case zip.Store:
		return r
	case zip.Deflate:
		return flate.NewReader(r)
	case 12:
		return bzip2.NewReader(r)
	case 14:
		return newLZMA(r)
	case 93:
		return newZstd(r)
	}
	return nil
}

func sound(r io.Reader, f *zip.File) bool {
	sum := crc32.NewIEEE()
	n, err := io.Copy(sum, io.LimitReader(r, maxUnlocked*4))
	return err == nil && uint64(n) == f.UncompressedSize64 && sum.Sum32() == f.CRC32
}

// keys are the state of the old encryption.
type keys [3]uint32

func (k *keys) update(b byte) {
	k[0] = crc32.IEEETable[byte(k[0])^b] ^ k[0]>>8
	k[1] = (k[1]+k[0]&0xff)*134775813 + 1
	k[2] = crc32.IEEETable[byte(k[2])^byte(k[1]>>24)] ^ k[2]>>8
}

func (k *keys) next(c byte) byte {
	t := k[2] | 2
	b := c ^ byte(t*(t^1)>>8)
	k.update(b)
	return b
}

// oldHead is how many random bytes stand before the data.
const oldHead = 12

func decryptOld(f *zip.File, sealed, password []byte) []byte {
	if len(sealed) < oldHead || f.Method == methodAES {
		return nil
	}
	k := keys{0x12345678, 0x23456789, 0x34567890}
	for _, b := range password {
		k.update(b)
	}
	var last byte
	for _, c := range sealed[:oldHead] {
		last = k.next(c)
	}
	want := byte(f.CRC32 >> 24)
	if f.Flags&8 != 0 {
		want = byte(f.ModifiedTime >> 8)
	}
	if last != want {
		return nil
	}
	plain := make([]byte, len(sealed)-oldHead)
	for i, c := range sealed[oldHead:] {
		plain[i] = k.next(c)
	}
	return plain
}

// aesExtra is the extra field that tells the strength and the real method.
const aesExtra = 0x9901

func decryptAES(f *zip.File, sealed, password []byte) ([]byte, uint16) {
	const code, check, rounds = 10, 2, 1000
	extra := field16(f.Extra, aesExtra)
	if len(extra) < 7 || extra[4] < 1 || extra[4] > 3 {
		return nil, 0
	}
	salt, size := 4+4*int(extra[4]), 8+8*int(extra[4])
	if len(sealed) < salt+check+code {
		return nil, 0
	}
	key, err := pbkdf2.Key(sha1.New, string(password), sealed[:salt], rounds, 2*size+check)
	if err != nil || !bytes.Equal(key[2*size:], sealed[salt:salt+check]) {
		return nil, 0
	}
	body, end := sealed[salt+check:len(sealed)-code], sealed[len(sealed)-code:]
	m := hmac.New(sha1.New, key[size:2*size])
	m.Write(body)
	block, err := aes.NewCipher(key[:size])
	if err != nil || !hmac.Equal(m.Sum(nil)[:code], end) {
		return nil, 0
	}
	return counted(block, body), binary.LittleEndian.Uint16(extra[5:])
}

// counted decrypts with a counter whose lowest byte comes first, which the library's
// does not.
func counted(block cipher.Block, body []byte) []byte {
	plain := make([]byte, len(body))
	var count, mask [aes.BlockSize]byte
	for i := range body {
		if i%aes.BlockSize == 0 {
			binary.LittleEndian.PutUint64(count[:], uint64(i/aes.BlockSize)+1)
			block.Encrypt(mask[:], count[:])
		}
		plain[i] = body[i] ^ mask[i%aes.BlockSize]
	}
	return plain
}

// field16 gives the extra field of a kind.
func field16(extra []byte, kind uint16) []byte {
	for len(extra) >= 4 {
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return nil
		}
		if binary.LittleEndian.Uint16(extra) == kind {
			return extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	return nil
}
