package review

import (
	"context"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review/keys"
	"brevvagt/quarantine/vault"
)

// withKeys gives the page the keys of the rig.
func (r *rig) withKeys() {
	recipients := func(ctx context.Context) ([]age.Recipient, error) {
		own, err := vault.ParseRecipient(r.opener.Recipient())
		if err != nil {
			return nil, err
		}
		more, err := rekey.Recipients(ctx, r.db)
		return append(more, own), err
	}
	k := r.service.Rekey()
	k.Recipients = recipients
	r.server.keys = keys.New(r.server.Frame, &keys.Keys{Rekey: k, Holders: func(ctx context.Context) ([]rekey.Holder, error) {
		list := []rekey.Holder{{Name: "dpo", Kind: "dpo", Key: vault.Fingerprint(r.opener.Recipient())}}
		more, err := rekey.Recoveries(ctx, r.db)
		for _, x := range more {
			list = append(list, rekey.Holder{Name: x.Name, Kind: "recovery", Key: vault.Fingerprint(x.Recipient)})
		}
		return list, err
	}})
}

// The DPO takes a recovery key into use and seals everything anew, on the page.
func TestKeysOnThePage(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, openable("a"), time.Hour)
	r.withKeys()
	r.restart(t)
	c := r.as(t, "dpo")
	_, body := c.get("/noegler")
	contains(t, body, "ingen gendannelsesnøgle", "Alt er forseglet til nøglerne ovenfor (sager: 1)", "Nøgler")
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if status, body := c.post("/noegler/gendannelse", "navn", "Pengeskab", "noegle", "AGE-SECRET-KEY-PQ-1ABC"); status != 422 || strings.Contains(body, "1ABC") {
		t.Errorf("a secret key: %d", status)
	}
	_, body = c.post("/noegler/gendannelse", "navn", "Pengeskab", "noegle", id.Recipient())
	contains(t, body, "Pengeskab", "1 af 1 sager", `id="forsegl"`)
	c.post("/noegler/forsegl")
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, body = c.get("/noegler"); strings.Contains(body, "Alt er forseglet") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("not sealed anew")
		}
	}
	if v, err := r.service.Value(t.Context(), held.ID, 0, id.Opener()); err != nil || v != clearValue {
		t.Errorf("the recovery key does not open: %v", err)
	}
	// Who came in without the passphrase must not get at a key by way of a new one.
	foreign, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for path, value := range map[string]string{"/noegler/forsegl": "", "/noegler/gendannelse": foreign.Recipient(), "/noegler/fjern": vault.Fingerprint(id.Recipient())} {
		if status, body := r.as(t, "dpo9").post(path, "navn", "Min egen", "noegle", value); status != 403 || !strings.Contains(body, "Nøglen er ikke låst op") {
			t.Errorf("%s without a key: %d", path, status)
		}
	}
	if list, err := rekey.Recoveries(t.Context(), r.db); err != nil || len(list) != 1 {
		t.Errorf("%d recovery keys, %v", len(list), err)
	}
	if status, body := c.post("/noegler/fjern", "noegle", vault.Fingerprint(id.Recipient())); status != 409 || !strings.Contains(body, "Gendannelsesnøglen er den eneste") {
		t.Errorf("the only recovery key: %d", status)
	}
	c.post("/noegler/gendannelse", "navn", "Bank", "noegle", foreign.Recipient())
	_, body = c.post("/noegler/fjern", "noegle", vault.Fingerprint(id.Recipient()))
	contains(t, body, "1 af 1 sager")
	if status, _ := c.post("/noegler/fjern", "noegle", "0123"); status != 422 {
		t.Errorf("an unknown key: %d", status)
	}
}

// A key that is to be taken out, or was, is told from those in use until nothing is sealed
// to it any more.
func TestKeysOutOfUse(t *testing.T) {
	r := newRig(t)
	r.withKeys()
	r.hold(t, openable("a"), time.Hour)
	list := []rekey.Holder{{Name: "dpo", Kind: "dpo", Key: "aaaa"}, {Name: "carl", Kind: "dpo", Key: "bbbb", Lost: true}, {Name: "dora", Kind: rekey.Out, Key: "cccc"}}
	k := r.service.Rekey()
	k.Recipients = func(context.Context) ([]age.Recipient, error) {
		other, err := vault.NewIdentity()
		if err != nil {
			return nil, err
		}
		key, err := vault.ParseRecipient(other.Recipient())
		return []age.Recipient{key}, err
	}
	r.server.keys = keys.New(r.server.Frame, &keys.Keys{Rekey: k, Holders: func(context.Context) ([]rekey.Holder, error) { return list, nil }})
	r.restart(t)
	c := r.as(t, "dpo")
	_, body := c.get("/noegler")
	contains(t, body, "1 af 1 sager", "dora", "Ude af brug", "Kommunens login giver ikke længere denne rolle")
	if strings.Count(body, "ikke længere denne rolle") != 1 {
		t.Error("it is said of others too")
	}
	now, err := vault.ParseRecipient(r.opener.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	k.Recipients = func(context.Context) ([]age.Recipient, error) { return []age.Recipient{now}, nil }
	_, body = c.get("/noegler")
	contains(t, body, "Alt er forseglet", "carl")
	if strings.Contains(body, "dora") {
		t.Error("a key that opens nothing is still listed")
	}
}
