package review

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/review/passkey"
)

// command sends a browser command of the virtual authenticator.
func command[P, R any](b *browserTab, c cdp.Command[P, R], params P) R {
	b.t.Helper()
	return run(b, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) })
}

// device gives the tab's browser a device that keeps passkeys and verifies its user.
func (b *browserTab) device() webauthn.AuthenticatorID {
	b.t.Helper()
	command(b, webauthn.Enable, webauthn.EnableParams{})
	return command(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}).AuthenticatorID
}

// credential is the part of webauthn.Credential that every Chromium takes.
type credential struct {
	ID         []byte  `json:"credentialId"`
	Resident   bool    `json:"isResidentCredential"`
	RpID       string  `json:"rpId"`
	PrivateKey []byte  `json:"privateKey"`
	UserHandle []byte  `json:"userHandle"`
	SignCount  float64 `json:"signCount"`
}

// give puts a passkey onto the device.
func (b *browserTab) give(device webauthn.AuthenticatorID, k *webauthn.Credential) {
	b.t.Helper()
	command(b, cdp.Command[map[string]any, cdp.Empty]{Method: webauthn.CommandAddCredential}, map[string]any{"authenticatorId": device,
		"credential": credential{k.CredentialID, true, k.RpID, k.PrivateKey, k.UserHandle, k.SignCount}})
}

// localhost is the name by which browsers let a page without TLS use passkeys.
func localhost(url string) string { return strings.Replace(url, "127.0.0.1", "localhost", 1) }

// passphraseIn signs in with the form.
func (b *browserTab) passphraseIn(name string) {
	b.t.Helper()
	b.open("/log-ind")
	b.do(chromedp.SendKeys(css("#navn"), name), chromedp.SendKeys(css("#kode"), passphrase))
	b.submit(chromedp.Click(css("#log-ind")))
}

// addPasskey makes one under Min konto.
func (b *browserTab) addPasskey(label string) {
	b.t.Helper()
	b.open("/konto")
	b.do(chromedp.WaitVisible(css("#ny-noegle")), chromedp.SendKeys(css("#noegle-navn"), label), chromedp.SendKeys(css("#noegle-kode"), passphrase))
	b.submit(chromedp.Click(css("#tilfoej")))
	b.says("Adgangsnøglen er tilføjet", label)
}

// passkeyIn signs in with the device, and passkeyRefused is told why not.
func (b *browserTab) passkeyIn(path string) {
	b.t.Helper()
	b.open(path)
	b.do(chromedp.WaitVisible(css("#noegle-ind")))
	b.submit(chromedp.Click(css("#noegle-ind")))
}

func (b *browserTab) passkeyRefused(why string) {
	b.t.Helper()
	b.open("/log-ind")
	b.do(chromedp.WaitVisible(css("#noegle-ind")), chromedp.Click(css("#noegle-ind")), chromedp.WaitEnabled(css("#noegle-ind")))
	if got := run(b, chromedp.Poll[string](`document.getElementById("noegle-fejl").textContent`, chromedp.WithPollingTimeout(time.Minute))); !strings.Contains(got, why) {
		b.t.Errorf("the page says %q, want %q", got, why)
	}
}

