package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"brevvagt/quarantine/account/tries"
)

// Caller is where a try comes from. The zero value is this machine's terminal.
type Caller struct {
	// Address is the client's on the network. "" and this machine's own have no count of
	// their own: they may be a proxy's that does not say for whom it asks.
	Address string
	// Browser is what Proven.Browser was after an earlier sign-in, "" where it brings none.
	Browser string
}

// The limits on tries that have not succeeded, all within tries.Window.
//
// An outsider can use up the tries of a name. So a browser from which that person signed
// in before has tries of its own, as has who is signed in already (the "device cookies"
// of OWASP). Of browsers that are not known, each neighbourhood has tries of its own, and
// those of private networks are counted apart from the internet's: however many addresses
// somebody out there has, a colleague at the town hall signs in for the first time. All
// together they stay below the 100 of NIST SP 800-63B, 5.2.2, on each side. An address has
// more tries than a name, as a whole town hall may share one.
const (
	maxFailures    = 5  // of a name from one neighbourhood, of a known browser, of who is signed in
	maxOfName      = 50 // of a name from all neighbourhoods of one side
	maxFromAddress = 30 // with all names together
)

// KnownFor is for how long a browser is known after its owner signed in with it.
const KnownFor = 180 * 24 * time.Hour

// known is what a browser keeps (at most 128 bytes of ASCII without a space) so that it
// is known again after its owner signed in with a passphrase: it names nobody, and ends
// with the passphrase. It lets nobody in.
func (a *Accounts) known(s *stored) string {
	return sign(s, rand.Text()+"."+strconv.FormatInt(a.now().Add(KnownFor).Unix(), 10))
}

// sign is under a key that comes from the account's salted hash: no key has to be kept,
// and who knows the hash has no more use for guessing here.
func sign(s *stored, what string) string {
	m := hmac.New(sha256.New, []byte("known browser\x00"+s.hash))
	m.Write([]byte(s.Name + "\x00" + what))
	return what + "." + hex.EncodeToString(m.Sum(nil))
}

// knows is the name of a browser that this account's owner signed in with, "" for others.
func (a *Accounts) knows(s *stored, browser string) string {
	at := strings.LastIndexByte(browser, '.')
	if s == nil || s.hash == "" || at < 0 || len(browser) > 256 {
		return ""
	}
	what := browser[:at]
	id, ends, _ := strings.Cut(what, ".")
	until, err := strconv.ParseInt(ends, 10, 64)
	if err != nil || !hmac.Equal([]byte(sign(s, what)), []byte(browser)) || a.now().Unix() >= until {
		return ""
	}
	return id
}

// KnownBrowser is the name of a browser that somebody signed in with before, by what it
// keeps: "" for one of nobody, of an account that is closed, or of another passphrase.
func (a *Accounts) KnownBrowser(ctx context.Context, kept string) (string, error) {
	if strings.Count(kept, ".") != 2 || len(kept) > 128 {
		return "", nil
	}
	rows, err := a.db.Read().QueryContext(ctx, browserKeys+` WHERE a.disabled = 0`)
	if err != nil {
		return "", fmt.Errorf("cannot read the accounts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		s, err := browserKey(rows)
		if err != nil {
			return "", err
		}
		if id := a.knows(s, kept); id != "" {
			return id, nil
		}
	}
	return "", rows.Err()
}

// RememberBrowser is what the browser of somebody who has just signed in keeps (at most
// 128 bytes), so that KnownBrowser knows it.
func (a *Accounts) RememberBrowser(ctx context.Context, name string) (string, error) {
	if _, err := a.Handle(ctx, name); err != nil {
		return "", err
	}
	s, err := browserKey(a.db.Read().QueryRowContext(ctx, browserKeys+` WHERE a.name = $1`, name))
	if err != nil {
		return "", err
	}
	return a.known(s), nil
}

// browserKeys reads what the names of known browsers are signed under: the hash of the
// passphrase, and for an account without one its handle, which is random and which only
// its owner's devices get to see.
const browserKeys = `SELECT a.name, CASE WHEN a.hash <> '' THEN a.hash ELSE COALESCE(h.handle, '') END FROM accounts a LEFT JOIN passkey_handles h ON h.account = a.name`

func browserKey(row interface{ Scan(...any) error }) (*stored, error) {
	var s stored
	if err := row.Scan(&s.Name, &s.hash); err != nil {
		return nil, fmt.Errorf("cannot read an account: %w", err)
	}
	return &s, nil
}

// limits are the counts of tries. All of them are in memory: a restart forgets them.
type limits struct {
	names, sides, browsers, inside, addresses *tries.Counter
}

func newLimits() limits {
	return limits{tries.NewCounter(maxFailures), tries.NewCounter(maxOfName), tries.NewCounter(maxFailures), tries.NewCounter(maxFailures), tries.NewCounter(maxFromAddress)}
}

// begin counts a try of a name by a caller, where browser is a known one's name. It
// reports whether the try may go on; ok is to be called when it succeeded.
func (l *limits) begin(name, browser string, c Caller, now time.Time) (ok func(), may bool) {
	if browser != "" {
		key := name + "\x00" + browser
		return func() { l.browsers.Succeeded(key) }, l.browsers.Begin(key, now)
	}
	from := Network(c.Address)
	if from != "" && !l.addresses.Begin(from, now) {
		return nil, false
	}
	near, side := neighbourhood(c.Address)
	near, side = name+"\x00"+near, name+"\x00"+side
	return func() {
		l.names.Succeeded(near)
		l.sides.Back(side)
		l.addresses.Back(from) // only this try: who has an account must not wipe out others
	}, l.names.Begin(near, now) && l.sides.Begin(side, now)
}

// neighbourhood is what is around an address, a /24 or for IPv6 the /48 that one site has,
// and on which side of the municipality's own networks it lies: "" for both where the
// address is not known.
func neighbourhood(address string) (near, side string) {
	ip, err := netip.ParseAddr(address)
	if ip = ip.Unmap().WithZone(""); err != nil || ip.IsLoopback() {
		return "", ""
	}
	side = "outside"
	if ip.IsPrivate() || ip.IsLinkLocalUnicast() {
		side = "inside"
	}
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return "", side
	}
	return p.String(), side
}

// Network is what an address counts as: itself, or for IPv6 the /64 that one customer
// has at least; "" for none and for this machine.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if ip = ip.Unmap().WithZone(""); err != nil || ip.IsLoopback() {
		return ""
	}
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ""
	}
	return p.String()
}
