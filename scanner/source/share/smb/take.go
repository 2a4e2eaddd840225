package smb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// Errors for which a file stays where it is.
var (
	// ErrMarks: the library sets no attribute but read-only, and there can be no shell.
	ErrMarks = errors.New("the file is hidden, a system file or encrypted by its server, and that would not come back: the account needs full control")
	// ErrRights: what cannot be set on the note could not be set on the file later.
	ErrRights = errors.New("the account may not give a file its owner and access list back: it needs full control and the right to restore files")
)

// kept is what is kept of a security descriptor. The list of what is audited needs a
// right of its own, and comes from the folder anew.
const kept = smb2.OwnerSecurityInformation | smb2.GroupSecurityInformation | smb2.DACLSecurityInformation

// Attributes of files, see [MS-FSCC] 2.6.
const (
	readOnlyBit  = 0x1
	hiddenBit    = 0x2
	systemBit    = 0x4
	encryptedBit = 0x4000
)

// sharingViolation is the answer when another program has the file open.
const sharingViolation = 0xC0000043

// with does something over the connection there is.
func (t *Tree) with(ctx context.Context, do func(*smb2.Share) error) (err error) {
	share, on, err := t.use(ctx)
	if err != nil {
		return err
	}
	defer unpanicked(&err, func() { t.dropped(on) })
	if err = do(share); err != nil {
		return t.failed(on, err)
	}
	return nil
}

// bare is an error without its path, which may hold a number; that another program has
// the file open is ErrBusy of package swap.
func bare(err error) error {
	var answer *smb2.ResponseError
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &answer) && answer.Code == sharingViolation:
		return swap.ErrBusy
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// Describe writes down what a file is beside its content; root is the share's name in
// the receipt. What the library cannot set is kept in the file's shell.
func (t *Tree) Describe(ctx context.Context, root, p, sha256 string) (r *swap.Receipt, err error) {
	err = t.with(ctx, func(share *smb2.Share) error {
		f, err := share.Open(t.path(p))
		if err != nil {
			return bare(err)
		}
		defer f.Close()
		st, err := stat(f)
		if err != nil {
			return err
		}
		r = &swap.Receipt{Root: root, Path: p, Size: st.EndOfFile, SHA256: sha256, MTime: st.LastWriteTime.UnixNano(), ATime: st.LastAccessTime.UnixNano(),
			ReadOnly: st.FileAttributes&readOnlyBit != 0, Marked: st.FileAttributes&(hiddenBit|systemBit|encryptedBit) != 0}
		r.SD, err = f.SecurityInfoRaw(kept)
		return bare(err)
	})
	return r, err
}

func stat(f *smb2.File) (st *smb2.FileStat, err error) {
	var info os.FileInfo
	if err := again(func() error { info, err = f.Stat(); return err }); err != nil {
		return nil, bare(err)
	}
	st, ok := info.Sys().(*smb2.FileStat)
	if !ok {
		return nil, ErrAnswer
	}
	return st, nil
}

// Take leaves a note and takes away a file whose content is safe elsewhere. It does
// nothing when the file is not as it was seen, or is open in another program: the
// server removes nothing that is. The note has the file's owner and access list, so
// that whoever could read the file can read it. A change that is written and closed in
// the moment between the last look and the removal is lost with the file.
func (t *Tree) Take(ctx context.Context, r *swap.Receipt, seen walk.Entry, note swap.Note) error {
	return t.with(ctx, func(share *smb2.Share) error {
		t.emptied(share)
		if err := t.still(share, r.Path, seen); err != nil {
			return err
		}
		if t.marked(share, r.Path) {
			return swap.ErrBusy
		}
		as, old, err := t.leave(share, r, note)
		if err != nil {
			return err
		}
		if err = t.still(share, r.Path, seen); err == nil {
			err = t.aside(share, r, note.Case)
		}
		if err == nil || errors.Is(t.broken(err), walk.ErrOffline) { // the file may be gone
			return err
		}
		if old {
			if there := t.there(share, r.Path); errors.Is(there, fs.ErrNotExist) {
				return nil
			} else if there != nil {
				return err
			}
		}
		return errors.Join(err, bare(share.Remove(t.path(as))))
	})
}

// there is nil when a file lies in its place and can be opened. Beside a note of an
// earlier try that was cut off, a file that cannot be is one that the server is about
// to remove for that try: the note belongs to it.
func (t *Tree) there(share *smb2.Share, p string) error {
	f, err := share.Open(t.path(p))
	if err != nil {
		return bare(err)
	}
	return bare(f.Close())
}

// still fails when a file is not as it was seen.
func (t *Tree) still(share *smb2.Share, p string, seen walk.Entry) error {
	f, err := share.Open(t.path(p))
	if errors.Is(err, fs.ErrNotExist) {
		return swap.ErrChanged
	}
	if err != nil {
		return bare(err)
	}
	defer f.Close()
	st, err := stat(f)
	if err == nil && !entry(st).Same(seen) {
		err = swap.ErrChanged
	}
	return err
}

