package smb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/scanner/source/share/walk"
)

// Sweep removes the shells of cases that nobody will release any more, with the streams
// and the access lists that they keep, and reports how many. over tells of a case whether
// it is such a one; a case that it does not know is another installation's.
//
// A shell that a lost connection left full goes as well, where its content is what was
// sealed. What somebody else put there or wrote into one stays, and one that cannot be
// removed now is tried again the next time.
func (t *Tree) Sweep(ctx context.Context, over func(ctx context.Context, kase string) (bool, error)) (removed int, err error) {
	err = t.with(ctx, func(share *smb2.Share) error {
		list, err := share.ReadDir(t.path(shells))
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(list) == 0 {
			return nil
		}
		if err != nil {
			return bare(err)
		}
		var errs []error
		for _, info := range list {
			gone, err := t.sweep(ctx, share, info, over)
			if errors.Is(t.broken(err), walk.ErrOffline) || ctx.Err() != nil {
				return errors.Join(append(errs, err)...)
			}
			if gone {
				removed++
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	return removed, err
}

// sweep removes one shell if its case is over.
func (t *Tree) sweep(ctx context.Context, share *smb2.Share, info os.FileInfo, over func(ctx context.Context, kase string) (bool, error)) (gone bool, err error) {
	kase, want, ok := strings.Cut(info.Name(), "-")
	if !ok || info.IsDir() || len(want) != digestLength {
		return false, nil
	}
	if done, err := over(ctx, kase); err != nil || !done {
		return false, err
	}
	p := t.path(path.Join(shells, info.Name()))
	if info.Size() > 0 {
		if err := empty(share, p, want); err != nil {
			return false, bare(err)
		}
		if now, err := share.Stat(p); err != nil || now.Size() > 0 {
			return false, bare(err)
		}
	}
	if err := share.Chmod(p, 0o666); err != nil { // a read-only file is not removed
		return false, bare(err)
	}
	if err := clear(share, p); err != nil {
		return false, err
	}
	return true, nil
}

// digestLength is the length of a SHA-256 in hexadecimal.
const digestLength = 64
