package review

import (
	"net/http"
	"slices"

	"brevvagt/quarantine/account"
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
}

// routes is the whole access table of the page.
//
//	public   no session is even loaded
//	visitor  a session is loaded when there is one
//	signedIn any role
//	reading  masked cases and the register
//	deciding release, reject, and sealed pictures, which show names
func (s *server) routes() []route {
	const dpo, reviewer, auditor, operator = account.DPO, account.Reviewer, account.Auditor, account.Operator
	public, visitor := access(nil), access{}
	signedIn := roles(dpo, reviewer, auditor, operator)
	reading := roles(dpo, reviewer, auditor)
	deciding := roles(dpo, reviewer)
	return []route{
		{"GET", "/sund", public, s.health},
		{"GET", "/static/", public, s.assets.ServeHTTP},

		{"GET", "/log-ind", visitor, s.showLogin},
		{"POST", "/log-ind", visitor, s.login},
		{"POST", "/sprog", visitor, s.setLanguage},
		{"POST", "/log-ud", signedIn, s.logout},

		{"GET", "/{$}", signedIn, s.front},
		{"GET", "/drift", signedIn, s.status},

		{"GET", "/sag/{id}", reading, s.showCase},
		{"GET", "/sag/{id}/billede/{n}", deciding, s.picture},
		{"POST", "/sag/{id}/frigiv", deciding, s.release},
		{"POST", "/sag/{id}/afvis", deciding, s.reject},

		{"GET", "/fortegnelse", reading, s.showRegister},
		{"GET", "/fortegnelse.csv", reading, s.registerCSV},
		{"GET", "/fortegnelse.xlsx", reading, s.registerXLSX},
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
	return s.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		if len(rt.access) == 0 {
			rt.handle(w, r)
			return
		}
		u, ok := s.User(r)
		switch {
		case !ok:
			s.toLogin(w, r)
		case !slices.Contains(rt.access, u.Role):
			s.Log.Warn("access denied", "user", u.Name, "role", string(u.Role), "method", rt.method, "route", rt.path)
			s.Fail(w, r, http.StatusForbidden)
		default:
			rt.handle(w, r)
		}
	}))
}

// contentPolicy allows this server's own files and nothing else, nowhere inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers sets what every answer carries.
func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		if s.Secure {
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Strict-Transport-Security", "max-age=31536000")
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
