package policy

import (
	"strings"

	"brevvagt/document"
)

// unknownRecipient stands for recipients that a mail does not show.
const unknownRecipient = ""

// NewChannel works out who is reached and how well the way there is protected.
// A mail is sealed only when nothing readable stands beside the sealed part; that
// is for the rules to see from the findings, so Sealed here means that a sealed
// part exists and no other attachment or text does.
func NewChannel(site Site, to []string, doc *document.Document) Channel {
	c := Channel{Members: site.members(to), Sealed: sealed(doc)}
	marked := site.marked(doc.Mail)
	if len(to) == 0 && doc.Mail != nil {
		// A mail whose recipients cannot be seen (Bcc) goes to somebody all the
		// same; in doubt that is a stranger.
		to = []string{unknownRecipient}
	}
	for _, a := range to {
		if site.Internal(a) {
			c.Internal = append(c.Internal, a)
			continue
		}
		c.External = append(c.External, a)
		if !marked && !site.Partner(a) {
			c.Unprotected = append(c.Unprotected, a)
		}
		if site.Foreign(a) {
			c.Foreign = append(c.Foreign, a)
		}
	}
	return c
}

// sealed reports whether the mail is encrypted end to end as a whole: it has a
// seal and no readable text outside headers.
func sealed(doc *document.Document) bool {
	if len(doc.Seals) == 0 {
		return false
	}
	for i := range doc.Segments {
		switch doc.Segments[i].At.Layer {
		case document.Header, document.Metadata:
		default:
			if len(strings.TrimSpace(doc.Segments[i].Text)) > 200 {
				return false
			}
		}
	}
	return true
}
