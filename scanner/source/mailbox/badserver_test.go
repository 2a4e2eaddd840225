package mailbox_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/scanner/source/mailbox"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/session"
)

// script is an IMAP server with one folder that does as it is told, well or badly.
type script struct {
	t    testing.TB
	addr string
	pool *x509.CertPool
	caps string
	box  string // as the server writes it

	mu       sync.Mutex
	mails    map[uint32]string
	validity uint32
	// misbehave answers a command in the server's place; false leaves it to the
	// server. It is called with the lock held.
	misbehave func(c *peer, tag, command string) bool
	opened    []string // names in EXAMINE and SELECT
}

type peer struct {
	net.Conn
	s    *script
	idle string // tag of the wait that is under way
}

func (p *peer) say(format string, args ...any) { fmt.Fprintf(p, format+"\r\n", args...) }

func newScript(t testing.TB) *script {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &script{t: t, addr: l.Addr().String(), pool: x509.NewCertPool(), caps: "IMAP4rev1 IDLE", box: "Sent", mails: make(map[uint32]string), validity: 7}
	s.pool.AddCert(cert)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(&peer{Conn: c, s: s})
		}
	}()
	return s
}

func (s *script) serve(p *peer) {
	defer p.Close()
	p.say("* OK [CAPABILITY %s] klar", s.caps)
	in := bufio.NewScanner(p)
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		s.mu.Lock()
		handled := s.misbehave != nil && s.misbehave(p, tag, command)
		if !handled {
			s.behave(p, tag, command)
		}
		s.mu.Unlock()
	}
}

func (s *script) behave(p *peer, tag, command string) {
	word, rest, _ := strings.Cut(command, " ")
	switch strings.ToUpper(word) {
	case "CAPABILITY":
		p.say("* CAPABILITY %s", s.caps)
	case "LIST":
		p.say(`* LIST () "/" "%s"`, s.box)
	case "EXAMINE", "SELECT":
		name, _, _ := strings.Cut(strings.Trim(rest, `"`), `"`)
		s.opened = append(s.opened, name)
		if name != s.box {
			p.say("%s NO no such folder", tag)
			return
		}
		next := uint32(1)
		for uid := range s.mails {
			next = max(next, uid+1)
		}
		p.say("* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x", len(s.mails), s.validity, next)
	case "IDLE":
		p.idle = tag
		p.say("+ idling")
		return // its end comes as a line of its own
	case "UID":
		s.fetch(p, rest)
	}
	if tag == "DONE" {
		tag = p.idle
	}
	p.say("%s OK done", tag)
}

// fetch answers "FETCH 1:* (UID FLAGS ...)" and "FETCH 1 (UID BODY.PEEK[]<0.99>)".
func (s *script) fetch(p *peer, rest string) {
	fields := strings.SplitN(rest, " ", 3)
	for i, uid := range s.uids(fields[1]) {
		mail := s.mails[uid]
		_, slice, isBody := strings.Cut(fields[2], "BODY.PEEK[]<")
		if !isBody {
			p.say("* %d FETCH (UID %d FLAGS () INTERNALDATE \"24-Nov-2026 10:00:00 +0100\" RFC822.SIZE %d)", i+1, uid, len(mail))
			continue
		}
		from, size, _ := strings.Cut(strings.TrimRight(slice, ">)"), ".")
		offset, _ := strconv.Atoi(from)
		n, _ := strconv.Atoi(size)
		part := mail[min(offset, len(mail)):min(offset+n, len(mail))]
		p.say("* %d FETCH (UID %d BODY[]<%d> {%d}\r\n%s)", i+1, uid, offset, len(part), part)
	}
}

func (s *script) uids(set string) []uint32 {
	var list []uint32
	from, to, open := strings.Cut(set, ":")
	first, _ := strconv.ParseUint(from, 10, 32)
	for uid := range s.mails {
		if open && to == "*" && uint64(uid) >= first || !open && uint64(uid) == first {
			list = append(list, uid)
		}
	}
	slices.Sort(list)
	return list
}

func (s *script) account() mailbox.Account {
	return mailbox.Account{Name: "dårlig", Poll: 50 * time.Millisecond, Since: 100 * 365 * day, MaxBytes: 1 << 20,
		Server: session.Config{Addr: s.addr, RootCAs: s.pool, User: "anna", Secret: secret("x"), Timeout: 400 * time.Millisecond}}
}

