package prose

import "golang.org/x/text/encoding/charmap"

// oneByte gives the text of data of one byte a letter of which nobody says what they are:
// Windows-1252, or, where the Danish letters stand at the places that DOS gave them, code
// page 850. Lists of older systems are printed in it, and code page 865 has the same ones.
func oneByte(data []byte) string {
	if dosLetters(data) {
		return with(charmap.CodePage850, data)
	}
	return with(charmap.Windows1252, data)
}

// dosHead is how many bytes of a text are looked at for its letters.
const dosHead = 64 << 10

// dosLetters reports whether more letters of a text are Danish in code page 850 than are in
// Windows-1252. A sign counts beside a letter of ASCII only, since both code pages have
// other signs at the places of the other's letters. The places of æ and Æ say nothing:
// Windows has its quotes there.
func dosLetters(data []byte) bool {
	dos, windows := 0, 0
	data = data[:min(len(data), dosHead)]
	for i, c := range data {
		if c < 0x80 || !(i > 0 && asciiLetter(data[i-1]) || i+1 < len(data) && asciiLetter(data[i+1])) {
			continue
		}
		switch c {
		case 0x86, 0x8f, 0x9b, 0x9d: // å Å ø Ø
			dos++
		case 0xe5, 0xc5, 0xf8, 0xd8, 0xe6, 0xc6:
			windows++
		}
	}
	return dos > windows
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
