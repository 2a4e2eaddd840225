package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bodgit/sevenzip"
	"github.com/nwaples/rardecode/v2"

	"brevvagt/document"
)

// SevenZip reads 7z archives.
type SevenZip struct{}

// Name is the format's name.
func (SevenZip) Name() string { return "7z" }

// Match knows 7z by its first bytes.
func (SevenZip) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c"))
}

// Read hands on each file.
func (SevenZip) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	return guard(func() error { return read7z(u, in) })
}

// guard turns a panic of a library on a malformed archive into the error that it
// should have been.
func guard(read func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errMalformed // what the panic says may quote content
		}
	}()
	return read()
}

var errMalformed = errors.New("malformed archive")

func read7z(u *unpacker, in document.Input) error {
	r, err := sevenzip.NewReader(bytes.NewReader(in.Data), int64(len(in.Data)))
	if in.Passwords != nil {
		r, err = unlock7z(u, in)
	}
	if err != nil {
		if isEncrypted7z(err) {
			return fmt.Errorf("7z header: %w", document.ErrEncrypted)
		}
		return fmt.Errorf("7z header: %w", err)
	}
	for _, f := range r.File {
		if err := u.next(); err != nil {
			return finish(err)
		}
		if f.FileInfo().IsDir() {
			u.name(f.Name)
			continue
		}
		file, err := f.Open()
		if err != nil {
			u.refuse(f.Name, why(err), "")
			continue
		}
		err = u.member(f.Name, false, file)
		if err := finish(errors.Join(err, file.Close())); err != nil {
			return err
		}
	}
	return nil
}

// unlock7z opens an archive with the first password that reads its smallest file.
func unlock7z(u *unpacker, in document.Input) (*sevenzip.Reader, error) {
	for _, word := range in.Passwords {
		if err := u.ctx.Err(); err != nil {
			return nil, err
		}
		r, err := sevenzip.NewReaderWithPassword(bytes.NewReader(in.Data), int64(len(in.Data)), word)
		if err == nil && opens(u.ctx, r.File) {
			return r, nil
		}
	}
	return nil, document.ErrEncrypted
}

func opens(ctx context.Context, files []*sevenzip.File) bool {
	var least *sevenzip.File
	for _, f := range files {
		if f.UncompressedSize > 0 && (least == nil || f.UncompressedSize < least.UncompressedSize) {
			least = f
		}
	}
	if least == nil || least.UncompressedSize > maxUnlocked {
		return false
	}
	file, err := least.Open()
	if err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, io.LimitReader(&stoppable{ctx, file}, maxUnlocked))
	return errors.Join(err, file.Close()) == nil && uint64(n) == least.UncompressedSize
}

func isEncrypted7z(err error) bool {
	var value sevenzip.ReadError
	if errors.As(err, &value) {
		return value.Encrypted
	}
	var pointer *sevenzip.ReadError
	return errors.As(err, &pointer) && pointer.Encrypted
}

// Rar reads rar archives of versions 1.5 to 5.
type Rar struct{}

// Name is the format's name.
func (Rar) Name() string { return "rar" }

// Match knows rar by its first bytes.
func (Rar) Match(head []byte, _ string) bool { return bytes.HasPrefix(head, []byte("Rar!\x1a\x07")) }

// Read hands on each file. Further volumes of a split archive are not at hand, so
// what goes on there is a gap.
func (Rar) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	return guard(func() error { return readRar(u, in) })
}

func readRar(u *unpacker, in document.Input) error {
	options := []rardecode.Option{rardecode.MaxDictionarySize(maxMemory)}
	if in.Passwords != nil {
		word, ok := unlockRar(u, in)
		if !ok {
			return document.ErrEncrypted
		}
		options = append(options, rardecode.Password(word))
	}
	r, err := rardecode.NewReader(bytes.NewReader(in.Data), options...)
	if err != nil {
		return rarError(err)
	}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return rarError(err)
		}
		if err := u.next(); err != nil {
			return finish(err)
		}
		switch {
		case h.IsDir:
			u.name(h.Name)
		case (h.Encrypted || h.HeaderEncrypted) && in.Passwords == nil:
			u.refuse(h.Name, document.Encrypted, "")
		default:
			if err := u.member(h.Name, false, r); err != nil {
				return finish(err)
			}
		}
	}
}

// unlockRar gives the password with which the first encrypted file can be read.
func unlockRar(u *unpacker, in document.Input) (string, bool) {
	for _, word := range in.Passwords {
		if u.ctx.Err() != nil {
			return "", false
		}
		r, err := rardecode.NewReader(bytes.NewReader(in.Data), rardecode.MaxDictionarySize(maxMemory), rardecode.Password(word))
		if err != nil {
			continue
		}
		for h, err := r.Next(); err == nil; h, err = r.Next() {
			if h.IsDir || !h.Encrypted && !h.HeaderEncrypted {
				continue
			}
			// The checksum stands behind the whole file.
			if n, err := io.Copy(io.Discard, io.LimitReader(&stoppable{u.ctx, r}, maxUnlocked)); err == nil && n < maxUnlocked {
				return word, true
			}
			break
		}
	}
	return "", false
}

func rarError(err error) error {
	if isEncryptedRar(err) {
		return fmt.Errorf("rar header: %w", document.ErrEncrypted)
	}
	return fmt.Errorf("rar header: %w", err)
}

func isEncryptedRar(err error) bool {
	return errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) || errors.Is(err, rardecode.ErrBadPassword)
}
