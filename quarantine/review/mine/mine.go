// Package mine is the page on which a person sees his own account: how he came in, his
// passphrase, his passkeys, and whether he is signed in elsewhere.
package mine

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/keyring"
	"brevvagt/quarantine/review/passkey"
	"brevvagt/quarantine/review/ticket"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/vault"
)

// Accounts is what the page does with accounts.
type Accounts interface {
	Get(ctx context.Context, name string) (*account.Account, error)
	Unlock(ctx context.Context, name, passphrase string) (*vault.Opener, error)
	ChangePassphrase(ctx context.Context, name, old, passphrase string) error
}

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	accounts Accounts
	passkeys *passkey.Keys // nil where none are used
	check    func(string) error
	making   *ticket.Box
}

// New makes the pages; check refuses a text that may not be kept.
func New(f *frame.Frame, a Accounts, k *passkey.Keys, check func(string) error) (*Pages, error) {
	box, err := ticket.New("brevvagt-ny-noegle", f.Secure, f.Now)
	return &Pages{Frame: f, accounts: a, passkeys: k, check: check, making: box}, err
}

type view struct {
	Name, Display   string
	How             string
	Since, Until    string
	Others          int // sessions of the same account
	Passphrase      bool
	Vault           bool // has a vault key
	Passkeys        bool // may have some
	Keys            []key
	Room            bool // for one more
	Least, MaxLabel int
	Problem, At     string // what was wrong, and in which form
}

type key struct {
	ID, Label, Created, Used string
	Copied                   bool
}

// Show is the page.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) { s.show(w, r, http.StatusOK, "", "") }

// show gives the page; problem is the key of what was wrong in the form named at.
func (s *Pages) show(w http.ResponseWriter, r *http.Request, status int, at, problem string) {
	u, _ := s.User(r)
	ctx, l := r.Context(), frame.Language(r)
	acc, err := s.accounts.Get(ctx, u.Name)
	if err != nil {
		s.Broken(w, r, "show an account", err)
		return
	}
	v := view{Name: u.Name, Display: words.Clean(acc.Display, words.Short), How: words.Known(l, "how", s.Sessions.GetString(ctx, frame.SessionHow)),
		Since: words.ShortTime(l, time.UnixMilli(s.Sessions.GetInt64(ctx, frame.SessionSince))), Until: words.ShortTime(l, s.Sessions.Deadline(ctx)),
		Others: s.Keys.Count(s.of(u.Name)) - 1, Passphrase: acc.Passphrase, Vault: s.Sessions.GetBool(ctx, frame.SessionVault),
		Passkeys: s.passkeys != nil && acc.Passphrase, Least: account.MinPassphrase, MaxLabel: account.MaxLabel, At: at}
	if problem != "" {
		v.Problem = words.Text(l, problem)
	}
	if v.Passkeys {
		list, err := s.passkeys.List(ctx, u.Name)
		if err != nil {
			s.Broken(w, r, "list passkeys", err)
			return
		}
		for _, k := range list {
			line := key{ID: k.ID, Label: words.Clean(k.Label, words.Short), Created: words.ShortTime(l, k.Created), Copied: k.Copied}
			if !k.Used.IsZero() {
				line.Used = words.ShortTime(l, k.Used)
			}
			v.Keys = append(v.Keys, line)
		}
		v.Room = len(list) < account.MaxPasskeys
	}
	p := s.NewPage(r, &u, words.Text(l, "mine.title"))
	p.Path = "/konto"
	p.Data = v
	s.Render(w, status, "mine", p)
}

func (s *Pages) of(name string) func(keyring.Owner) bool {
	return func(o keyring.Owner) bool { return o.Account == name }
}

