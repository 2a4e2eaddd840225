package archive

import (
	"encoding/base64"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// Archives of Info-ZIP and 7-Zip, each with the number 070761-4285.
const (
	lockedOld = "UEsDBAoACQAAAMI5fl0Kvc+3HAAAABAAAAAFABwAbi50eHRVVAkAAzwiDWs8Ig1rdXgLAAEEAAAAAAQAAAAAj1CmoGDLYU5q0E5xLnGErPqDvHKfVfLGvTISAFBLBwgKvc+3HAAAABAAAABQSwECHgMKAAkAAADCOX5dCr3PtxwAAAAQAAAABQAYAAAAAAABAAAApIEAAAAAbi50eHRVVAUAAzwiDWt1eAsAAQQAAAAABAAAAABQSwUGAAAAAAEAAQBLAAAAawAAAAAA"
	lockedAES = "UEsDBDMAAQBjAMM5fl0AAAAALAAAABAAAAAFAAsAbi50eHQBmQcAAgBBRQMAAJpIGK/lxhO4+lCOLANLRfybhYqlZe7GJxMeu/zxTDZg0YNzxYJwmpbg6OAKUEsBAj8DMwABAGMAwzl+XQAAAAAsAAAAEAAAAAUALwAAAAAAAAAggKSBAAAAAG4udHh0CgAgAAAAAAABABgAHZuqYZqA3QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUDAABQSwUGAAAAAAEAAQBiAAAAWgAAAAAA"
	locked7z  = "N3q8ryccAASZcWTckAAAAAAAAAAuAAAAAAAAAOINss/UxH5Y1ZD35A6yGuSaihL2cBwGWSLne62vEevCSsPcoZmF+GGUu0fhDgHfWXChtHx+VFUDN7+uGM7DyzumTCabMU6PH4V7zv3mvYWoPO/kBoINLIQwBt2ww1jAsqjDEGZZWA/gOBBI41F+IJNDOx9DuQXFJzvBtL6J2yZmv7vmtf6aXAnXBQYJb+ntlh1n4OcXBiABCXAABwsBAAEkBvEHARJTD+lp+igd7u5EVwjMF5yqa+MMYgoBrLWVmAAA"
)

// TestPasswordsInTheSameItem packs a locked archive with a text that tells its password,
// before and behind it.
func TestPasswordsInTheSameItem(t *testing.T) {
	for name, tt := range map[string]struct{ archive, told, wrong string }{
		"zip":     {lockedOld, "Hej\n\nKoden til zip-filen er: Sommer2026!\n\nHilsen Bo", "Koden kommer på sms. Sommerhilsen2026 Bo"},
		"AES zip": {lockedAES, "Den åbnes med kodeordet \"vinter26\".", "Kodeordet er vinter27"},
		"7z":      {locked7z, "Hej Bo\nKode: Hans og Grethe 7\n", "Kode: Hans og Grethe"},
		"rar":     {base64.StdEncoding.EncodeToString(rarSealed(t, "n.txt", "Nr. 070761-4285", "Efterår 26")), "Kodeordet er \"Efterår 26\"", "Kodeordet er \"Efterår 27\""},
	} {
		data, err := base64.StdEncoding.DecodeString(tt.archive)
		if err != nil {
			t.Fatal(err)
		}
		member := file{"indre." + name, string(data)}
		for _, files := range [][]file{{{"a.txt", tt.told}, member}, {member, {"z.txt", tt.told}}} {
			d := documenttest.Read(t, formats(), "a.tar", tarOf(files...))
			if !documenttest.Has(d, "070761-4285") || documenttest.HasGap(d, document.Encrypted) {
				t.Errorf("%s: %s", name, documenttest.Describe(d))
			}
		}
		// What the password does not open stays a gap.
		d := documenttest.Read(t, formats(), "a.tar", tarOf(file{"a.txt", tt.told}, file{"b.asc", "-----BEGIN PGP MESSAGE-----\n\nabc\n"}, member))
		if !documenttest.Has(d, "070761-4285") || !documenttest.HasGap(d, document.Encrypted) {
			t.Errorf("%s beside another: %s", name, documenttest.Describe(d))
		}
		d = documenttest.Read(t, formats(), "a.tar", tarOf(file{"a.txt", tt.wrong}, member))
		if documenttest.Has(d, "070761-4285") || !documenttest.HasGap(d, document.Encrypted) {
			t.Errorf("%s with another password: %s", name, documenttest.Describe(d))
		}
	}
}
