package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"brevvagt/scanner/source/mailbox/folders"
)

var (
	errSpool = errors.New("the mail could not be written to the spool")
	errShort = errors.New("the mail ended before its announced length")
)

// Namespaces are the prefixes of a server's folder trees.
type Namespaces struct {
	Personal, Others []string // Others: of other people, and shared
}

// maxFolders bounds a listing.
const maxFolders = 20000

// Folders lists all folders and the namespaces, where the server tells them.
func (s *Session) Folders(ctx context.Context) ([]folders.Folder, Namespaces, error) {
	var ns Namespaces
	if s.Has("NAMESPACE") {
		err := s.do(ctx, "ask for the namespaces", s.cfg.Timeout, small, func() error {
			data, err := s.client.Namespace().Wait()
			if err != nil {
				return err
			}
			for _, d := range data.Personal {
				ns.Personal = append(ns.Personal, d.Prefix)
			}
			for _, d := range append(data.Other, data.Shared...) {
				ns.Others = append(ns.Others, d.Prefix)
			}
			return nil
		})
		if err != nil && !Refused(err) {
			return nil, ns, err
		}
	}
	var options *imap.ListOptions
	if s.Has("LIST-EXTENDED") && s.Has("SPECIAL-USE") {
		options = &imap.ListOptions{ReturnSpecialUse: true}
	}
	list, err := s.list(ctx, options)
	if Refused(err) && options != nil {
		list, err = s.list(ctx, nil) // announced and yet refused
	}
	return list, ns, err
}

func (s *Session) list(ctx context.Context, options *imap.ListOptions) ([]folders.Folder, error) {
	var list []folders.Folder
	err := s.do(ctx, "list the folders", s.cfg.Timeout, small, func() error {
		cmd := s.client.List("", "*", options)
		for d := cmd.Next(); d != nil; d = cmd.Next() {
			if len(list) == maxFolders {
				continue
			}
			f := folders.Folder{Name: d.Mailbox}
			if d.Delim != 0 {
				f.Delimiter = string(d.Delim)
			}
			for _, a := range d.Attrs {
				f.Attrs = append(f.Attrs, string(a))
			}
			list = append(list, f)
		}
		return cmd.Close()
	})
	return list, err
}

// State is what a folder says of itself when it is opened.
type State struct {
	UIDValidity uint32
	UIDNext     uint32 // 0: not told
	Messages    uint32
	ModSeq      uint64 // 0: not told
}

// Open opens a folder: to look only (nothing can change by it), or to move from it.
func (s *Session) Open(ctx context.Context, name string, lookOnly bool) (State, error) {
	condStore := s.Has("CONDSTORE") && !s.noCondStore
	st, err := s.open(ctx, name, lookOnly, condStore)
	if Refused(err) && condStore {
		// Some servers announce CONDSTORE and answer BAD to it.
		if st, err = s.open(ctx, name, lookOnly, false); err == nil {
			s.noCondStore = true
		}
	}
	return st, err
}

func (s *Session) open(ctx context.Context, name string, lookOnly, condStore bool) (st State, err error) {
	err = s.do(ctx, "open the folder", s.cfg.Timeout, small, func() error {
		data, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: lookOnly, CondStore: condStore}).Wait()
		if err != nil {
			return err
		}
		st = State{UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), Messages: data.NumMessages, ModSeq: data.HighestModSeq}
		return nil
	})
	if err == nil && st.UIDValidity == 0 {
		return st, errors.New("the folder has no UIDVALIDITY: its mails cannot be told apart")
	}
	return st, err
}

// Entry is one mail in a listing.
type Entry struct {
	UID      uint32
	Received time.Time // INTERNALDATE, zero when unknown
	Size     int64     // as the server says; it may be wrong
	Deleted  bool
}

// List tells each of the folder's mails whose UID is at least from; changedSince
// leaves out those that have not changed since (0: none). each is called within the
// exchange and must be quick.
func (s *Session) List(ctx context.Context, from uint32, changedSince uint64, each func(Entry)) error {
	return s.listMails(ctx, from, &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true, ChangedSince: changedSince}, each)
}

// ListNumbers is List for a server whose dates or sizes cannot be read: the entries
// have nothing but their number.
func (s *Session) ListNumbers(ctx context.Context, from uint32, each func(Entry)) error {
	return s.listMails(ctx, from, &imap.FetchOptions{UID: true}, each)
}