// Change puts the account under a new passphrase and ends its other sessions.
func (s *Pages) Change(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	u, _ := s.User(r)
	old, fresh := r.PostForm.Get("nu"), r.PostForm.Get("ny")
	if fresh != r.PostForm.Get("igen") {
		s.show(w, r, http.StatusUnprocessableEntity, "kode", "mine.differ")
		return
	}
	err := s.accounts.ChangePassphrase(r.Context(), u.Name, old, fresh)
	if key := wrong(err); key != "" {
		s.show(w, r, http.StatusUnprocessableEntity, "kode", key)
		return
	}
	if err != nil {
		s.Broken(w, r, "change a passphrase", err)
		return
	}
	s.Keys.End(s.Sessions.GetString(r.Context(), frame.SessionKey), s.of(u.Name))
	s.Log.Info("passphrase changed", "user", u.Name)
	s.Tell(r, "flash.passphrase")
	http.Redirect(w, r, "/konto", http.StatusSeeOther)
}

// wrong is the key of what to say of a form that was not taken, "" for a fault of ours.
func wrong(err error) string {
	switch {
	case errors.Is(err, account.ErrPassphrase):
		return "mine.short"
	case errors.Is(err, account.ErrLogin):
		return "mine.wrong"
	case errors.Is(err, account.ErrTooMany):
		return "login.slow"
	case errors.Is(err, account.ErrBusy):
		return "login.busy"
	case errors.Is(err, account.ErrLabel):
		return "mine.label"
	case errors.Is(err, account.ErrManyPasskeys):
		return "mine.many"
	case errors.Is(err, passkey.ErrRefused), errors.Is(err, ticket.ErrNone):
		return "mine.refused"
	}
	return ""
}

// EndOthers signs the person out everywhere else.
func (s *Pages) EndOthers(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	n := s.Keys.End(s.Sessions.GetString(r.Context(), frame.SessionKey), s.of(u.Name))
	s.Log.Info("other sessions ended", "user", u.Name, "sessions", n)
	s.Tell(r, "flash.others")
	http.Redirect(w, r, "/konto", http.StatusSeeOther)
}

// Begin gives the page's script what the browser needs to make a passkey. It asks for
// the passphrase: a session left open must not become a way in for good.
func (s *Pages) Begin(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if s.passkeys == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	label := r.PostFormValue("navn")
	if s.check(label) != nil {
		s.sayWrong(w, r, account.ErrLabel)
		return
	}
	options, t, err := s.passkeys.BeginAdd(r.Context(), u.Name, label)
	if err == nil {
		_, err = s.accounts.Unlock(r.Context(), u.Name, r.PostFormValue("kode"))
	}
	if err == nil {
		err = s.making.Give(w, t)
	}
	if err != nil {
		s.sayWrong(w, r, err)
		return
	}
	s.Answer(w, http.StatusOK, options)
}

// Add keeps the passkey that the browser made.
func (s *Pages) Add(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if s.passkeys == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	var t passkey.Trip
	answer, err := io.ReadAll(r.Body) // bounded by the route
	if err == nil {
		err = s.making.Take(w, r, &t)
	}
	if err == nil && t.Name != u.Name { // somebody else signed in meanwhile
		err = ticket.ErrNone
	}
	if err == nil {
		err = s.passkeys.FinishAdd(r.Context(), t, answer)
	}
	if err != nil {
		s.sayWrong(w, r, err)
		return
	}
	s.Log.Info("passkey added", "user", u.Name)
	s.Tell(r, "flash.passkey")
	s.Answer(w, http.StatusOK, map[string]string{"til": "/konto"})
}

// sayWrong tells the page's script what to show.
func (s *Pages) sayWrong(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusUnprocessableEntity, wrong(err)
	if key == "" {
		s.Log.Error("passkey not made", "err", err)
		status, key = http.StatusInternalServerError, "error.500.text"
	}
	s.Answer(w, status, map[string]string{"fejl": words.Text(frame.Language(r), key)})
}

// Remove takes a passkey away.
func (s *Pages) Remove(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if s.passkeys == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	switch err := s.passkeys.Remove(r.Context(), u.Name, r.PostFormValue("noegle")); {
	case errors.Is(err, account.ErrNotFound):
		s.Fail(w, r, http.StatusNotFound)
		return
	case err != nil:
		s.Broken(w, r, "remove a passkey", err)
		return
	}
	s.Log.Info("passkey removed", "user", u.Name)
	s.Tell(r, "flash.passkey-gone")
	http.Redirect(w, r, "/konto", http.StatusSeeOther)
}
