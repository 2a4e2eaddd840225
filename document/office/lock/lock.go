// Package lock opens office files that Excel encrypted with the password that it
// has for everybody: a workbook whose structure is protected is encrypted so, and
// opens without a question. Of other passwords it takes those that stand in the item
// that the file came with.
package lock

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" // the formats of the time ask for it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"hash"
	"unicode/utf16"

	"brevvagt/document/office/ole"
)

// everybody is the password ([MS-OFFCRYPTO] and [MS-XLS] 2.4.191).
const everybody = "VelvetSweatshop"

// ErrPassword says that the file has a password of its own, or is encrypted in a way
// that is not known here.
var ErrPassword = errors.New("password needed")

// maxSpin bounds the rounds of hashing that a file may ask for; Office asks for
// 50 000 or 100 000.
const maxSpin = 1_000_000

// Package decrypts the modern office file within a compound file, with the password
// for everybody or one of those given.
func Package(f *ole.File, passwords ...string) (plain []byte, err error) {
	for _, word := range append([]string{everybody}, passwords...) {
		if plain, err = unlock(f, wide(word)); err == nil {
			return plain, nil
		}
	}
	return nil, err
}

func unlock(f *ole.File, password []byte) ([]byte, error) {
	info, data := f.Get("EncryptionInfo"), f.Get("EncryptedPackage")
	if len(info) < 12 || len(data) < 8+aes.BlockSize {
		return nil, ErrPassword
	}
	size := binary.LittleEndian.Uint64(data)
	body := data[8:]
	var plain []byte
	var err error
	switch major, minor := binary.LittleEndian.Uint16(info), binary.LittleEndian.Uint16(info[2:]); {
	case major == 4 && minor == 4:
		plain, err = agile(info[8:], body, password)
	case minor == 2 && major >= 2 && major <= 4:
		plain, err = standard(info[8:], body, password)
	default:
		return nil, ErrPassword
	}
	if err != nil {
		return nil, err
	}
	if size < uint64(len(plain)) {
		plain = plain[:size]
	}
	return plain, nil
}

