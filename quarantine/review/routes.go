package review

import (
	"cmp"
	"net/http"
	"slices"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/shares"
	"brevvagt/quarantine/review/static"
)

// access is the list of roles that may use a route; the two lists below nobody
// has to sign in for.
type access []account.Role

func roles(r ...account.Role) access { return r }

// route is one way into the page.
type route struct {
	method, path string
	access       access
	handle       http.HandlerFunc
	limit        int64 // bytes of a posted form, bodyLimit when 0
}

// routes is the whole access table of the page.
//
//	public   no session is even loaded
//	visitor  a session is loaded when there is one
//	signedIn any role
//	reading  masked cases and the register
//	deciding release, reject, and sealed pictures, which show names
//	keeping  writing in the breach register and starting its clock
//	running  pausing and resuming the scan of a share
func (s *server) routes() []route {
	const dpo, reviewer, auditor, operator = account.DPO, account.Reviewer, account.Auditor, account.Operator
	public, visitor := access(nil), access{}
	signedIn := roles(dpo, reviewer, auditor, operator)
	reading := roles(dpo, reviewer, auditor)
	deciding := roles(dpo, reviewer)
	keeping, running := roles(dpo), roles(dpo, operator)
	b, in, me := s.breach, s.signin, s.mine
	const form, upload = 256 << 10, breach.ImportLimit + 64<<10
	return []route{
		{"GET", "/sund", public, s.health, 0},
		{"GET", "/static/", public, s.assets.ServeHTTP, 0},

		{"GET", "/log-ind", visitor, in.Show, 0},
		{"POST", "/log-ind", visitor, in.Login, 0},
		{"GET", "/log-ind/kommune", visitor, in.Depart, 0},
		{"GET", oidc.ReturnPath, visitor, in.Return, 0},
		{"POST", "/log-ind/noegle/begynd", visitor, in.AskPasskey, 0},
		{"POST", "/log-ind/noegle", visitor, in.LoginPasskey, 0},
		{"POST", "/sprog", visitor, in.SetLanguage, 0},
		{"POST", "/log-ud", signedIn, in.Logout, 0},
		{"POST", "/log-ud/besked", public, in.Ended, 0}, // signed by the identity provider
		{"GET", "/log-ud/her", public, in.EndedHere, 0}, // knows the session's own name
		{"GET", "/laas-op", deciding, in.ShowUnlock, 0},
		{"POST", "/laas-op", deciding, in.Unlock, 0},

		{"GET", "/konto", signedIn, me.Show, 0},
		{"POST", "/konto/adgangssaetning", signedIn, me.Change, 0},
		{"POST", "/konto/andre", signedIn, me.EndOthers, 0},
		{"POST", "/konto/noegle/begynd", signedIn, me.Begin, 0},
		{"POST", "/konto/noegle", signedIn, me.Add, 0},
		{"POST", "/konto/noegle/fjern", signedIn, me.Remove, 0},

		{"GET", "/{$}", signedIn, s.queue.Front, 0},
		{"GET", "/drift", signedIn, s.queue.Status, 0},
		{"POST", "/flere", deciding, s.queue.Several(s.Service, s.check), 0},
		{"POST", "/flere/fortryd", deciding, s.queue.Undo, 0},

		{"GET", "/sag/{id}", reading, s.seen(s.showCase), 0},
		{"GET", "/sag/{id}/billede/{n}", deciding, s.onCase(s.picture), 0},
		{"GET", "/sag/{id}/side/{n}", deciding, s.onCase(s.sheet), 0},
		{"GET", "/sag/{id}/koersel", reading, s.seen(s.lists.Run), 0},
		{"POST", "/sag/{id}/frigiv", deciding, s.onCase(s.release), 0},
		{"POST", "/sag/{id}/afvis", deciding, s.onCase(s.reject), 0},

		{"POST", "/sag/{id}/note", deciding, s.onCase(s.addNote), 0},
		{"POST", "/sag/{id}/overdrag", deciding, s.onCase(s.handOver), 0},
		{"POST", "/sag/{id}/spoerg", deciding, s.onCase(s.askSender), 0},
		{"POST", "/sag/{id}/falsk-alarm", keeping, s.onCase(s.falseAlarm), 0},
		{"POST", "/sag/{id}/original", keeping, s.forReason(s.original), 0},
		{"POST", "/sag/{id}/vis", keeping, s.forReason(s.unmask), 0},
		{"POST", "/sag/{id}/udlever", keeping, s.forReason(s.handOut), 0},
		{"POST", "/sag/{id}/glem", keeping, s.forReason(s.forget), 0},
		{"GET", "/sag/{id}/pdf", reading, s.seen(s.prints.Case), 0},

		{"GET", "/noegler", keeping, s.keys.Show, 0},
		{"POST", "/noegler/forsegl", keeping, s.keys.Seal, 0},
		{"POST", "/noegler/gendannelse", keeping, s.keys.Add, 0},
		{"POST", "/noegler/fjern", keeping, s.keys.Remove, 0},

		{"GET", "/statistik", reading, s.figures.Show, 0},
		{"GET", "/tiltag", reading, s.figures.Measures, 0},
		{"GET", "/advarsler", reading, s.lists.Warnings, 0},
		{"GET", "/undtagelser", reading, s.lists.Exceptions, 0},
		{"POST", "/undtagelser/slut", keeping, s.lists.EndException, 0},

		{"GET", shares.Path, signedIn, s.shares.Show, 0}, // without paths and owners for operations
		{"GET", "/drev/filer", reading, s.shares.Files, 0},
		{"GET", "/drev/udtraek/{slags}", reading, s.shares.Export, 0},
		{"POST", "/drev/pause", running, s.shares.Switch(true), 0},
		{"POST", "/drev/fortsaet", running, s.shares.Switch(false), 0},

		{"GET", "/fortegnelse", reading, b.List, 0},
		{"GET", "/udtraek/{slags}", reading, b.Export, 0},
		{"GET", "/fortegnelse/udskriv", reading, b.Print, 0},
		{"GET", "/fortegnelse/ny", keeping, b.New, 0},
		{"POST", "/fortegnelse/ny", keeping, b.Create, form},
		{"GET", "/fortegnelse/importer", keeping, b.ImportForm, 0},
		{"POST", "/fortegnelse/importer", keeping, b.Import, upload},
		{"GET", "/fortegnelse/{nr}", reading, b.Show, 0},
		{"GET", "/fortegnelse/{nr}/ret", keeping, b.Edit, 0},
		{"POST", "/fortegnelse/{nr}/ret", keeping, b.Save, form},
		{"POST", "/fortegnelse/{nr}/forslag", keeping, b.Agree, 0},
		{"POST", "/fortegnelse/{nr}/bekraeft", keeping, b.Confirm, 0},
		{"GET", "/fortegnelse/{nr}/frist.ics", reading, b.Calendar, 0},
		{"GET", "/fortegnelse/{nr}/anmeldelse", reading, b.Notification, 0},
		{"GET", "/fortegnelse/{nr}/underretning", reading, b.Telling, 0},
		{"GET", "/fortegnelse/{nr}/alvor", reading, b.Severity, 0},
		{"POST", "/fortegnelse/{nr}/alvor", keeping, b.SaveSeverity, 0},
	}
}