func (s *Session) listMails(ctx context.Context, from uint32, what *imap.FetchOptions, each func(Entry)) error {
	if s.noCondStore {
		what.ChangedSince = 0
	}
	// 2 GiB: a listing of 10 million mails. Each line is bounded on its own.
	return s.do(ctx, "list the mails", 10*s.cfg.Timeout, 2<<30, func() error {
		set := imap.UIDSet{imap.UIDRange{Start: imap.UID(max(from, 1)), Stop: 0}}
		cmd := s.client.Fetch(set, what)
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			if e := entry(m); e.UID >= from { // "5:*" names the last mail even when it is 3
				each(e)
			}
		}
		return cmd.Close()
	})
}

func entry(m *imapclient.FetchMessageData) (e Entry) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch x := item.(type) {
		case imapclient.FetchItemDataUID:
			e.UID = uint32(x.UID)
		case imapclient.FetchItemDataInternalDate:
			e.Received = x.Time
		case imapclient.FetchItemDataRFC822Size:
			e.Size = x.Size
		case imapclient.FetchItemDataFlags:
			for _, f := range x.Flags {
				e.Deleted = e.Deleted || f == imap.FlagDeleted
			}
		}
	}
	return e
}

// Exists reports whether the open folder still lists a mail.
func (s *Session) Exists(ctx context.Context, uid uint32) (found bool, err error) {
	err = s.do(ctx, "look for a mail", s.cfg.Timeout, small, func() error {
		cmd := s.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true})
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			found = found || entry(m).UID == uid
		}
		return cmd.Close()
	})
	return found, err
}

// slice is how much of a mail is asked for at once: what must arrive within the
// library's own five minutes for one string, at less than a quarter of a megabit.
const slice = 8 << 20

// Body copies a mail to w without marking it read, at most limit bytes of it. size is
// what the server says of its length, which may be wrong. It returns how many bytes
// were copied and whether the server gave the mail at all; more says that the mail
// is longer than limit.
func (s *Session) Body(ctx context.Context, uid uint32, size, limit int64, w io.Writer) (n int64, found, more bool, err error) {
	for {
		ask := min(int64(slice), limit-n+1)
		got, ok, err := s.part(ctx, uid, n, ask, w, limit-n)
		if err != nil {
			return n, false, false, err
		}
		last := ask > limit-n
		n += min(got, limit-n)
		switch {
		case !ok && n < size, !ok && n == 0:
			return n, false, false, nil // gone, perhaps between two slices
		case !ok, got == 0:
			return n, true, false, nil
		case got >= ask && last:
			return n, true, true, nil
		case got < ask && n >= size:
			return n, true, false, nil
		}
	}
}

// part copies one slice of a mail, at most keep bytes of it, and returns how many
// bytes the server gave.
func (s *Session) part(ctx context.Context, uid uint32, from, ask int64, w io.Writer, keep int64) (got int64, found bool, err error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: from, Size: ask}}
	// A slice of 8 MB gets five minutes more than a command.
	within := s.cfg.Timeout + 5*time.Minute*time.Duration(ask)/slice
	err = s.do(ctx, "fetch a mail", within, ask+small, func() error {
		cmd := s.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			isOurs := false
			for item := m.Next(); item != nil; item = m.Next() {
				switch x := item.(type) {
				case imapclient.FetchItemDataUID:
					isOurs = uint32(x.UID) == uid
				case imapclient.FetchItemDataBodySection:
					if !isOurs || x.Literal == nil || found {
						continue
					}
					found = true
					var err error
					if got, err = spool(w, x.Literal, keep); err != nil {
						// What is still to come is of no use. The library reads on beside us
						// once a literal has ended, so nothing more may be asked of this one.
						s.wire.Close()
						if errors.Is(err, errSpool) {
							_, _ = io.Copy(io.Discard, x.Literal)
						}
						return err
					}
				}
			}
		}
		return cmd.Close()
	})
	return got, found, err
}

// spool copies a literal at once, since the server waits meanwhile. A connection
// that ends within a literal looks to the library like the literal's end.
func spool(w io.Writer, lit imap.LiteralReader, keep int64) (int64, error) {
	n, err := io.Copy(&atMost{w, keep}, lit)
	if errors.Is(err, errSpool) {
		return n, err
	}
	if err != nil || n < lit.Size() {
		return n, fmt.Errorf("%w: %d of %d bytes", errShort, n, lit.Size())
	}
	return n, nil
}

// atMost passes the first bytes on and swallows the rest.
type atMost struct {
	w    io.Writer
	left int64
}

// Write never fails for what it swallows.
func (a *atMost) Write(p []byte) (int, error) {
	pass := p[:min(int64(len(p)), max(a.left, 0))]
	n, err := a.w.Write(pass)
	a.left -= int64(n)
	if err != nil {
		return n, fmt.Errorf("%w: %w", errSpool, err)
	}
	return len(p), nil
}
