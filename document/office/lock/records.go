package lock

import (
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
)

// Records of a workbook that stay in clear ([MS-XLS] 2.2.10).
var clear = map[uint16]bool{0x0809: true, 0x002f: true, 0x0194: true, 0x0195: true, 0x0196: true, 0x0138: true, 0x00e1: true}

const (
	filePass   = 0x002f
	boundSheet = 0x0085 // its first four bytes, a place in the stream, stay in clear
	rekey      = 1024   // bytes with one key
)

// Records decrypts the records of a workbook of Excel 97 to 2003. FilePass is taken
// out of what it returns.
func Records(stream []byte) ([]byte, error) {
	pass := find(stream)
	if len(pass) < 6 || binary.LittleEndian.Uint16(pass) != 1 {
		return nil, ErrPassword
	}
	key := keys(pass[2:])
	if key == nil {
		return nil, ErrPassword
	}
	out := append([]byte(nil), stream...)
	s := &keyStream{key: key, block: -1}
	for pos := 0; pos+4 <= len(out); {
		kind, size := binary.LittleEndian.Uint16(out[pos:]), int(binary.LittleEndian.Uint16(out[pos+2:]))
		end := min(len(out), pos+4+size)
		switch {
		case kind == filePass:
			binary.LittleEndian.PutUint16(out[pos:], 0x00e1) // a record that says nothing
		case kind == boundSheet:
			s.xor(out[min(end, pos+8):end], min(end, pos+8))
		case !clear[kind]:
			s.xor(out[pos+4:end], pos+4)
		}
		pos += 4 + size
	}
	return out, nil
}

// find gives the content of the record FilePass, which comes early.
func find(stream []byte) []byte {
	for n := 0; len(stream) >= 4 && n < 64; n++ {
		size := int(binary.LittleEndian.Uint16(stream[2:]))
		if len(stream) < 4+size {
			return nil
		}
		if binary.LittleEndian.Uint16(stream) == filePass {
			return stream[4 : 4+size]
		}
		stream = stream[4+size:]
	}
	return nil
}

// keys returns the key of each block, nil when the password is not everybody's.
func keys(b []byte) func(block uint32) []byte {
	major, minor := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
	switch {
	case major == 1 && minor == 1 && len(b) >= 4+48:
		return oldKeys(b[4:20], b[20:36], b[36:52])
	case minor == 2 && major >= 2 && major <= 4 && len(b) > 12:
		return apiKeys(b[8:])
	}
	return nil
}

// oldKeys is the RC4 of Excel 97 (2.3.6.2).
func oldKeys(salt, sealed, sealedHash []byte) func(uint32) []byte {
	first := md5.Sum(wide(everybody))
	var all []byte
	for range 16 {
		all = append(append(all, first[:5]...), salt...)
	}
	second := md5.Sum(all)
	key := func(block uint32) []byte {
		k := md5.Sum(append(append([]byte(nil), second[:5]...), little(block)...))
		return k[:]
	}
	verifier := stream(key(0), append(append([]byte(nil), sealed...), sealedHash...))
	if want := md5.Sum(verifier[:16]); string(want[:]) != string(verifier[16:]) {
		return nil
	}
	return key
}

// apiKeys is the RC4 of Excel 2002 (2.3.5.2).
func apiKeys(b []byte) func(uint32) []byte {
	head := int(binary.LittleEndian.Uint32(b))
	if head < 20 || head > 1<<12 || len(b) < 4+head+4+16+16+4+20 {
		return nil
	}
	size := int(binary.LittleEndian.Uint32(b[4+16:])) / 8
	if size == 0 {
		size = 5
	}
	v := b[4+head:]
	if size < 5 || size > 16 || binary.LittleEndian.Uint32(v) != 16 {
		return nil
	}
	base := sum(sha1.New, v[4:20], wide(everybody))
	key := func(block uint32) []byte {
		k := sum(sha1.New, base, little(block))[:size]
		if size == 5 {
			k = append(k[:5:5], make([]byte, 11)...)
		}
		return k
	}
	verifier := stream(key(0), append(append([]byte(nil), v[20:36]...), v[40:60]...))
	if string(sum(sha1.New, verifier[:16])) != string(verifier[16:]) {
		return nil
	}
	return key
}

func stream(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return data
	}
	c.XORKeyStream(data, data)
	return data
}

// keyStream decrypts bytes by their place in the stream; places only grow.
type keyStream struct {
	key   func(uint32) []byte
	block int
	at    int // in the block
	c     *rc4.Cipher
}

func (s *keyStream) xor(b []byte, pos int) {
	for len(b) > 0 {
		if block := pos / rekey; block != s.block {
			c, err := rc4.NewCipher(s.key(uint32(block)))
			if err != nil {
				return
			}
			s.c, s.block, s.at = c, block, 0
		}
		if skip := pos%rekey - s.at; skip > 0 {
			unused := make([]byte, skip)
			s.c.XORKeyStream(unused, unused)
			s.at += skip
		}
		n := min(len(b), rekey-pos%rekey)
		s.c.XORKeyStream(b[:n], b[:n])
		s.at += n
		pos += n
		b = b[n:]
	}
}
