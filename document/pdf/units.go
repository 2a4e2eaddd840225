package pdf

// A page's text counts in two ways: here in bytes, in the engine in units of UTF-16.

// stride is how many bytes of a text share one mark.
const stride = 64

// units tells at which unit a byte of a text stands without counting from its start.
type units struct {
	text  string
	marks []int // units before each stretch of bytes
}

func unitsOf(text string) units {
	u := units{text: text, marks: make([]int, 0, len(text)/stride+1)}
	for at, n := 0, 0; at <= len(text); at += stride {
		u.marks = append(u.marks, n)
		n += count(text[at:min(at+stride, len(text))])
	}
	return u
}

// at is how many units stand before byte i, which is at most the length of the text.
func (u units) at(i int) int {
	mark := i / stride
	return u.marks[mark] + count(u.text[mark*stride:i])
}

// count adds up the units of the characters that begin in s: two for one of four bytes.
func count(s string) (n int) {
	for i := range len(s) {
		if c := s[i]; c&0xc0 != 0x80 {
			if n++; c >= 0xf0 {
				n++
			}
		}
	}
	return n
}

// digitRuns gives the runs of exactly size digits in s, at most most of them, as first byte
// and the byte behind the last.
func digitRuns(s string, size, most int) (found [][2]int) {
	for i := 0; i < len(s) && len(found) < most; i++ {
		if !isDigit(s[i]) {
			continue
		}
		start := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i-start == size {
			found = append(found, [2]int{start, i})
		}
	}
	return found
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
