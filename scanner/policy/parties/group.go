package parties

import (
	"slices"
	"strings"

	"brevvagt/scanner/policy/wording"
)

// Group says whether the mail speaks to its readers as to citizens with something in
// common that is nobody else's business.
func (it *Item) Group() wording.Group {
	if it.Doc.Mail == nil {
		return wording.NoGroup
	}
	return wording.GroupOf(strings.ToLower(it.Doc.Mail.Subject), it.bodyText())
}

// Scattered are the recipients in "To" and "Cc" who may be citizens, at any domain: no
// office, no partner, and no two of one domain, as colleagues have, unless it is a
// provider's of private mail.
func (it *Item) Scattered() []string {
	if it.Doc.Mail == nil {
		return nil
	}
	hidden := it.blindCopies()
	var out, domains []string
	for _, a := range it.Doc.Mail.To {
		address := strings.ToLower(a.Mail)
		_, domain, _ := strings.Cut(address, "@")
		if hidden[address] || !slices.Contains(it.External, address) || !it.atHome(address) || slices.Contains(out, address) {
			continue
		}
		if !Private(address) {
			if slices.Contains(domains, domain) {
				continue
			}
			domains = append(domains, domain)
		}
		out = append(out, address)
	}
	return out
}

// blindCopies are the addresses in "Bcc", lower case.
func (it *Item) blindCopies() map[string]bool {
	hidden := make(map[string]bool)
	for _, v := range it.Doc.Mail.Header["Bcc"] {
		for _, w := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(" \t<>,;\"", r) }) {
			hidden[strings.ToLower(w)] = true
		}
	}
	return hidden
}
