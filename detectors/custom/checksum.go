package custom

// checksums by name. Each looks at the digits (and letters, for mod97) of a match.
var checksums = map[string]func(string) bool{
	"luhn":  luhn,
	"mod11": mod11,
	"mod97": mod97,
	"ean13": ean13,
}

func digitsOf(s string) []int {
	var out []int
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			out = append(out, int(c-'0'))
		}
	}
	return out
}

// luhn is the check digit of payment cards and Swedish numbers (ISO/IEC 7812-1).
func luhn(s string) bool {
	d := digitsOf(s)
	sum := 0
	for i := range d {
		n := d[len(d)-1-i]
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return len(d) > 1 && sum%10 == 0
}

// mod11 is the check digit of Danish CVR numbers and giro creditors: weights 2 to 7
// from the right, the check digit itself counting once.
func mod11(s string) bool {
	d := digitsOf(s)
	sum := 0
	for i := range d {
		weight := 1
		if i > 0 {
			weight = 2 + (i-1)%6
		}
		sum += d[len(d)-1-i] * weight
	}
	return len(d) > 1 && sum%11 == 0
}

// mod97 is the check of account numbers across borders (IBAN, ISO 13616).
func mod97(s string) bool {
	var chars []byte
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			chars = append(chars, c)
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			chars = append(chars, c&^0x20)
		}
	}
	if len(chars) < 5 {
		return false
	}
	rest := 0
	for _, c := range append(chars[4:len(chars):len(chars)], chars[:4]...) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}

// ean13 is the check digit of EAN numbers, which public bodies get invoices by.
func ean13(s string) bool {
	d := digitsOf(s)
	if len(d) != 13 {
		return false
	}
	sum := 0
	for i, n := range d {
		sum += n * (1 + i%2*2)
	}
	return sum%10 == 0
}