func wide(password string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(password)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func sum(h func() hash.Hash, parts ...[]byte) []byte {
	d := h()
	for _, p := range parts {
		d.Write(p)
	}
	return d.Sum(nil)
}

func little(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// spin hashes the salted password again and again.
func spin(h func() hash.Hash, salt, password []byte, rounds int) []byte {
	out := sum(h, salt, password)
	d := h()
	var n [4]byte
	for i := range rounds {
		binary.LittleEndian.PutUint32(n[:], uint32(i))
		d.Reset()
		d.Write(n[:])
		d.Write(out)
		out = d.Sum(out[:0])
	}
	return out
}

// standard is the encryption of Office 2007 (2.3.4.5 to 2.3.4.9).
func standard(info, body, password []byte) ([]byte, error) {
	head := int(binary.LittleEndian.Uint32(info))
	if head < 20 || head > 1<<12 || len(info) < 4+head+4+16+16+4+32 {
		return nil, ErrPassword
	}
	bits := int(binary.LittleEndian.Uint32(info[4+16:]))
	verifier := info[4+head:]
	salt, sealed, sealedHash := verifier[4:20], verifier[20:36], verifier[40:72]
	if binary.LittleEndian.Uint32(verifier) != 16 || bits != 128 && bits != 192 && bits != 256 {
		return nil, ErrPassword
	}
	final := sum(sha1.New, spin(sha1.New, salt, password, 50_000), little(0))
	var key []byte
	for _, pad := range []byte{0x36, 0x5c} {
		b := make([]byte, 64)
		for i := range b {
			b[i] = pad
			if i < len(final) {
				b[i] ^= final[i]
			}
		}
		key = append(key, sum(sha1.New, b)...)
	}
	block, err := aes.NewCipher(key[:bits/8])
	if err != nil {
		return nil, ErrPassword
	}
	if string(sum(sha1.New, ecb(block, sealed))) != string(ecb(block, sealedHash)[:sha1.Size]) {
		return nil, ErrPassword
	}
	return ecb(block, body), nil
}

func ecb(block cipher.Block, data []byte) []byte {
	out := make([]byte, len(data)/aes.BlockSize*aes.BlockSize)
	for i := 0; i < len(out); i += aes.BlockSize {
		block.Decrypt(out[i:], data[i:])
	}
	return out
}

// agileInfo is the description of the encryption of Office 2010 and later
// (2.3.4.10).
type agileInfo struct {
	Key struct {
		Salt      string `xml:"saltValue,attr"`
		Hash      string `xml:"hashAlgorithm,attr"`
		Bits      int    `xml:"keyBits,attr"`
		BlockSize int    `xml:"blockSize,attr"`
		Cipher    string `xml:"cipherAlgorithm,attr"`
		Chaining  string `xml:"cipherChaining,attr"`
	} `xml:"keyData"`
	Locks []struct {
		Key struct {
			Spin  int    `xml:"spinCount,attr"`
			Salt  string `xml:"saltValue,attr"`
			Hash  string `xml:"hashAlgorithm,attr"`
			Bits  int    `xml:"keyBits,attr"`
			Input string `xml:"encryptedVerifierHashInput,attr"`
			Value string `xml:"encryptedVerifierHashValue,attr"`
			Key   string `xml:"encryptedKeyValue,attr"`
		} `xml:"encryptedKey"`
	} `xml:"keyEncryptors>keyEncryptor"`
}

var hashes = map[string]func() hash.Hash{"SHA1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New}

// What is hashed into the keys of the three sealed values (2.3.4.13).
var (
	forInput = []byte{0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79}
	forValue = []byte{0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e}
	forKey   = []byte{0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6}
)

const segment = 4096 // bytes of the package with one initial vector

func agile(info, body, password []byte) ([]byte, error) {
	var a agileInfo
	if err := xml.Unmarshal(info, &a); err != nil || a.Key.Cipher != "AES" || a.Key.Chaining != "ChainingModeCBC" {
		return nil, ErrPassword
	}
	for _, l := range a.Locks {
		h := hashes[l.Key.Hash]
		if h == nil || l.Key.Spin < 0 || l.Key.Spin > maxSpin {
			continue
		}
		salt := decode(l.Key.Salt)
		base := spin(h, salt, password, l.Key.Spin)
		unseal := func(purpose []byte, sealed string) []byte {
			return cbc(fit(sum(h, base, purpose), l.Key.Bits/8), fit(salt, aes.BlockSize), decode(sealed))
		}
		input, value := unseal(forInput, l.Key.Input), unseal(forValue, l.Key.Value)
		want := sum(h, input[:min(len(input), len(salt))])
		if len(input) == 0 || len(value) < len(want) || string(value[:len(want)]) != string(want) {
			continue
		}
		key := unseal(forKey, l.Key.Key)
		return segments(key[:min(len(key), a.Key.Bits/8)], hashes[a.Key.Hash], decode(a.Key.Salt), body)
	}
	return nil, ErrPassword
}

func segments(key []byte, h func() hash.Hash, salt, body []byte) ([]byte, error) {
	if h == nil {
		return nil, ErrPassword
	}
	out := make([]byte, 0, len(body))
	for i := uint32(0); len(body) >= aes.BlockSize; i++ {
		n := min(len(body), segment)
		piece := cbc(key, fit(sum(h, salt, little(i)), aes.BlockSize), body[:n])
		if piece == nil {
			return nil, ErrPassword
		}
		out = append(out, piece...)
		body = body[n:]
	}
	return out, nil
}

func decode(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) > 4096 {
		return nil
	}
	return b
}

// fit cuts or fills b to n bytes.
func fit(b []byte, n int) []byte {
	n = max(0, min(n, 64))
	for len(b) < n {
		b = append(b, 0x36)
	}
	return b[:n]
}

// cbc decrypts whole blocks, nil when the key has no size of AES.
func cbc(key, iv, data []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(data)/aes.BlockSize*aes.BlockSize)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data[:len(out)])
	return out
}
