package transport

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// zone is a fake validating resolver on loopback: records by "name type", secure
// names by their ending.
type zone struct {
	mu      *sync.Mutex // of records, where a test changes them; or nil
	records map[string][]string
	secure  []string // endings whose answers carry AD
	fail    []string // endings that are SERVFAIL
}

func (z zone) find(key string) []string {
	if z.mu != nil {
		z.mu.Lock()
		defer z.mu.Unlock()
	}
	return z.records[key]
}

// set changes the records of a name while the resolver runs.
func (z zone) set(key string, records ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.records[key] = records
}

func (z zone) start(t *testing.T) *Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(q)
		name := q.Question[0].Name
		for _, end := range z.secure {
			m.AuthenticatedData = m.AuthenticatedData || strings.HasSuffix(name, end)
		}
		for _, end := range z.fail {
			if strings.HasSuffix(name, end) {
				m.Rcode = dns.RcodeServerFailure
			}
		}
		for _, text := range z.find(name + " " + dns.TypeToString[q.Question[0].Qtype]) {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Error(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = srv.ActivateAndServe() }()
	t.Cleanup(func() { _ = srv.Shutdown() })
	return &Resolver{Addr: pc.LocalAddr().String(), Timeout: time.Minute}
}

const tlsa = " 3600 IN TLSA 3 1 1 8d02536c887482bc34ff54e41d2ba659bf85b341a0a20afadb5813dcfbcf286d"

func TestDANE(t *testing.T) {
	r := zone{records: map[string][]string{
		"good.example. MX":               {"good.example. IN MX 10 mx.good.example."},
		"_25._tcp.mx.good.example. TLSA": {"_25._tcp.mx.good.example." + tlsa},
		"plain.example. MX":              {"plain.example. IN MX 10 mx.plain.example."},
		"forged.example. MX":             {"forged.example. IN MX 10 mx.good.example."},
		"half.example. MX":               {"half.example. IN MX 10 mx.good.example.", "half.example. IN MX 20 mx.half.example."},
		"null.example. MX":               {"null.example. IN MX 0 ."},
		"pkix.example. MX":               {"pkix.example. IN MX 10 mx.pkix.example."},
		"_25._tcp.mx.pkix.example. TLSA": {strings.Replace("_25._tcp.mx.pkix.example."+tlsa, "TLSA 3", "TLSA 1", 1)},
		"_25._tcp.self.example. TLSA":    {"_25._tcp.self.example." + tlsa},
	}, secure: []string{".good.example.", "good.example.", "plain.example.", "half.example.", "null.example.", "pkix.example.", "self.example."},
		fail: []string{"bogus.example."}}.start(t)
	p := &Prover{DNS: r}
	for domain, want := range map[string]Method{
		"good.example": DANE, "GOOD.example.": DANE, "self.example": DANE,
		"plain.example": None, "forged.example": None, "half.example": None, "null.example": None, "pkix.example": None,
		"bogus.example": None, "nowhere.example": None, "": None, "a b": None, "..": None, strings.Repeat("a.", 200) + "dk": None,
	} {
		if got := p.Prove(t.Context(), domain); got.Method != want {
			t.Errorf("%s: %s, want %s", domain, got.Method, want)
		}
	}
	if got := p.Prove(t.Context(), "good.example").Answer; got != "dane-only protocols=>=TLSv1.2" {
		t.Errorf("answer %q", got)
	}
	silent := &Prover{DNS: &Resolver{Addr: "127.0.0.1:1", Timeout: 50 * time.Millisecond}}
	if silent.Prove(t.Context(), "good.example").Protected() {
		t.Error("proven without a resolver")
	}
	for _, addr := range []string{"9.9.9.9:53", "localhost:53", "x"} {
		if (&Resolver{Addr: addr}).Check() == nil {
			t.Errorf("resolver %s counts", addr)
		}
	}
}

func TestMTASTS(t *testing.T) {
	var text atomic.Value
	text.Store("version: STSv1\r\nmode: enforce\r\nmx: mail.sts.example\r\nmx: *.mx.sts.example\r\nmax_age: 86400\r\n")
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "mta-sts.sts.example" || r.URL.Path != "/.well-known/mta-sts.txt" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text.Load().(string)))
	}))
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
		}}}
	z := zone{mu: new(sync.Mutex), records: map[string][]string{
		"_mta-sts.sts.example. TXT": {`_mta-sts.sts.example. IN TXT "v=STSv1; id=20261124;"`},
		"_mta-sts.two.example. TXT": {`_mta-sts.two.example. IN TXT "v=STSv1; id=1;"`, `_mta-sts.two.example. IN TXT "v=STSv1; id=2;"`},
	}}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	p := &Prover{DNS: z.start(t), Policies: &Policies{Client: client}, Now: func() time.Time { return now }}
	got := p.Prove(t.Context(), "sts.example")
	if got.Method != MTASTS || got.Answer != "secure match=mail.sts.example:.mx.sts.example servername=hostname protocols=>=TLSv1.2" {
		t.Errorf("got %+v", got)
	}
	if p.Prove(t.Context(), "two.example").Protected() || p.Prove(t.Context(), "none.example").Protected() {
		t.Error("proven without a policy")
	}
	now = now.Add(time.Hour)
	z.set("_mta-sts.sts.example. TXT") // somebody took the record away
	if got := p.Prove(t.Context(), "sts.example"); got.Method != MTASTS {
		t.Errorf("a policy ended before its time: %+v", got)
	}
	now = now.Add(48 * time.Hour)
	if got := p.Prove(t.Context(), "sts.example"); got.Protected() {
		t.Errorf("a policy counts beyond its end: %+v", got)
	}
	z.set("_mta-sts.sts.example. TXT", `_mta-sts.sts.example. IN TXT "v=STSv1; id=2;"`)
	for _, bad := range []string{"", "mode: enforce\nmax_age: 1\nmx: a.example\n", "version: STSv1\nmode: testing\nmax_age: 99\nmx: a.example\n",
		"version: STSv1\nmode: enforce\nmax_age: 99\n", "version: STSv1\nmode: enforce\nmax_age: -1\nmx: a.example\n", "version: STSv1\nmode: enforce\nmax_age: 9\nmx: a b\n", strings.Repeat("x", 70<<10)} {
		text.Store(bad)
		now = now.Add(time.Hour)
		if p.Prove(t.Context(), "sts.example").Protected() {
			t.Errorf("proven by %.40q", bad)
		}
	}
}

