package dialogue

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errAddress = errors.New("malformed address")

const (
	// maxLocal is above what RFC 5321 4.5.3.1 allows: lists put whole addresses there.
	maxLocal  = 256
	maxDomain = 255
)

// path reads "<address>" at the beginning of s, or an address without brackets, as
// some devices write it. A source route is left out (RFC 5321 4.1.1.3). null allows
// "<>".
func path(s string, null bool) (address, rest string, err error) {
	s = strings.TrimLeft(s, " ")
	bracket := strings.HasPrefix(s, "<")
	if bracket {
		s = s[1:]
	}
	if null && bracket && strings.HasPrefix(s, ">") {
		return end("", s[1:])
	}
	if bracket && strings.HasPrefix(s, "@") {
		route, after, found := strings.Cut(s, ":")
		for _, hop := range strings.Split(route, ",") {
			found = found && strings.HasPrefix(hop, "@") && isDomain(hop[1:])
		}
		if !found {
			return "", "", errAddress
		}
		s = after
	}
	local, s, err := localPart(s)
	if err != nil {
		return "", "", err
	}
	domain := ""
	if strings.HasPrefix(s, "@") {
		n := strings.IndexAny(s, "> ")
		if n < 0 {
			n = len(s)
		}
		domain, s = s[:n], s[n:]
		if !isDomain(domain[1:]) {
			return "", "", errAddress
		}
	} else if !strings.EqualFold(local, "postmaster") {
		return "", "", errAddress
	}
	if bracket {
		var found bool
		if s, found = strings.CutPrefix(s, ">"); !found {
			return "", "", errAddress
		}
	}
	return end(local+domain, s)
}

func end(address, rest string) (string, string, error) {
	if rest != "" && rest[0] != ' ' || !utf8.ValidString(address) {
		return "", "", errAddress
	}
	return address, rest, nil
}

// localPart reads a local part and writes it in its shortest form.
func localPart(s string) (local, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		n := strings.IndexAny(s, "@> ")
		if n < 0 {
			n = len(s)
		}
		if !isDotAtom(s[:n]) || n > maxLocal {
			return "", "", errAddress
		}
		return s[:n], s[n:], nil
	}
	var plain strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			if plain.Len() > maxLocal {
				return "", "", errAddress
			}
			if local = plain.String(); !isDotAtom(local) {
				local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
			}
			return local, s[i+1:], nil
		case '\\':
			if i++; i == len(s) {
				return "", "", errAddress
			}
		}
		plain.WriteByte(s[i])
	}
	return "", "", errAddress
}

func isDotAtom(s string) bool {
	for _, atom := range strings.Split(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r) }) {
			return false
		}
	}
	return true
}

// isDomain also takes an address literal. A label with an underscore is against the
// rules and out there.
func isDomain(s string) bool {
	if len(s) > maxDomain {
		return false
	}
	if literal, ok := strings.CutPrefix(s, "["); ok {
		inner, closed := strings.CutSuffix(literal, "]")
		return closed && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEFIPv:.") == ""
	}
	for _, label := range strings.Split(s, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return r < 0x80 && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}) {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
