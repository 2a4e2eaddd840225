package prose

import "golang.org/x/text/encoding/charmap"

// oneByte gives the text of data of one byte a letter of which nobody says what they are:
// Windows-1252, or, where the Danish letters stand at the places that DOS or an old
// Macintosh gave them, code page 850 or Mac Roman. Lists of older systems are printed in
// the former, and code page 865 has the same letters; Excel on a Mac saves tables in the
// latter.
func oneByte(data []byte) string {
	dos, mac, windows := danish(data)
	switch {
	case dos > windows && dos >= mac:
		return with(charmap.CodePage850, data)
	case mac > windows && mac >= 2: // one may be the "Œ" of a Windows text
		return with(charmap.Macintosh, data)
	}
	return with(charmap.Windows1252, data)
}

// danishHead is how many bytes of a text are looked at for its letters.
const danishHead = 64 << 10

// danish counts the letters of a text that are Danish in code page 850, in Mac Roman and
// in Windows-1252. A sign counts beside a letter of ASCII only, since each has other signs
// at the places of the others' letters. Some places say nothing: Windows has its quotes
// where æ and Æ are in code page 850, which has quotes where Æ and Ø are in Mac Roman.
func danish(data []byte) (dos, mac, windows int) {
	data = data[:min(len(data), danishHead)]
	for i, c := range data {
		if c < 0x80 || !(i > 0 && asciiLetter(data[i-1]) || i+1 < len(data) && asciiLetter(data[i+1])) {
			continue
		}
		switch c {
		case 0x86, 0x8f, 0x9b, 0x9d: // å Å ø Ø
			dos++
		case 0xbe, 0xbf, 0x8c, 0x81: // æ ø å Å
			mac++
		case 0xe5, 0xc5, 0xf8, 0xd8, 0xe6, 0xc6:
			windows++
		}
	}
	return dos, mac, windows
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
