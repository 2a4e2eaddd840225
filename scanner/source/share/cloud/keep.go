package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// noteEnding is what the note in a file's place is called after the file's name.
const noteEnding = ".brevvagt.txt"

// maxNote bounds what is read of a note, in bytes.
const maxNote = 64 << 10

// Take leaves a note and takes the file away, if it still is as it was seen. No
// storage lets us do both at once: a change in the moment between the last look and
// the removal is lost with the file, except in the storage's own recycle bin. The
// note names the case, so that Restore and a second Take know it.
func (t *Tree) Take(ctx context.Context, r *swap.Receipt, seen walk.Entry, note swap.Note) error {
	path, text, gone := r.Path, note.Text, false
	still := func() error {
		now, err := t.stat(ctx, path)
		gone = errors.Is(err, walk.ErrGone)
		if err == nil && !now.Same(seen) || gone {
			err = swap.ErrChanged
		}
		return err
	}
	if err := still(); err != nil {
		return err
	}
	ours, there, err := t.isNote(ctx, path+noteEnding, note.Case)
	if err != nil {
		return err
	}
	if there && !ours {
		return fmt.Errorf("the note's place: %w", swap.ErrTaken)
	}
	if !there { // else it is ours, of a try that was cut off
		if err := t.put(ctx, path+noteEnding, strings.NewReader(text), int64(len(text)), t.cfg.Now().UnixNano()); err != nil {
			return err
		}
	}
	if err := still(); there && gone {
		return nil // the storage removed it for the try that was cut off
	} else if err != nil {
		return errors.Join(err, t.remove(ctx, path+noteEnding))
	}
	return t.remove(ctx, path)
}

// Restore puts a file back and takes its note away. Another file in its place is
// ErrTaken of package swap, unless it is the very file. Who could read the file is
// the storage's to say: a new file inherits from its folder.
func (t *Tree) Restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	there, same, err := t.lies(ctx, r)
	switch {
	case err != nil:
		return err
	case there && !same:
		return swap.ErrTaken
	case !there:
		if err := t.put(ctx, r.Path, content, r.Size, r.MTime); err != nil {
			return err
		}
		if _, same, err = t.lies(ctx, r); err != nil || !same {
			return errors.Join(errors.New("the file did not come back as it was"), err)
		}
	}
	ours, _, err := t.isNote(ctx, r.Path+noteEnding, kase)
	if err == nil && ours {
		err = t.remove(ctx, r.Path+noteEnding)
	}
	return err
}

// isNote reports whether something lies in a note's place, and whether it is ours.
func (t *Tree) isNote(ctx context.Context, path, kase string) (ours, there bool, err error) {
	f, err := t.Open(ctx, path)
	if errors.Is(err, walk.ErrGone) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxNote))
	return strings.Contains(string(data), kase), true, err
}

// lies reports whether something has the file's name, and whether it is the file.
func (t *Tree) lies(ctx context.Context, r *swap.Receipt) (there, same bool, err error) {
	f, err := t.Open(ctx, r.Path)
	if errors.Is(err, walk.ErrGone) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return true, false, err
	}
	return true, hex.EncodeToString(h.Sum(nil)) == r.SHA256, nil
}

func (t *Tree) remove(ctx context.Context, path string) error {
	_, err := t.do(ctx, frame.Remove, frame.Question{Path: path}, func(frame.Frame) error { return nil })
	if errors.Is(err, walk.ErrGone) {
		return nil // an earlier try took it, and its answer was lost
	}
	return err
}

// put writes a file. It is not tried again here: half of the content may be gone.
func (t *Tree) put(ctx context.Context, path string, content io.Reader, size, mtime int64) error {
	var a frame.Answer
	facts := func(f frame.Frame) error { return f.Decode(&a) }
	h, err := t.do(ctx, frame.Create, frame.Question{Path: path, Size: size, MTime: mtime}, facts)
	if err != nil {
		return err
	}
	lot := make([]byte, 4+chunkBytes)
	binary.BigEndian.PutUint32(lot, a.Handle)
	handle := a.Handle
	for {
		n, readErr := io.ReadFull(content, lot[4:])
		if n > 0 {
			if err := h.ask(ctx, t.cfg.Timeout, frame.Write, lot[:4+n], func(frame.Frame) error { return nil }); err != nil {
				return t.named(path, explain(err))
			}
		}
		if errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF) {
			break
		}
		if readErr != nil {
			_ = h.out.SendJSON(frame.Close, 0, frame.Question{Handle: handle})
			return readErr
		}
	}
	return t.named(path, explain(h.ask(ctx, t.cfg.Timeout, frame.Commit, frame.Question{Handle: handle}, facts)))
}
