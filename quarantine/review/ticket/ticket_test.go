package ticket

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func box(t *testing.T, name string, secure bool, now *time.Time) *Box {
	t.Helper()
	b, err := New(name, secure, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func give(t *testing.T, b *Box, v any) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	if err := b.Give(w, v); err != nil {
		t.Fatal(err)
	}
	return w.Result().Cookies()[0]
}

func take(b *Box, c *http.Cookie) (string, error) {
	r := httptest.NewRequest("GET", "/", nil)
	if c != nil {
		r.AddCookie(c)
	}
	var v string
	err := b.Take(httptest.NewRecorder(), r, &v)
	return v, err
}

func TestTicketWorksOnceAndForMinutes(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, secure := range []bool{false, true} {
		b := box(t, "sted", secure, &now)
		c := give(t, b, "hemmelig udfordring")
		if !c.HttpOnly || c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure || c.Path != "/" || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %v", c)
		}
		if strings.Contains(c.Value, "hemmelig") {
			t.Error("the ticket can be read")
		}
		if v, err := take(b, c); err != nil || v != "hemmelig udfordring" {
			t.Errorf("%q, %v", v, err)
		}
		if _, err := take(b, c); !errors.Is(err, ErrNone) {
			t.Errorf("used twice: %v", err)
		}
		late := give(t, b, "x")
		now = now.Add(Valid)
		if _, err := take(b, late); !errors.Is(err, ErrNone) {
			t.Errorf("after its time: %v", err)
		}
	}
}

func TestForeignTickets(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	b, other := box(t, "sted", false, &now), box(t, "sted", false, &now)
	good := give(t, b, "x")
	changed := *good
	raw, err := base64.RawURLEncoding.DecodeString(good.Value)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	changed.Value = base64.RawURLEncoding.EncodeToString(raw)
	for name, c := range map[string]*http.Cookie{"none": nil, "of another server": give(t, other, "x"), "changed": &changed,
		"empty": {Name: "sted"}, "short": {Name: "sted", Value: "AAAA"}, "no base64": {Name: "sted", Value: "%%"}} {
		if _, err := take(b, c); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v, err := take(b, good); err != nil || v != "x" {
		t.Errorf("the right one after the wrong ones: %v", err)
	}
	if err := b.Give(httptest.NewRecorder(), strings.Repeat("x", 4000)); err == nil {
		t.Error("a ticket that no browser keeps was given")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	b := box(t, "sted", false, &now)
	for i := range maxUsed + 5 {
		if !b.first(sealed{ID: fmt.Sprint(i), Ends: now.Add(Valid + time.Duration(i))}) {
			t.Fatalf("%d was refused", i)
		}
	}
	if len(b.used) != maxUsed || !b.first(sealed{ID: "0", Ends: now.Add(Valid)}) || b.first(sealed{ID: fmt.Sprint(maxUsed), Ends: now.Add(Valid)}) {
		t.Errorf("%d remembered", len(b.used))
	}
	now = now.Add(2 * Valid)
	if !b.first(sealed{ID: "late", Ends: now.Add(Valid)}) || len(b.used) != 1 {
		t.Errorf("%d remembered after their time", len(b.used))
	}
}