// passkeys makes one, signs out and in with it, unlocks the key with the passphrase
// where an original is needed, and tries what must not work.
func passkeys(t *testing.T, browser context.Context) {
	r := newRealRig(t, func(r *rig, c *Config) {
		keys, err := passkey.New(r.accounts, localhost(r.url), "Eksempel Kommune")
		if err != nil {
			t.Fatal(err)
		}
		c.Ways.Passkeys = keys
	})
	if _, err := r.accounts.Create(t.Context(), "bo", "Bo", account.Reviewer, passphrase); err != nil {
		t.Fatal(err)
	}
	r.now = time.Now() // as browser and sessions have it
	held := r.hold(t, screenshot("a"), time.Hour)
	b := newTab(t, browser, localhost(r.url))
	device := b.device()

	b.passphraseIn("anna")
	b.addPasskey("Bærbar")
	b.shot("adgangsnoegle", 900)
	b.accountPages("/konto")
	b.submit(chromedp.Click(css("#log-ud")))
	b.shot("log-ind-noegle", 0)
	b.accountPages("/log-ind")

	b.passkeyIn("/log-ind?efter=/sag/" + held.ID)
	b.says("Nøglen til karantænen er låst", "En mail fra anna.eksempel@kommune.example", "070761-xxxx")
	b.shot("laast", 420)
	b.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Aftalt på telefon"))
	b.submit(chromedp.Click(css("#frigiv button")))
	b.says("Nøglen til karantænen er ikke låst op")
	if len(r.source.delivered) != 0 {
		t.Error("released without the key")
	}
	b.open("/sag/" + held.ID)
	b.submit(chromedp.Click(css("#laast a")))
	b.shot("laas-op", 0)
	b.accessible("/laas-op")
	b.do(chromedp.KeyEvent(passphrase)) // the field has the focus
	b.submit(chromedp.KeyEvent("\r"))
	b.says("Nøglen til karantænen er låst op, indtil du logger ud", "En mail fra anna.eksempel@kommune.example")
	b.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Aftalt på telefon"))
	b.submit(chromedp.Click(css("#frigiv button")))
	b.says("Forsendelsen er frigivet")
	b.submit(chromedp.Click(css("#log-ud")))

	b.refusedPasskeys(r, device)

	// A counter that runs backwards: there are two of it.
	twin := command(b, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device}).Credentials[0]
	twin.SignCount = 0
	command(b, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device})
	b.give(device, twin)
	b.passkeyRefused("spærret, fordi den kan være kopieret")
	b.passphraseIn("anna")
	b.open("/konto")
	b.says("Spærret: nøglen kan være kopieret")
	b.accessible("/konto")
	b.submit(chromedp.Click(css("#adgangsnoegler button")))
	b.says("Adgangsnøglen er fjernet", "Du har ingen adgangsnøgler")
	b.submit(chromedp.Click(css("#log-ud")))
	b.passkeyRefused("blev ikke godtaget")
	// The browser's own word on refused requests, and on a click that was quicker than the page.
	b.quiet("status of 401", "status of 409", "Autofocus processing was blocked")
	verbs := ""
	lines, err := ledger.New(r.db).Page(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range lines {
		verbs += e.Actor + ":" + e.Verb + ":" + e.Detail["how"] + " "
	}
	for _, want := range []string{"anna:login:passphrase ", "anna:passkey-added: ", "anna:login:passkey ", "anna:passphrase-given: ", "anna:passkey-copied: ", "anna:passkey-removed: "} {
		if !strings.Contains(verbs, want) {
			t.Errorf("the ledger lacks %q: %s", want, verbs)
		}
	}
}

// refusedPasskeys are answers of the device that must let nobody in.
func (b *browserTab) refusedPasskeys(r *rig, device webauthn.AuthenticatorID) {
	b.t.Helper()
	yes := true
	for _, bits := range []webauthn.SetResponseOverrideBitsParams{{IsBogusSignature: &yes}, {IsBadUV: &yes}, {IsBadUP: &yes}, {}} {
		bits.AuthenticatorID = device
		command(b, webauthn.SetResponseOverrideBits, bits)
		if bits.IsBogusSignature != nil || bits.IsBadUV != nil || bits.IsBadUP != nil {
			b.passkeyRefused("blev ikke godtaget")
		}
	}
	command(b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device})
	b.passkeyRefused("det blev afbrudt")
	command(b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: true})

	// The same pages at another address of the same machine: the answer names it.
	other := httptest.NewServer(r.server.handler())
	b.t.Cleanup(other.Close)
	right := b.url
	b.url = localhost(other.URL)
	b.passkeyRefused("blev ikke godtaget")
	b.url = right

	// Bo's key, presented as Anna's.
	own := command(b, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device}).Credentials
	handle, err := r.accounts.Handle(b.t.Context(), "anna")
	if err != nil || len(own) != 1 {
		b.t.Fatal(len(own), err)
	}
	command(b, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device})
	b.passphraseIn("bo")
	b.addPasskey("Bos")
	b.submit(chromedp.Click(css("#log-ud")))
	bos := command(b, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device}).Credentials[0]
	command(b, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device})
	bos.UserHandle = handle
	b.give(device, bos)
	b.passkeyRefused("blev ikke godtaget")
	command(b, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device})
	b.give(device, own[0])
	b.passkeyIn("/log-ind")
	b.says("Karantæne")
	b.submit(chromedp.Click(css("#log-ud")))
}

// accountPages looks at a page in both languages and on a narrow screen.
func (b *browserTab) accountPages(path string) {
	b.t.Helper()
	for _, lang := range []string{"en", "da"} {
		b.open(path)
		b.submit(chromedp.Click(css(`form[action="/sprog"] button[lang="` + lang + `"]`)))
		b.accessible(path + " " + lang)
		b.do(chromedp.EmulateViewport(320, 700))
		b.open(path)
		if w := run(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); w > 320 {
			b.t.Errorf("%s %s is %d pixels wide on a screen of 320: %s", path, lang, w, run(b, chromedp.Evaluate[string](widest)))
		}
		b.shot("smal-"+strings.Trim(path, "/")+"-"+lang, 0)
		b.do(chromedp.EmulateReset())
	}
}
