package memo

import (
	"strings"

	"brevvagt/document"
)

// Message is what a message says of whom it is for and about.
type Message struct {
	Path    string
	ID      string   // recipientID
	Kind    string   // idType: CPR, CVR
	Label   string   // the recipient's name
	Names   []string // of attention persons and declared subjects
	Numbers []string // CPR numbers that are declared beside the recipient
}

// Messages reads the headers of all messages of an item, in its order.
func Messages(doc *document.Document) []*Message {
	var out []*Message
	byPath := make(map[string]*Message)
	for i := range doc.Parts {
		if p := &doc.Parts[i]; p.Type == Type && byPath[p.Path] == nil {
			m := &Message{Path: p.Path}
			byPath[p.Path] = m
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		return nil
	}
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if m := byPath[s.At.Path]; m != nil && s.Label != "" {
			m.take(s.Label, s.Text)
		}
	}
	return out
}

// IsAlert tells the label of a text that goes out as SMS or e-mail.
func IsAlert(label string) bool {
	return strings.HasSuffix(label, " notification") || strings.HasSuffix(label, " additionalNotification")
}

func (m *Message) take(label, text string) {
	field, rest, _ := strings.Cut(strings.TrimSuffix(label, " CPR-nr."), " ")
	name, note, _ := strings.Cut(rest, " ")
	switch field + " " + name {
	case "Recipient recipientID":
		m.ID = text
	case "Recipient idType":
		m.Kind = strings.ToUpper(text)
	case "Recipient label":
		m.Label = text
	case "AttentionPerson label", "CPRdata name":
		m.Names = append(m.Names, text)
	case "AttentionPerson personID", "CPRdata cprNumber":
		m.Numbers = append(m.Numbers, text)
	case "ContactInfo value":
		if low := strings.ToLower(note); strings.Contains(low, "cpr") || strings.Contains(low, "personn") {
			m.Numbers = append(m.Numbers, text)
		} else if strings.Contains(low, "navn") {
			m.Names = append(m.Names, text)
		}
	}
	if name == "cprNumber" {
		m.Numbers = append(m.Numbers, text)
	}
}