const day = 24 * time.Hour

// isBody reports a fetch of the content of one mail.
func isBody(command string, uid int) bool {
	return strings.HasPrefix(command, fmt.Sprintf("UID FETCH %d ", uid)) && strings.Contains(command, "BODY")
}

func isListing(command string) bool {
	return strings.HasPrefix(command, "UID FETCH ") && strings.Contains(command, ":*")
}

// TestMisbehavingServers: whatever a server does wrong, each mail is handled once, or
// it is reported as unread.
func TestMisbehavingServers(t *testing.T) {
	if testing.Short() {
		t.Skip("waits out many timeouts")
	}
	often := func(n int, f func(c *peer, tag, command string) bool) func(*peer, string, string) bool {
		return func(c *peer, tag, command string) bool {
			if n > 0 && f(c, tag, command) {
				n--
				return true
			}
			return false
		}
	}
	for _, c := range []struct {
		name   string
		edit   func(s *script)
		unread int // mails that must be reported as unread: always number 2
	}{
		{"well-behaved", func(*script) {}, 0},
		{"dies within a mail", func(s *script) {
			s.misbehave = often(3, func(c *peer, _, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 2 FETCH (UID 2 BODY[]<0> {500}\r\nSubject: to\r\n")
				c.Close()
				return true
			})
		}, 0},
		{"always dies within the same mail", func(s *script) {
			s.misbehave = func(c *peer, _, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 2 FETCH (UID 2 BODY[]<0> {500}\r\nSubject: to\r\n")
				c.Close()
				return true
			}
		}, 1},
		{"announces less than it sends", func(s *script) {
			s.misbehave = func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 2 FETCH (UID 2 BODY[]<0> {5}\r\nSubject: to\r\n\r\nhej med dig)\r\n%s OK", tag)
				return true
			}
		}, 1},
		{"announces gigabytes", func(s *script) {
			s.misbehave = func(c *peer, _, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 2 FETCH (UID 2 BODY[]<0> {9000000000}\r\n%s", strings.Repeat("x", 1000))
				return true
			}
		}, 1},
		{"untagged rubbish everywhere", func(s *script) {
			s.misbehave = func(c *peer, _, _ string) bool {
				c.say("* VANISHED 1:3\r\n* 17 XYZZY (a {3}\r\nabc)\r\n\r\nhej\r\n* OK [UNKNOWN-CTE {4}] x\r\n* LSUB () \"/\" X")
				return false
			}
		}, 0},
		{"BAD on CONDSTORE", func(s *script) {
			s.caps += " CONDSTORE"
			s.misbehave = func(c *peer, tag, command string) bool {
				if !strings.Contains(command, "CONDSTORE") {
					return false
				}
				c.say("%s BAD what", tag)
				return true
			}
		}, 0},
		{"has had enough for a while", func(s *script) {
			// As Microsoft and Google throttle: at the login, at a folder, at a mail.
			s.misbehave = often(6, func(c *peer, tag, command string) bool {
				for _, at := range []string{"AUTHENTICATE", "LOGIN", "EXAMINE", "UID FETCH"} {
					if strings.HasPrefix(command, at) {
						c.say("%s NO [%s] Request is throttled. Suggested Backoff Time: 92415 milliseconds", tag, []string{"UNAVAILABLE", "LIMIT"}[len(at)%2])
						return true
					}
				}
				return false
			})
		}, 0},
		{"lists a mail and never gives it", func(s *script) {
			s.misbehave = func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("%s OK done", tag)
				return true
			}
		}, 1},
		{"gives NIL, then the mail", func(s *script) {
			s.misbehave = often(2, func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 2 FETCH (UID 2 BODY[]<0> NIL)\r\n%s OK done", tag)
				return true
			})
		}, 0},
		{"refuses a mail", func(s *script) {
			s.misbehave = often(2, func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("%s NO [SERVERBUG] Subject: to findes ikke", tag)
				return true
			})
		}, 0},
		{"a stand-in for the mail", func(s *script) {
			s.misbehave = often(2, func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				text := "Subject: forkert\r\n\r\nRetrieval using the IMAP4 protocol failed for the following message: 4711\r\n"
				c.say("* 2 FETCH (UID 2 BODY[]<0> {%d}\r\n%s)\r\n%s OK done", len(text), text, tag)
				return true
			})
		}, 0},
		{"another mail than asked for", func(s *script) {
			s.misbehave = often(2, func(c *peer, tag, command string) bool {
				if !isBody(command, 2) {
					return false
				}
				c.say("* 1 FETCH (UID 1 BODY[]<0> {9}\r\nforkert\r\n)\r\n%s OK done", tag)
				return true
			})
		}, 0},
		{"does not answer", func(s *script) {
			s.misbehave = often(3, func(_ *peer, _, command string) bool { return isListing(command) || isBody(command, 3) })
		}, 0},
		{"says goodbye", func(s *script) {
			s.misbehave = often(4, func(c *peer, _, command string) bool {
				if !strings.HasPrefix(command, "UID FETCH") {
					return false
				}
				c.say("* BYE træt")
				c.Close()
				return true
			})
		}, 0},
		{"lists twice, backwards and what was not asked for", func(s *script) {
			s.misbehave = func(c *peer, tag, command string) bool {
				if !isListing(command) {
					return false
				}
				for _, uid := range []int{3, 2, 1, 1, 2, 3} {
					c.say("* %d FETCH (UID %d FLAGS (\\Deleted) INTERNALDATE \"24-Nov-2026 10:00:00 +0100\" RFC822.SIZE 1)", uid, uid)
				}
				c.say("%s OK", tag)
				return true
			}
		}, 0},
		{"dates that are none", func(s *script) {
			s.misbehave = func(c *peer, tag, command string) bool {
				if !isListing(command) || !strings.Contains(command, "INTERNALDATE") {
					return false
				}
				c.say("* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"i går\" RFC822.SIZE 1)\r\n%s OK", tag)
				return true
			}
		}, 0},
		{"no UIDNEXT, and the number of mails is wrong", func(s *script) {
			s.misbehave = func(c *peer, tag, command string) bool {
				if !strings.HasPrefix(command, "EXAMINE") {
					return false
				}
				c.say("* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n%s OK", tag)
				return true
			}
		}, 0},
		{"announces IMAP4rev2 and reads the older names", func(s *script) { s.caps, s.box = "IMAP4rev1 IMAP4rev2", "Sendte sm&AOU- ting" }, 0},
		{"endless lines", func(s *script) {
			s.misbehave = often(2, func(c *peer, _, command string) bool {
				if !isListing(command) {
					return false
				}
				c.SetWriteDeadline(time.Now().Add(5 * time.Second))
				for {
					if _, err := c.Write([]byte("* OK " + strings.Repeat("x", 1<<20))); err != nil {
						return true
					}
				}
			})
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.mails = map[uint32]string{1: letter("en", "x"), 2: letter("to", "x"), 3: letter("tre", "x")}
			c.edit(s)
			a := s.account()
			if s.box != "Sent" {
				a.Folders = map[folders.Role][]string{"sent": {"Sendte små ting"}}
			}
			l := newLab(t, a)
			l.run()
			want := []string{"en", "to", "tre"}
			if c.unread > 0 {
				want = []string{"en", "tre"}
			}
			l.saw(want...)
			l.eventually("the end", func() bool {
				st, err := l.book.Status(t.Context(), l.book.Digest(a.Name))
				return err == nil && st != nil && st.Counts[book.Waiting] == 0 && st.Counts[book.Unread] == c.unread && st.Counts[book.Done] == len(want)
			})
			// A mail that comes later is found as well.
			s.mu.Lock()
			s.mails[4] = letter("zet", "x")
			s.misbehave = nil
			s.mu.Unlock()
			l.saw(append(want, "zet")...)
		})
	}
}

func TestVanishedMailIsNotCountedAsRead(t *testing.T) {
	s := newScript(t)
	s.mails = map[uint32]string{1: letter("en", "x"), 2: letter("to", "x")}
	s.misbehave = func(_ *peer, _, command string) bool {
		if isBody(command, 2) {
			delete(s.mails, 2) // between listing and fetching
		}
		return false
	}
	l := newLab(t, s.account())
	l.run()
	l.saw("en")
	l.eventually("gone", func() bool {
		st, err := l.book.Status(t.Context(), l.book.Digest("dårlig"))
		return err == nil && st != nil && st.Counts[book.Gone] == 1 && st.Counts[book.Done] == 1
	})
}
