package office

import (
	"errors"

	"brevvagt/document"
	"brevvagt/document/office/pack"
)

// reason maps an error of a zip member to that of its gap.
func reason(err error) document.Reason {
	switch {
	case errors.Is(err, pack.ErrEntryEncrypted):
		return document.Encrypted
	case errors.Is(err, pack.ErrTooBig):
		return document.TooBig
	}
	return document.Damaged
}