// handler puts the routes behind the checks that hold for all of them.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.method+" "+rt.path, s.guard(rt))
	}
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(s.DenyOrigin))
	return s.headers(s.recovered(origin.Handler(s.plainErrors(mux))))
}

// guard lets a request through to a route when its role may use it.
func (s *server) guard(rt route) http.Handler {
	if rt.access == nil {
		return rt.handle
	}
	return s.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, cmp.Or(rt.limit, bodyLimit))
		if len(rt.access) == 0 {
			rt.handle(w, r)
			return
		}
		u, ok := s.User(r)
		switch {
		case !ok || !s.stands(r, u):
			s.signin.Ask(w, r)
		case !slices.Contains(rt.access, u.Role):
			s.Log.Warn("access denied", "user", u.Name, "role", string(u.Role), "method", rt.method, "route", rt.path)
			s.Fail(w, r, http.StatusForbidden)
		default:
			rt.handle(w, r)
		}
	}))
}

// stands reports whether somebody's account is still open and still has the role of the
// session; else the session ends here and now.
func (s *server) stands(r *http.Request, u frame.User) bool {
	acc, err := s.Accounts.Get(r.Context(), u.Name)
	if err == nil && !acc.Disabled && u.Role.Within(acc.Role) {
		return true
	}
	s.Log.Warn("session ended: the account is closed or has another role", "user", u.Name)
	if err := s.Leave(r); err != nil {
		s.Log.Error("cannot end a session", "err", err)
	}
	return false
}

// headers sets what every answer carries.
func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		static.Guard(w.Header(), static.OwnScript, s.Secure)
		w.Header().Set("Referrer-Policy", "same-origin")
		if s.Secure {
			w.Header().Set("Referrer-Policy", "no-referrer")
		}
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into an error page, and logs where, never what with.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				s.Log.Error("page crashed", "method", r.Method, "pattern", r.Pattern)
				s.Fail(w, r, http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// plainErrors gives the mux's own 404 and 405 the page's face.
func (s *server) plainErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &statusOnly{header: http.Header{}}
		mux.ServeHTTP(probe, r)
		if allow := probe.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
		}
		if probe.status == http.StatusMethodNotAllowed {
			s.Fail(w, r, http.StatusMethodNotAllowed)
			return
		}
		s.Fail(w, r, http.StatusNotFound)
	})
}

// statusOnly keeps an answer's status and header and drops its text.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header         { return p.header }
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusOnly) WriteHeader(status int)      { p.status = status }

// may asks the route table. The page of the shares is offered where there are any.
func (s *server) may(role account.Role, method, path string) bool {
	if path == shares.Path && !s.shares.Any() {
		return false
	}
	for _, rt := range s.routes() {
		if rt.method == method && (rt.path == path || path == "/" && rt.path == "/{$}") {
			return slices.Contains(rt.access, role)
		}
	}
	return false
}
