package night

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"brevvagt/scanner/source/share/walk"
)

// denials counts files and folders in a row that we may not read.
type denials struct{ inARow atomic.Int64 }

// manyDenials in a row let us ask whether we may read anything still. A folder that is
// closed to us with all that lies in it is common; a login that was taken back, or a
// ticket that ran out, is not, and each further question with it could lock an account.
const manyDenials = 16

// shutOut is told how each reading went, and is an error when the whole share is closed
// to us: then nothing is said of any file, and the run is tried again later.
func (sh *Share) shutOut(ctx context.Context, err error) error {
	if sh.denied == nil {
		return nil
	}
	if walk.TroubleOf(err) != walk.TroubleAccess {
		sh.denied.inARow.Store(0)
		return nil
	}
	if sh.denied.inARow.Add(1)%manyDenials != 0 {
		return nil
	}
	_, err = sh.tree.List(ctx, "")
	if walk.TroubleOf(err) == walk.TroubleAccess || errors.Is(err, walk.ErrOffline) {
		return fmt.Errorf("%w: it no longer lets us in: %w", walk.ErrOffline, err)
	}
	return nil
}
