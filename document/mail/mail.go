// Package mail reads e-mail: messages, mailboxes of the mbox kind and web pages
// saved as mail. It reads what a mail program would show and what it would not,
// and takes no label's word: whether a part is encrypted is told by its bytes.
package mail

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

// Formats lists the formats of this package in the order they are to be asked.
func Formats() []document.Format { return []document.Format{message{}, sealed{}} }

type message struct{}

func (message) Name() string { return "mail" }

// Match wants two well-known header fields at the top, or the name of a mail and
// nothing that speaks against it.
func (message) Match(head []byte, name string) bool {
	known := knownFields(head)
	if known >= 2 {
		return true
	}
	return mailName(name) && len(head) > 0 && !binary(head)
}

func mailName(name string) bool {
	name = strings.ToLower(name)
	for _, ext := range []string{".eml", ".mht", ".mhtml", ".mbox", ".emlx"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// knownFields counts header fields of a mail in the first lines of head. Danish
// names do not count: "Fra:" at the top is how letters and notes begin, too.
func knownFields(head []byte) int {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	known, junk := 0, 0
	for lines, pos := 0, 0; lines < 60 && pos < len(head) && junk <= 3; lines++ {
		end, next := nextLine(head, pos)
		line := head[pos:end]
		pos = next
		if blank(line) {
			if lines < 5 && known == 0 {
				continue
			}
			break
		}
		n := fieldName(line)
		switch {
		case n > 0 && topField(string(line[:n])):
			known++
		case n == 0 && !continues(line):
			junk++
		}
	}
	if known == 0 || junk > 3 {
		return 0
	}
	return known
}

func topField(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "subject", "received", "mime-version", "return-path", "message-id",
		"content-type", "content-transfer-encoding", "delivered-to", "reply-to", "dkim-signature", "date", "sender":
		return true
	}
	return false
}

// binary reports whether head is a file of another kind under a text's name.
func binary(head []byte) bool { return knownFile(head) || controls(head) }

// knownFile knows files of other kinds by their first bytes.
func knownFile(head []byte) bool {
	for _, magic := range []string{"%PDF-", "PK\x03\x04", "\x89PNG", "\xff\xd8\xff", "GIF8", "\xd0\xcf\x11\xe0",
		"Rar!", "7z\xbc\xaf", "\x1f\x8b", "II*\x00", "MM\x00*", "{\\rtf", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// controls reports whether there are more control characters than a text has.
func controls(head []byte) bool {
	head = head[:min(len(head), 4096)]
	control := 0
	for _, c := range head {
		// NUL is not counted: UTF-16 is full of them, and so are broken mails.
		if c < ' ' && c != 0 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			control++
		}
	}
	return control*20 > len(head)
}

func (message) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	if len(bytes.TrimSpace(in.Data)) == 0 {
		return nil
	}
	if bytes.HasPrefix(in.Data, []byte("\xff\xfe")) || bytes.HasPrefix(in.Data, []byte("\xfe\xff")) {
		in.Data = []byte(prose.Decode(in.Data, "")) // saved as UTF-16 by a mail program
	}
	if messages := mailbox(in.Data); len(messages) > 1 {
		if len(messages) > maxMessages {
			out.Gap(document.Gap{Why: document.TooMany, Detail: fmt.Sprintf("more than %d messages in a mailbox", maxMessages)})
		}
		for i, m := range messages {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			out.ChildBytes(fmt.Sprintf("besked-%d.eml", i+1), m, document.Input{Type: "message/rfc822", MadeUp: true})
		}
		return nil
	}
	if bytes.Contains(in.Data[:min(len(in.Data), chunkBytes)], []byte("\r\r\n")) {
		// Line ends that were translated twice: each would be a blank line as well.
		in.Data = bytes.ReplaceAll(in.Data, []byte("\r\r\n"), []byte("\r\n"))
	}
	r := &reader{ctx: ctx, in: in, out: out}
	r.walker = newWalker(in.Data, r.part)
	err := r.walker.walk(ctx)
	r.report()
	return err
}

// reader turns the parts of one mail into segments and children.
type reader struct {
	ctx    context.Context
	in     document.Input
	out    *document.Builder
	walker *walker
	n      int    // parts so far, for names
	inner  int    // multiparts that were encoded as a whole, within each other
	itself bool   // the input is a sealed file, no mail
	place  string // path of the text that is being read, "" for the mail itself
}

// report makes gaps of what the walk had to leave or could read in two ways.
func (r *reader) report() {
	w := r.walker
	if w.headerCut {
		r.out.Gap(document.Gap{Why: document.TooBig, Rest: true, Detail: fmt.Sprintf("more than %d bytes or %d lines of headers", maxHeaderBytes, maxFields)})
	}
	if w.partsCut {
		r.out.Gap(document.Gap{Why: document.TooMany, Rest: true, Detail: fmt.Sprintf("more than %d parts", maxParts)})
	}
	if n := w.anomalies + w.missing(); n > 0 {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: fmt.Sprintf("irregular structure in %d places; read as far as possible", n)})
	}
}

