package looks

import (
	"encoding/hex"
	"regexp"
	"strings"

	"brevvagt/internal/prose"
)

// hexString is a text of PDF's kind in hexadecimal, which form data (FDF) carries and
// which says by its first two bytes that it is UTF-16. White space may stand within.
var hexString = regexp.MustCompile(`<\s*(?i:F\s*E\s*F\s*F)[0-9A-Fa-f\s]*>`)

// Unhexed shows texts of PDF in hexadecimal as the text they are, in brackets, as others are written.
func Unhexed(text string) string {
	if !strings.Contains(text, "FEFF") && !strings.Contains(text, "feff") {
		return text
	}
	return hexString.ReplaceAllStringFunc(text, func(s string) string {
		digits := strings.Join(strings.Fields(s[1:len(s)-1]), "")
		if len(digits)%2 != 0 {
			digits += "0" // as PDF has it
		}
		raw, err := hex.DecodeString(digits)
		if err != nil {
			return s
		}
		return "(" + prose.Decode(raw, "") + ")"
	})
}