func TestPoliciesComeFromTheInternetOnly(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	if _, err := NewClient().Get(srv.URL); err == nil || !strings.Contains(err.Error(), "no address on the internet") {
		t.Errorf("got %v", err)
	}
}

const goodList = `source: "Aftale om tunnelmail, hentet 2026-11-01"
expires: 2027-01-31
domains:
  - {domain: region.example}
  - {domain: .firma.example, match: [mail.firma.example, .firma.example]}
  - {domain: gammel.example, expires: 2026-11-01}
  - {domain: RØDOVRE.example.}
`

func writeList(t *testing.T, text, sum string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tunnel.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if sum == "" {
		s := sha256.Sum256([]byte(text))
		sum = hex.EncodeToString(s[:]) + "  tunnel.yaml\n"
	}
	if err := os.WriteFile(path+".sha256", []byte(sum), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestList(t *testing.T) {
	l, err := ReadList(writeList(t, goodList, ""))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	p := &Prover{Lists: []*List{l}, Own: func(d string) bool { return d == "kommune.example" }, Now: func() time.Time { return now }}
	for domain, want := range map[string]string{
		"region.example": "encrypt protocols=>=TLSv1.2", "Region.Example.": "encrypt protocols=>=TLSv1.2", "x.region.example": "",
		"firma.example": "secure match=mail.firma.example:.firma.example protocols=>=TLSv1.2", "a.firma.example": "secure match=mail.firma.example:.firma.example protocols=>=TLSv1.2",
		"rødovre.example": "encrypt protocols=>=TLSv1.2", "xn--rdovre-bya.example.": "encrypt protocols=>=TLSv1.2", "rodovre.example": "", "region.example.evil.example": "",
		"xfirma.example": "", "gammel.example": "", "kommune.example": "",
	} {
		if got := p.Prove(t.Context(), domain); got.Answer != want || want != "" && got.Source != l.Source {
			t.Errorf("%s: %+v", domain, got)
		}
	}
	if !p.Prove(t.Context(), "kommune.example").Protected() || l.Len() != 4 || l.Left(now) != 3 {
		t.Errorf("%d of %d left", l.Left(now), l.Len())
	}
	now = time.Date(2027, 2, 1, 0, 0, 1, 0, time.Local)
	if p.Prove(t.Context(), "region.example").Protected() {
		t.Error("a list counts beyond its end")
	}
}

func TestListsThatAreRefused(t *testing.T) {
	if _, err := ReadList(writeList(t, goodList, strings.Repeat("0", 64))); !errors.Is(err, ErrChecksum) {
		t.Errorf("another checksum: %v", err)
	}
	path := writeList(t, goodList, "")
	_ = os.Remove(path + ".sha256")
	if _, err := ReadList(path); err == nil {
		t.Error("no checksum")
	}
	for name, text := range map[string]string{
		"empty": " \n", "no source": strings.Replace(goodList, "source:", "#", 1), "no end": strings.Replace(goodList, "2027-01-31", "snart", 1),
		"bad domain": strings.Replace(goodList, "region.example", "a@b.example", 1), "unknown key": goodList + "extra: 1\n",
		"bad match": strings.Replace(goodList, "mail.firma.example,", "\"a b\",", 1), "bad entry end": strings.Replace(goodList, "2026-11-01}", "x}", 1),
	} {
		if _, err := ReadList(writeList(t, text, "")); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte("version: STSv1\nmode: enforce\nmx: *.a.example\nmax_age: 1\n"))
	f.Add([]byte("version: STSv1\nmode: none\nmax_age: 99999999999999\n"))
	f.Add([]byte(goodList))
	f.Fuzz(func(t *testing.T, b []byte) {
		now := time.Unix(0, 0)
		if p, err := parsePolicy(b, now); err == nil && (strings.ContainsAny(p.answer(), "\r\n,") || p.until.Sub(now) > maxAge) {
			t.Errorf("%+v", p)
		}
		_, _ = parseList(b)
	})
}