// top says what the mail says of itself.
func (r *reader) top(h header) {
	e := document.Envelope{Header: map[string][]string{}}
	for _, f := range h {
		if f.name == "" {
			continue
		}
		key := canonical(f.name)
		e.Header[key] = append(e.Header[key], decoded(string(f.value)))
	}
	for _, v := range h.all("From") {
		e.From = append(e.From, addresses(v)...)
	}
	for _, name := range []string{"To", "Cc", "Bcc"} {
		for _, v := range h.all(name) {
			e.To = append(e.To, addresses(v)...)
		}
	}
	e.Subject = decoded(h.get("Subject"))
	e.MessageID = decoded(h.get("Message-ID"))
	e.Date = decoded(h.get("Date"))
	r.out.Mail(e)
}

// headerText makes segments of every header that a person may have written.
func (r *reader) headerText(h header) {
	for _, f := range h {
		switch {
		case f.name == "":
			if !bytes.HasPrefix(f.value, []byte("From ")) {
				r.out.Segment(document.Segment{Text: decoded(string(f.value)), At: document.Location{Layer: document.Header}})
			}
		case strings.EqualFold(f.name, "Content-Description"):
			r.out.Segment(document.Segment{Text: decoded(string(f.value)), At: document.Location{Layer: document.Metadata}})
		case !machineHeader(f.name) || mentionsCPR(f.value):
			if digitCount(f.name) >= 6 {
				r.out.Segment(document.Segment{Text: f.name, At: document.Location{Layer: document.Header}})
			}
			r.out.Segment(document.Segment{
				Text:  decoded(string(f.value)),
				Label: canonical(f.name),
				At:    document.Location{Layer: document.Header},
			})
		}
	}
}

// maxMessages is the number of messages that one mailbox is cut into.
const maxMessages = 10_000

// mailbox cuts an mbox file into its messages: a "From " line with a date at the
// top or after a blank line, with a header below it.
func mailbox(data []byte) [][]byte {
	if !bytes.HasPrefix(data, []byte("From ")) {
		return nil
	}
	var messages [][]byte
	start := 0
	for pos := 5; len(messages) < maxMessages; {
		i := bytes.Index(data[pos:], []byte("\nFrom "))
		if i < 0 {
			return append(messages, data[start:])
		}
		at := pos + i + 1
		pos = at + 5
		before := bytes.TrimRight(data[max(0, at-4):at], "\r\n")
		sep := data[at:min(len(data), at+maxBoundary)]
		stop, next := nextLine(sep, 0)
		if len(bytes.Fields(sep[:stop])) < 4 { // "From a@b.example Tue Nov 24": prose may begin alike
			continue
		}
		next += at
		window := data[next:min(len(data), next+maxBoundary)]
		end, _ := nextLine(window, 0)
		if len(data[max(0, at-4):at])-len(before) >= 2 && fieldName(window[:end]) > 0 {
			messages = append(messages, data[start:at])
			start = at
		}
	}
	return append(messages, data[start:]) // the last one holds all others
}
