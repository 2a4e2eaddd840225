package static

import "net/http"

// ownFiles allows the files of this server's own, and nothing inline.
const ownFiles = "default-src 'none'; style-src 'self'; img-src 'self'" + notPictures

const notPictures = "; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Policies of content: own files without any script, with the page's own one, and with
// that and a picture that is part of the page.
const (
	NoScript  = ownFiles
	OwnScript = ownFiles + "; script-src 'self'; connect-src 'self'"

	OwnPicture = "default-src 'none'; style-src 'self'; img-src 'self' data:" + notPictures + "; script-src 'self'; connect-src 'self'"
)

// Guard sets what every answer of our pages carries: a policy of content, no frames, no
// guessing of types, no cache. secure says that the page is reached over TLS.
func Guard(h http.Header, policy string, secure bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
