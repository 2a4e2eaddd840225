package smb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/scanner/source/share/swap"
)

// Restore puts a file back as the receipt describes it and takes its note away. What
// stands in its place meanwhile is never overwritten: that is ErrTaken of package swap,
// unless it is the very file, put back before we were cut off.
//
// The library renames over what is there, whatever it is. So the name is taken first
// with an empty file, which nobody but us makes and which the whole file replaces.
func (t *Tree) Restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	note := swap.Note{Case: kase}
	return t.with(ctx, func(share *smb2.Share) error {
		dir, _ := path.Split(r.Path)
		temp := t.path(dir + "~brevvagt-" + kase + ".tmp")
		there, same, err := t.lies(share, r, temp)
		switch {
		case err != nil:
			return err
		case there && !same:
			return swap.ErrTaken
		case there:
			return t.unnote(share, r, note)
		}
		err = t.whole(share, temp, r, kase, content)
		if err == nil {
			err = into(share, temp, t.path(r.Path))
		}
		if err != nil {
			return errors.Join(err, t.back(share, temp, r, kase))
		}
		return t.unnote(share, r, note)
	})
}

// clear removes a file of ours, if there is one.
func clear(share *smb2.Share, p string) error {
	if err := share.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return bare(err)
	}
	return nil
}

// lies reports whether something has the file's name, and whether it is the file. An
// empty one beside our own half of the file is what an earlier try took the name with.
func (t *Tree) lies(share *smb2.Share, r *swap.Receipt, temp string) (there, same bool, err error) {
	f, err := share.Open(t.path(r.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, t.folder(share, r.Path)
	}
	if err != nil {
		return true, false, bare(err)
	}
	defer f.Close()
	st, err := stat(f)
	if err != nil {
		return true, false, err
	}
	if st.EndOfFile == 0 && r.Size > 0 {
		if _, err := share.Stat(temp); err == nil {
			err = errors.Join(bare(f.Close()), clear(share, t.path(r.Path)))
			return err != nil, false, err
		}
	}
	if st.EndOfFile != r.Size {
		return true, false, nil
	}
	sum, err := digest(f)
	return true, sum == r.SHA256, err
}

// digest is the SHA-256 of an open file, in hexadecimal.
func digest(f *smb2.File) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, writeBytes)); err != nil {
		return "", bare(err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// folder fails when the folder of a file is no longer there.
func (t *Tree) folder(share *smb2.Share, p string) error {
	dir, _ := path.Split(p)
	if _, err := share.Stat(t.path(dir)); err != nil {
		return fmt.Errorf("its folder: %w", bare(err))
	}
	return nil
}

// whole makes the file under another name, with all that it had.
func (t *Tree) whole(share *smb2.Share, temp string, r *swap.Receipt, kase string, content io.Reader) error {
	f, err := t.vessel(share, temp, r, kase)
	if err != nil {
		return fmt.Errorf("cannot write the file: %w", bare(err))
	}
	h := sha256.New()
	if err := fill(share, f, temp, r.SD, io.TeeReader(content, h)); err != nil {
		return fmt.Errorf("cannot write the file: %w", err)
	}
	if hex.EncodeToString(h.Sum(nil)) != r.SHA256 {
		return errors.New("the kept content is not what was taken away")
	}
	if err := share.Chtimes(temp, time.Unix(0, r.ATime), time.Unix(0, r.MTime)); err != nil {
		return fmt.Errorf("cannot set the file's times: %w", bare(err))
	}
	if err := readOnly(share, temp, r); err != nil {
		return fmt.Errorf("cannot mark the file read-only: %w", err)
	}
	return nil
}

// into gives the whole file its name.
func into(share *smb2.Share, temp, p string) error {
	f, err := share.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return swap.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("cannot take the file's name: %w", bare(err))
	}
	if err := f.Close(); err != nil {
		return bare(err)
	}
	if err := share.Rename(temp, p); err != nil {
		err = fmt.Errorf("cannot give the file its name: %w", bare(err))
		if info, gone := share.Stat(p); gone == nil && info.Size() == 0 { // else somebody wrote there meanwhile
			err = errors.Join(err, clear(share, p))
		}
		return err
	}
	return nil
}