// marked reports whether an editor's mark of an open document lies beside a file.
func (t *Tree) marked(share *smb2.Share, p string) bool {
	dir, name := path.Split(p)
	for _, mark := range swap.Marks(name) {
		if info, err := share.Stat(t.path(dir + mark)); err == nil && time.Since(info.ModTime()) < swap.MarkAge {
			return true
		}
	}
	return false
}

// leave puts the note beside the file and reports where, and whether it is of an
// earlier try.
func (t *Tree) leave(share *smb2.Share, r *swap.Receipt, note swap.Note) (as string, old bool, err error) {
	dir, name := path.Split(r.Path)
	for try := range swap.NoteTries {
		as = dir + swap.NoteName(name, try)
		f, err := share.OpenFile(t.path(as), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			there, err := t.text(share, as)
			switch {
			case err != nil:
				return "", false, fmt.Errorf("cannot read what has the note's name: %w", err)
			case note.In(there):
				return as, true, nil // of a try that was cut off
			case there == nil, !strings.HasPrefix(note.Text, string(there)):
				continue // somebody else's
			}
		}
		if errors.Is(err, fs.ErrExist) {
			f, err = share.OpenFile(t.path(as), os.O_RDWR|os.O_TRUNC, 0o666) // half of ours
		}
		if err != nil {
			return "", false, fmt.Errorf("cannot write the note: %w", bare(err))
		}
		if err := fill(share, f, t.path(as), r.SD, strings.NewReader(note.Text)); err != nil {
			return "", false, errors.Join(fmt.Errorf("cannot write the note: %w", err), bare(share.Remove(t.path(as))))
		}
		return as, false, nil
	}
	return "", false, errors.New("cannot write the note: every name for it is taken")
}

// maxNote bounds what is read of a note, in bytes.
const maxNote = 64 << 10

// text is what a note says; nil where there is none that can be read. The only error is
// that of the connection.
func (t *Tree) text(share *smb2.Share, as string) (data []byte, err error) {
	f, err := share.Open(t.path(as))
	if err == nil {
		defer f.Close()
		data, err = io.ReadAll(io.LimitReader(f, maxNote))
	}
	if err = t.broken(bare(err)); errors.Is(err, walk.ErrOffline) || errors.Is(err, swap.ErrBusy) || errors.Is(err, context.Canceled) {
		return nil, err
	}
	return data, nil
}

// fill gives a new file its owner and access list and then its content, which thus is
// never open to more people than it was, and closes it.
func fill(share *smb2.Share, f *smb2.File, p string, sd []byte, content io.Reader) error {
	if err := share.SetSecurityInfoRaw(p, kept, descriptor(sd)); err != nil {
		err = bare(err)
		var answer *smb2.ResponseError
		if errors.As(err, &answer) || errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: %w", ErrRights, err)
		}
		return errors.Join(err, bare(f.Close()))
	}
	_, err := io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{content}, make([]byte, writeBytes))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(bare(err), bare(f.Close()))
}

// writeBytes is how much is written at once.
const writeBytes = 1 << 20

// descriptor is a security descriptor on its way back. What was inherited stays marked
// as such only when the server is asked for it ([MS-DTYP] 2.4.6, DACL Computed and
// Inheritance Required).
type descriptor []byte

func (d descriptor) Size() int { return len(d) }

func (d descriptor) Encode(b []byte) {
	const inherited, required = 0x0400, 0x0100
	if copy(b, d); len(d) < 4 {
		return
	}
	if control := binary.LittleEndian.Uint16(b[2:]); control&inherited != 0 {
		binary.LittleEndian.PutUint16(b[2:], control|required)
	}
}

// removeTries is how often a file is asked for that somebody has open.
const removeTries = 4

// remove takes the file away without a shell; it is not marked read-only any more.
func (t *Tree) remove(share *smb2.Share, r *swap.Receipt) error {
	p := t.path(r.Path)
	err := unheld(func() error { return bare(share.Remove(p)) })
	if err == nil {
		return nil
	}
	err = errors.Join(err, readOnly(share, p, r))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return swap.ErrChanged
	case errors.Is(err, swap.ErrBusy):
		return err
	}
	return fmt.Errorf("cannot remove the file: %w", err)
}

// unnote takes the note of a case away, whatever it was called.
func (t *Tree) unnote(share *smb2.Share, r *swap.Receipt, note swap.Note) error {
	dir, name := path.Split(r.Path)
	for try := range swap.NoteTries {
		as := dir + swap.NoteName(name, try)
		there, err := t.text(share, as)
		switch {
		case err != nil:
			return fmt.Errorf("its note: %w", err)
		case note.In(there):
			return bare(share.Remove(t.path(as)))
		}
	}
	return nil
}
