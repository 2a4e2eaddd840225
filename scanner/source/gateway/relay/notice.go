package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message/mail"
)

// Kind says what happened to the mail a notice is about.
type Kind int

// The kinds of notice.
const (
	Rejected    Kind = iota // it was not sent and will not be
	Held                    // it waits in quarantine
	Warned                  // it was sent, and the sender should know
	Undelivered             // it was accepted, and the next mail server refused it
	Alarm                   // not about a mail of theirs: brevvagt may not be stopping mail
)

// Notice is a mail of ours to a sender: Danish first, short English after. It
// says what was found by kind and count; every number that could be a CPR number
// is taken out of its texts, whoever put it there.
type Notice struct {
	From      string // our address, "brevvagt@kommune.example"
	FromName  string // default "Brevvagt"
	To        string // the sender of the mail it is about
	Kind      Kind
	Subject   string    // of that mail, redacted; "" leaves it out
	MessageID string    // of that mail, so that readers thread it; "" leaves it out
	Reference string    // case or queue id, for a question to the DPO
	Sent      time.Time // when that mail was handed in
	Reason    string    // Danish, one or more sentences: what and why
	English   string    // the same in English; "" uses a general sentence
	Help      string    // link or phone number
	// Found and FoundEnglish are what was found, by kind and count; "" leaves it out.
	Found, FoundEnglish string
	// Link is where the sender chooses what happens; "" where there is no such page.
	Link string
	Date time.Time // default now
}

// ErrNoSender is returned for a mail with the null sender: answering it could
// make a loop (RFC 5321 4.5.5).
var ErrNoSender = errors.New("a mail with the null sender gets no notice")

var numberShaped = regexp.MustCompile(`[0-9]{6}[\s\p{Z}\p{Pd}./_]{0,3}[0-9]{4}`)

// WithoutNumbers replaces everything that could be a CPR number.
func WithoutNumbers(s string) string {
	return numberShaped.ReplaceAllString(s, "[nummer udeladt]")
}

// Compose renders the notice as a mail with CRLF line ends.
func (n Notice) Compose() ([]byte, error) { return n.compose(n.title(), n.text()) }

func (n Notice) compose(title, text string) ([]byte, error) {
	if n.To == "" {
		return nil, ErrNoSender
	}
	if n.From == "" {
		return nil, errors.New("notice: our own address is not set")
	}
	if n.Date.IsZero() {
		n.Date = time.Now()
	}
	if n.FromName == "" {
		n.FromName = "Brevvagt"
	}
	var h mail.Header
	h.SetDate(n.Date)
	h.SetSubject(title)
	h.SetAddressList("From", []*mail.Address{{Name: n.FromName, Address: n.From}})
	h.SetAddressList("To", []*mail.Address{{Address: n.To}})
	_, domain, _ := strings.Cut(n.From, "@")
	h.SetMessageID(strings.ToLower(rand.Text()) + "@" + domain)
	// RFC 3834: no autoresponder may answer a mail that says so.
	h.Set("Auto-Submitted", "auto-generated")
	h.Set("X-Auto-Response-Suppress", "All")
	if id := strings.Trim(n.MessageID, "<> "); messageID.MatchString(id) && !dateShaped.MatchString(id) {
		h.SetMsgIDList("In-Reply-To", []string{id})
		h.SetMsgIDList("References", []string{id})
	}
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	var b bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, fmt.Errorf("compose notice: %w", err)
	}
	_, err = io.WriteString(w, strings.ReplaceAll(text, "\n", "\r\n"))
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compose notice: %w", err)
	}
	return b.Bytes(), nil
}

var messageID = regexp.MustCompile(`^[!-;=?-~]{1,200}@[!-;=?-~]{1,200}$`)

// dateShaped is a message id with ten digits that begin with a day and a month: it
// could be a CPR number, so it is not repeated, and the notice stands alone.
// Narrower than numberShaped, since most message ids are full of digits.
var dateShaped = regexp.MustCompile(`(^|[^0-9])[0-7][0-9](0[1-9]|1[0-2])[0-9]{2}[^0-9@]?[0-9]{4}([^0-9]|$)`)

func (n Notice) title() string {
	s := n.Kind.wording().title
	if subject := oneLine(n.Subject); subject != "" {
		s += ": " + subject
	}
	return s
}

// wording is what a notice of one kind always says; the last two are the ways on.
type wording struct{ title, danish, english, onDanish, onEnglish string }

