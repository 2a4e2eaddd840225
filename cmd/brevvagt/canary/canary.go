// Package canary proves that the way of a mail holds: it sends a mail with a
// synthetic CPR number the way every mail goes, waits for its case in quarantine,
// and closes the case. A mail that is not held is an alarm: then others are not
// held either.
//
// Glossary: the token is the word by which a canary's case is found again.
package canary

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/quarantine"
	"brevvagt/scanner/source/gateway/relay"
)

// Header marks a canary: time and token, with a digest that only this
// installation can make, so that nobody else can have a mail taken for one.
const Header = "X-Brevvagt-Canary"

// fresh is how long the mark counts: a mail server may keep a mail waiting.
const fresh = 24 * time.Hour

// subject begins the subject of a canary.
const subject = "Prøvemail fra brevvagt (kanarie) "

// Cases is what the canary needs of the quarantine.
type Cases interface {
	List(ctx context.Context, f quarantine.Filter) ([]*quarantine.Case, int, error)
	Reject(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
}

// Canary is one way that is to be proven.
type Canary struct {
	Key      detectors.Key
	Hop      *relay.Hop // the mail server as an ordinary client reaches it
	From, To string     // an address of ours, and one outside
	Within   time.Duration
	Cases    Cases
}

// Result is a canary that was held and closed.
type Result struct {
	CaseID string
	Took   time.Duration // from sending to being held
}

// ErrNotHeld is the alarm: the mail was taken and no case was opened.
var ErrNotHeld = errors.New("the canary mail was accepted and not held")

// poll is the pace of looking for the case.
const poll = 200 * time.Millisecond

// Run sends one canary. An error that is not ErrNotHeld means that the way could
// not be tried, or that the case could not be closed.
func (c Canary) Run(ctx context.Context) (Result, error) {
	begun := time.Now()
	token := strings.ToLower(rand.Text())
	raw := Mail(c.Key, c.From, c.To, token, begun)
	env := relay.Envelope{From: c.From, To: []relay.Recipient{{Address: c.To}}}
	if _, err := c.Hop.Send(ctx, env, bytes.NewReader(raw)); err != nil {
		return Result{}, fmt.Errorf("send the canary mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	id, err := c.find(ctx, token)
	if err != nil {
		return Result{}, err
	}
	r := Result{CaseID: id, Took: time.Since(begun)}
	done, err := c.Cases.Reject(ctx, id, quarantine.Decision{By: quarantine.System, Reason: "Kanarie: prøvemail, som beviser, at mail bliver standset"})
	if err != nil {
		return r, fmt.Errorf("close the canary's case: %w", err)
	}
	if done.State.Open() {
		return r, fmt.Errorf("close the canary's case %s: it is %s (%s)", id, done.State, done.LastError)
	}
	return r, nil
}

// find waits for the case with the token in its subject.
func (c Canary) find(ctx context.Context, token string) (string, error) {
	for {
		cases, _, err := c.Cases.List(ctx, quarantine.Filter{States: []quarantine.State{quarantine.Held}})
		for _, k := range cases {
			if k.Canary && strings.Contains(k.Subject, token) {
				return k.ID, nil
			}
		}
		select {
		case <-ctx.Done():
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return "", fmt.Errorf("look for the canary's case: %w", err)
			}
			return "", fmt.Errorf("%w within %s", ErrNotHeld, c.Within)
		case <-time.After(poll):
		}
	}
}

// Mail composes a canary with CRLF line ends. Its number belongs to nobody.
func Mail(key detectors.Key, from, to, token string, at time.Time) []byte {
	domain := from[strings.LastIndexByte(from, '@')+1:]
	var b bytes.Buffer
	for _, line := range []string{
		"From: Brevvagt kanarie <" + from + ">", "To: <" + to + ">",
		"Subject: =?utf-8?q?" + strings.NewReplacer(" ", "_", "ø", "=C3=B8").Replace(subject) + token + "?=",
		"Date: " + at.Format(time.RFC1123Z), "Message-ID: <" + token + "@" + domain + ">",
		// RFC 3834: no autoresponder answers, and no notice of ours is sent.
		"Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All",
		Header + ": " + mark(key, from, token, at),
		"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
		"Denne mail er en prøve. Den skal standses af brevvagt og må aldrig nå frem.",
		"Nummeret er konstrueret og tilhører ingen.", "",
		"CPR-nr. " + sample.Number(at.YearDay()), "",
	} {
		b.WriteString(line + "\r\n")
	}
	return b.Bytes()
}

func mark(key detectors.Key, from, token string, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return stamp + " " + token + " " + key.Digest("canary\x00"+strings.ToLower(from)+"\x00"+token+"\x00"+stamp)
}

// Genuine reports whether a mail is a canary of this installation and not older
// than a day.
func Genuine(key detectors.Key, from string, m *document.Envelope, now time.Time) bool {
	if m == nil {
		return false
	}
	for _, v := range m.Header[Header] {
		words := strings.Fields(v)
		if len(words) != 3 {
			continue
		}
		sec, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			continue
		}
		at := time.Unix(sec, 0)
		if now.Sub(at).Abs() < fresh && subtle.ConstantTimeCompare([]byte(mark(key, from, words[1], at)), []byte(strings.Join(words, " "))) == 1 {
			return true
		}
	}
	return false
}
