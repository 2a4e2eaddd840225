package review

import (
	"net/http"
	"strings"
	"testing"

	"brevvagt/quarantine/account"
)

// Who loses a role elsewhere, on the terminal or by the municipality's sign-in, loses it in
// the sessions that are open: the next request ends them, and the vault key is forgotten.
func TestRoleTakenAway(t *testing.T) {
	r := newRealRig(t)
	wide := account.External{Issuer: "https://login.example", Subject: "4711", Login: "anna@kommune.example", Role: account.DPO}
	if err := r.accounts.Link(t.Context(), "anna", wide.Login, "bo"); err != nil {
		t.Fatal(err)
	}
	less := wide
	less.Role = account.Auditor
	external := func(e account.External) func() error {
		return func() error { _, err := r.accounts.LoginExternal(t.Context(), e); return err }
	}
	if err := external(wide)(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct{ take, give func() error }{
		"on the terminal": {
			func() error { return r.accounts.SetRole(t.Context(), "anna", account.Auditor, "bo") },
			func() error { return r.accounts.SetRole(t.Context(), "anna", account.DPO, "bo") }},
		"by the sign-in": {external(less), external(wide)},
	} {
		c := r.as(t, "anna")
		live, _ := http.NewRequest("GET", r.url+"/", nil)
		live.Header.Set("HX-Request", "true")
		if status, _ := c.get("/fortegnelse/ny"); status != http.StatusOK || r.server.Keys.Len() != 1 {
			t.Fatalf("%s: before: %d, %d keys", name, status, r.server.Keys.Len())
		}
		if err := change.take(); err != nil {
			t.Fatal(err)
		}
		if res := c.first(live); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") == "" || r.server.Keys.Len() != 0 {
			t.Errorf("%s: a page that renews itself: %d, %d keys", name, res.StatusCode, r.server.Keys.Len())
		}
		if _, body := c.get("/fortegnelse/ny"); !strings.Contains(body, `id="kode"`) {
			t.Errorf("%s: the session goes on", name)
		}
		c = r.as(t, "anna") // who comes in again has the lesser role, and no key
		if status, _ := c.get("/fortegnelse/ny"); status != http.StatusForbidden {
			t.Errorf("%s: after a new sign-in: %d", name, status)
		}
		if p, err := r.accounts.LoginFrom(t.Context(), account.Caller{}, "anna", passphrase); err != nil || p.Opener != nil || p.Account.Role != account.Auditor {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		// A new passphrase meanwhile must not cost the key.
		if err := r.accounts.ChangePassphrase(t.Context(), "anna", passphrase, passphrase); err != nil {
			t.Fatal(err)
		}
		if err := change.give(); err != nil {
			t.Fatal(err)
		}
		if p, err := r.accounts.LoginFrom(t.Context(), account.Caller{}, "anna", passphrase); err != nil || p.Opener == nil || p.Account.Role != account.DPO {
			t.Errorf("%s: given back: %v", name, err)
		}
		r.server.Keys.Forget()
	}
}
