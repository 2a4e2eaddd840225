package smb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// shells is the folder, at the share's beginning, of the files that were taken away,
// emptied. The library can set neither when a file was made nor that it is hidden, and
// cannot list its other streams; an emptied file keeps them all, with its list of what
// is audited, until its content comes back.
const shells = "~brevvagt"

// shell is the emptied file of a case. Its name tells by which content it may be emptied.
func (t *Tree) shell(r *swap.Receipt, kase string) string {
	return t.path(path.Join(shells, kase+"-"+r.SHA256))
}

// aside takes the file away and keeps its shell. Where there can be none (another
// volume, a list that lets us not write) the file is removed, unless it has marks that
// would be lost.
func (t *Tree) aside(share *smb2.Share, r *swap.Receipt, kase string) error {
	p, shell := t.path(r.Path), t.shell(r, kase)
	if r.ReadOnly {
		if err := share.Chmod(p, 0o666); err != nil {
			return bare(err)
		}
	}
	err := unheld(func() error { return t.move(share, p, shell) })
	if err == nil {
		if err = bare(share.Truncate(shell, 0)); err == nil || errors.Is(t.broken(err), walk.ErrOffline) {
			t.unsure.Store(err != nil)
			return err
		}
		if r.Marked {
			// It goes back to where it was, which nobody has taken in this moment.
			return errors.Join(ErrMarks, err, bare(share.Rename(shell, p)), readOnly(share, p, r))
		}
		return clear(share, shell)
	}
	switch {
	case errors.Is(t.broken(err), walk.ErrOffline):
		t.unsure.Store(true)
		return err
	case errors.Is(err, fs.ErrNotExist):
		return swap.ErrChanged
	case errors.Is(err, swap.ErrBusy):
		return errors.Join(err, readOnly(share, p, r))
	case r.Marked:
		return errors.Join(ErrMarks, err, readOnly(share, p, r))
	}
	return t.remove(share, r)
}

// readOnly gives a file its mark back.
func readOnly(share *smb2.Share, p string, r *swap.Receipt) error {
	if !r.ReadOnly {
		return nil
	}
	return bare(share.Chmod(p, 0o444))
}

// move gives a file its place among the shells, whose folder is made if need be.
func (t *Tree) move(share *smb2.Share, p, shell string) error {
	err := bare(share.Rename(p, shell))
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, gone := share.Stat(p); gone != nil {
		return bare(gone)
	}
	if err := share.Mkdir(t.path(shells), 0o777); err != nil {
		return bare(err)
	}
	return bare(share.Rename(p, shell))
}

// unheld does something again to a file that somebody has open: it may have been our
// own reader, which does not wait for the server's word when it closes.
func unheld(do func() error) (err error) {
	for try := range removeTries {
		if err = do(); !errors.Is(err, swap.ErrBusy) {
			return err
		}
		time.Sleep(time.Duration(try+1) * 20 * time.Millisecond)
	}
	return err
}

// emptied empties what a connection that was lost left among the shells as it was: a
// file whose content has the digest in its name was sealed before it came there. What
// somebody else put there stays, and so does what cannot be looked at now.
func (t *Tree) emptied(share *smb2.Share) {
	if !t.unsure.Swap(false) {
		return
	}
	list, err := share.ReadDir(t.path(shells))
	if err != nil {
		t.unsure.Store(!errors.Is(err, fs.ErrNotExist))
		return
	}
	for _, info := range list {
		_, want, ok := strings.Cut(info.Name(), "-")
		if !ok || info.IsDir() || info.Size() == 0 {
			continue
		}
		p := t.path(path.Join(shells, info.Name()))
		if err := empty(share, p, want); err != nil {
			t.unsure.Store(true)
		}
	}
}

// empty empties a file whose content has a digest.
func empty(share *smb2.Share, p, want string) error {
	f, err := share.Open(p)
	if err != nil {
		return err
	}
	sum, err := digest(f)
	if err = errors.Join(err, f.Close()); err != nil || sum != want {
		return err
	}
	return share.Truncate(p, 0)
}

// vessel is the empty file into which content is put back: the shell, what an earlier
// try made of it, or a new file.
func (t *Tree) vessel(share *smb2.Share, temp string, r *swap.Receipt, kase string) (f *smb2.File, err error) {
	if _, err := share.Stat(temp); errors.Is(err, fs.ErrNotExist) {
		err = share.Rename(t.shell(r, kase), temp)
		if errors.Is(err, fs.ErrNotExist) {
			return share.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		}
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	if err := share.Chmod(temp, 0o666); err != nil {
		return nil, err
	}
	if f, err = share.OpenFile(temp, os.O_RDWR, 0); err != nil {
		return nil, err
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// back keeps the vessel of a try that failed for the next one.
func (t *Tree) back(share *smb2.Share, temp string, r *swap.Receipt, kase string) error {
	err := share.Chmod(temp, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = share.Truncate(temp, 0)
	}
	if err == nil {
		err = t.move(share, temp, t.shell(r, kase))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("its shell: %w", bare(err)), clear(share, temp))
	}
	return nil
}
