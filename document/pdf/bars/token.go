package bars

import "bytes"

// next gives the next operand or operator; nil at the end. Strings, dictionaries and
// inline pictures are passed over.
func (d *drawing) next() (token []byte, operator bool) {
	for i := 0; i < len(d.at); {
		switch c := d.at[i]; {
		case c <= ' ' || c == '[' || c == ']' || c == '>' || c == '{' || c == '}' || c == ')':
			i++
		case c == '(':
			i = afterString(d.at, i)
		case c == '<':
			i = after(d.at, i+1, '>')
		case c == '%':
			i = after(d.at, i, '\n')
		default:
			end := i + 1
			for end < len(d.at) && !ends(d.at[end]) {
				end++
			}
			token, d.at = d.at[i:end], d.at[end:]
			if string(token) == "ID" {
				d.picture()
			}
			return token, c != '/' && c != '-' && c != '+' && c != '.' && (c < '0' || c > '9')
		}
	}
	return nil, false
}

func ends(c byte) bool {
	return c <= ' ' || c == '[' || c == ']' || c == '<' || c == '>' || c == '(' || c == ')' || c == '/' || c == '%'
}

// after is the place behind the next c, or the end.
func after(b []byte, from int, c byte) int {
	if k := bytes.IndexByte(b[min(from, len(b)):], c); k >= 0 {
		return from + k + 1
	}
	return len(b)
}

func afterString(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// picture passes over the bytes of a picture within the content.
func (d *drawing) picture() {
	for at := 0; ; {
		k := bytes.Index(d.at[at:], []byte("EI"))
		if k < 0 {
			d.at = nil
			return
		}
		at += k + 2
		if at >= 3 && d.at[at-3] <= ' ' && (at == len(d.at) || d.at[at] <= ' ') {
			d.at = d.at[at:]
			return
		}
	}
}
