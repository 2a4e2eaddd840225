package walk

import (
	"context"
	"errors"
	"io/fs"
)

// Troubles are what keeps a file or folder from being read, as words that the
// report explains. No trouble ever counts as clean.
const (
	TroubleAccess   = "access"    // we may not read it
	TroubleRead     = "read"      // the file system or server failed
	TroubleMany     = "too-many"  // a folder holds more than the limit
	TroubleChanging = "changing"  // changed at every try while it was read
	TroubleScan     = "scan"      // no verdict was reached
	TroubleCrash    = "crashed"   // took the program down more than once: left out until it changes
	TroubleName     = "name"      // a name or path that cannot be opened
	TroubleElse     = "elsewhere" // a folder that is only a way to another place
	TroubleMount    = "unmounted" // a file system that is not mounted where it was
)

// TroubleOf is the trouble that an error means. What is gone is none.
func TroubleOf(err error) string {
	switch {
	case err == nil, errors.Is(err, ErrGone):
		return ""
	case errors.Is(err, ErrElsewhere):
		return TroubleElse
	case errors.Is(err, ErrUnmounted):
		return TroubleMount
	case errors.Is(err, fs.ErrPermission):
		return TroubleAccess
	case errors.Is(err, fs.ErrInvalid):
		return TroubleName
	case errors.Is(err, context.DeadlineExceeded):
		return TroubleScan
	}
	return TroubleRead
}
