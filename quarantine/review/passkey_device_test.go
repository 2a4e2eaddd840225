package review

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/passkey"
)

const page = "https://brevvagt.kommune.example"

// device is an authenticator of which a test may bend every answer.
type device struct {
	id, handle []byte
	key        *ecdsa.PrivateKey
	count      uint32
}

// answer is what a device says of itself and of the page that asked.
type passkeyAnswer struct {
	Type, Challenge, Origin, RPID string
	CrossOrigin                   bool
	TopOrigin                     string
	Flags                         byte
	Count                         uint32
	Handle, ID                    []byte
	Spoil                         bool // the signature
}

// Flags of an authenticator: somebody was there, and it knows who.
const present, verified = 1, 4

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// sign makes the answer of a browser.
func (d *device) sign(t *testing.T, a passkeyAnswer) []byte {
	t.Helper()
	client := map[string]any{"type": a.Type, "challenge": a.Challenge, "origin": a.Origin, "crossOrigin": a.CrossOrigin}
	if a.TopOrigin != "" {
		client["topOrigin"] = a.TopOrigin
	}
	said, err := json.Marshal(client)
	if err != nil {
		t.Fatal(err)
	}
	party, of := sha256.Sum256([]byte(a.RPID)), sha256.Sum256(said)
	data := binary.BigEndian.AppendUint32(append(party[:], a.Flags), a.Count)
	sum := sha256.Sum256(append(data[:len(data):len(data)], of[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	if a.Spoil {
		sig[len(sig)-1] ^= 1
	}
	out, err := json.Marshal(map[string]any{"id": b64(a.ID), "rawId": b64(a.ID), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64(said), "authenticatorData": b64(data), "signature": b64(sig), "userHandle": b64(a.Handle)}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// enrol gives an account a device whose key is kept as the page keeps it.
func enrol(t *testing.T, accounts *account.Accounts, name string) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)}, Curve: 1, XCoord: point[1:33], YCoord: point[33:]})
	if err != nil {
		t.Fatal(err)
	}
	d := &device{id: []byte("key of " + name), key: key, count: 10}
	if d.handle, err = accounts.Handle(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(webauthn.Credential{ID: d.id, PublicKey: public, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true}, Authenticator: webauthn.Authenticator{SignCount: d.count}})
	if err != nil {
		t.Fatal(err)
	}
	if err := accounts.AddPasskey(t.Context(), account.Passkey{ID: b64(d.id), Account: name, Label: "Bærbar", Credential: kept}); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAnswersThatLetNobodyIn: what an attacker can make of a device, a page or an answer
// that he read along.
func TestAnswersThatLetNobodyIn(t *testing.T) {
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Now()
	accounts, err := account.New(account.Config{Store: db, Cost: account.Cost{Memory: 64, Passes: 1, Vault: 4}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"anna", "bo"} {
		if _, err := accounts.Create(t.Context(), name, name, account.Reviewer, "korrekt hest batteri hæfteklamme"); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := passkey.New(accounts, page, "Eksempel Kommune")
	if err != nil {
		t.Fatal(err)
	}
	anna, bo := enrol(t, accounts, "anna"), enrol(t, accounts, "bo")
	begin := func() (passkey.Trip, passkeyAnswer) {
		t.Helper()
		_, trip, err := keys.BeginLogin()
		if err != nil {
			t.Fatal(err)
		}
		anna.count++
		return trip, passkeyAnswer{Type: "webauthn.get", Challenge: trip.Session.Challenge, Origin: page, RPID: "brevvagt.kommune.example", Flags: present | verified, Count: anna.count, Handle: anna.handle, ID: anna.id}
	}
	trip, good := begin()
	if who, err := keys.FinishLogin(t.Context(), trip, anna.sign(t, good)); err != nil || who.Name != "anna" {
		t.Fatal(who, err)
	}
	for name, bend := range map[string]func(trip *passkey.Trip, a *passkeyAnswer) *device{
		"another page": func(_ *passkey.Trip, a *passkeyAnswer) *device {
			a.Origin = "https://brevvagt.kommune.example.ond.example"
			return anna
		},
		"the page without TLS": func(_ *passkey.Trip, a *passkeyAnswer) *device {
			a.Origin = "http://brevvagt.kommune.example"
			return anna
		},
		"another port": func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Origin = page + ":8443"; return anna },
		"a neighbour's page": func(_ *passkey.Trip, a *passkeyAnswer) *device {
			a.Origin = "https://andet.kommune.example"
			return anna
		},
		"within another page": func(_ *passkey.Trip, a *passkeyAnswer) *device {
			a.CrossOrigin, a.TopOrigin = true, "https://ond.example"
			return anna
		},
		"another party":         func(_ *passkey.Trip, a *passkeyAnswer) *device { a.RPID = "ond.example"; return anna },
		"the party above":       func(_ *passkey.Trip, a *passkeyAnswer) *device { a.RPID = "kommune.example"; return anna },
		"a challenge of before": func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Challenge = good.Challenge; return anna },
		"no challenge":          func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Challenge = ""; return anna },
		"no trip":               func(trip *passkey.Trip, _ *passkeyAnswer) *device { *trip = passkey.Trip{}; return anna },
		"no trip and no challenge": func(trip *passkey.Trip, a *passkeyAnswer) *device {
			*trip, a.Challenge = passkey.Trip{}, ""
			return anna
		},
		"a key being made":           func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Type = "webauthn.create"; return anna },
		"nobody verified":            func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Flags = present; return anna },
		"nobody there":               func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Flags = verified; return anna },
		"signed by another":          func(*passkey.Trip, *passkeyAnswer) *device { return bo },
		"a spoilt signature":         func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Spoil = true; return anna },
		"another's key as one's own": func(_ *passkey.Trip, a *passkeyAnswer) *device { a.ID = bo.id; return bo },
		"one's key as another":       func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Handle = bo.handle; return anna },
		"a person that is not":       func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Handle = []byte("nobody"); return anna },
		"nobody's":                   func(_ *passkey.Trip, a *passkeyAnswer) *device { a.Handle = nil; return anna },
		"a key that is not":          func(_ *passkey.Trip, a *passkeyAnswer) *device { a.ID = []byte("no key"); return anna },
	} {
		trip, a := begin()
		d := bend(&trip, &a)
		if who, err := keys.FinishLogin(t.Context(), trip, d.sign(t, a)); err == nil || who != nil {
			t.Errorf("%s: %v is in", name, who)
		}
	}
	for _, junk := range []string{"", "{}", "null", `{"id":"x"}`, strings.Repeat("[", 10_000), `{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`} {
		trip, _ := begin()
		if who, err := keys.FinishLogin(t.Context(), trip, []byte(junk)); err == nil || who != nil {
			t.Errorf("%.40q: %v is in", junk, who)
		}
	}
	// An answer to a question of long ago.
	trip, late := begin()
	trip.Session.Expires = now.Add(-time.Hour)
	if who, err := keys.FinishLogin(t.Context(), trip, anna.sign(t, late)); err == nil {
		t.Errorf("%v is in an hour late", who)
	}
	// Whoever wanted to come in by all this has closed nothing to its owner.
	trip, still := begin()
	if who, err := keys.FinishLogin(t.Context(), trip, anna.sign(t, still)); err != nil || who.Name != "anna" {
		t.Errorf("the owner: %v, %v", who, err)
	}
	// The count goes back: there are two of it, and neither comes in any more.
	trip, copied := begin()
	copied.Count = 5
	if _, err := keys.FinishLogin(t.Context(), trip, anna.sign(t, copied)); !errors.Is(err, passkey.ErrCopied) {
		t.Errorf("a copy: %v", err)
	}
	trip, right := begin()
	right.Count += 1000
	if who, err := keys.FinishLogin(t.Context(), trip, anna.sign(t, right)); err == nil {
		t.Errorf("%v is in with a key of which there may be two", who)
	}
}