func (k Kind) wording() wording {
	switch k {
	case Held:
		return wording{
			title:     "Din mail er ikke sendt endnu",
			danish:    "Din mail er ikke sendt endnu. Den ligger i karantæne, til den er vurderet.",
			english:   "Your mail has not been sent yet. It is in quarantine until somebody has assessed it.",
			onDanish:  "Du behøver ikke sende den igen. Haster det, så send den ad en sikker vej, eller bed din DPO om at frigive den.",
			onEnglish: "Do not send it again. If it is urgent, use a secure route or ask your DPO to release it.",
		}
	case Warned:
		return wording{
			title:     "Til orientering om din mail",
			danish:    "Din mail er sendt. Her er, hvad vi fandt i den.",
			english:   "Your mail was sent. This is what we found in it.",
			onDanish:  "Var det ikke meningen, så skriv straks til din DPO.",
			onEnglish: "If this was not intended, write to your DPO at once.",
		}
	case Undelivered:
		return wording{
			title:     "Din mail kunne ikke leveres",
			danish:    "Din mail blev læst og måtte sendes, men den næste mailserver afviste den.",
			english:   "Your mail was checked and could be sent, but the next mail server refused it.",
			onDanish:  "Se efter, om adressen er rigtig, og send den igen.",
			onEnglish: "Check the address and send it again.",
		}
	case Alarm:
		return wording{
			title:     "ALARM: brevvagt standser måske ikke mail",
			danish:    "En prøvemail fra brevvagt blev ikke standset, som den skal.",
			english:   "A test mail of brevvagt was not stopped as it must be.",
			onDanish:  "Så længe det varer, kan personoplysninger slippe ud. Se efter straks.",
			onEnglish: "While this lasts personal data may leave. Look into it at once.",
		}
	default:
		return wording{
			title:     "Din mail er ikke sendt",
			danish:    "Din mail er ikke sendt, og modtageren har ikke fået den.",
			english:   "Your mail was not sent, and the recipient has not received it.",
			onDanish:  "Send den sikkert, eller bed din DPO om hjælp.",
			onEnglish: "Send it by a secure route, or ask your DPO for help.",
		}
	}
}

// text is the body. It quotes nothing of the mail but its redacted subject.
func (n Notice) text() string {
	w := n.Kind.wording()
	var b strings.Builder
	line := func(s string) {
		if s != "" {
			b.WriteString(s + "\n")
		}
	}
	line(w.danish)
	if found := oneLine(n.Found); found != "" {
		b.WriteString("\n")
		line("Fundet: " + found)
	}
	if reason := oneLine(n.Reason); reason != "" {
		b.WriteString("\n")
		line(reason)
	}
	b.WriteString("\n")
	line(w.onDanish)
	if n.Link != "" {
		b.WriteString("\n" + waysDanish + "\n" + oneWord(n.Link) + "\n")
	}
	b.WriteString("\n")
	if subject := oneLine(n.Subject); subject != "" {
		line("Emne: " + subject)
	}
	if !n.Sent.IsZero() {
		line("Modtaget fra dig: " + n.Sent.Format("02.01.2006 15:04"))
	}
	if ref := oneLine(n.Reference); ref != "" {
		line("Sagsnummer: " + ref)
	}
	if help := oneLine(n.Help); help != "" {
		line("Hjælp: " + help)
	}
	b.WriteString("\n--- English ---\n\n")
	line(w.english)
	if found := oneLine(n.FoundEnglish); found != "" {
		line("Found: " + found)
	}
	line(oneLine(n.English))
	line(w.onEnglish)
	if n.Link != "" {
		b.WriteString("\n" + waysEnglish + "\n" + oneWord(n.Link) + "?sprog=en\n")
	}
	return b.String()
}

// What stands before the link.
const (
	waysDanish = "Vælg selv, hvad der skal ske: annullere den, sende den sikkert, give en\n" +
		"begrundelse eller spørge DPO'en. Linket er dit, virker én gang og kræver\nikke login:"
	waysEnglish = "Choose what is to happen: cancel it, send it securely, give a reason or\n" +
		"ask the DPO. The link is yours, works once and needs no login:"
)

// oneWord keeps an address in one piece.
func oneWord(s string) string { return strings.Join(strings.Fields(s), "") }

// oneLine redacts a text that came from elsewhere and keeps it on one line, in the order
// in which it is written: what a mail program would show as a line of ours, or turned
// around, is left out.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = WithoutNumbers(strings.TrimSpace(s))
	if r := []rune(s); len(r) > 1000 {
		s = string(r[:1000]) + " ..."
	}
	return s
}

// Send composes the notice and hands it to the next hop with the null sender, so
// that its own failure answers nobody.
func (n Notice) Send(ctx context.Context, h *Hop) error {
	content, err := n.Compose()
	if err != nil {
		return err
	}
	return sendNotice(ctx, h, n.To, content)
}

func sendNotice(ctx context.Context, h *Hop, to string, content []byte) error {
	env := Envelope{To: []Recipient{{Address: to}}, UTF8: !isASCII(to)}
	if _, err := h.Send(ctx, env, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("send notice: %w", err)
	}
	return nil
}
