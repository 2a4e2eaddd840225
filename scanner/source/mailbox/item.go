package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
)

// The tries that a mail gets before it is reported as unread, and the waits between
// them: 8 tries over about two hours.
const (
	maxTries  = 8
	firstWait = 30 * time.Second
	lastWait  = time.Hour
)

// unknownRecipient stands for recipients that a sent mail does not name: somebody
// got it, and nothing says that it was one of ours.
const unknownRecipient = "ukendt-modtager@ukendt.invalid"

// receipt is what it takes to find a mail again.
type receipt struct {
	Account   string `json:"account"`
	Folder    string `json:"folder"`
	Identity  string `json:"identity"`
	MessageID string `json:"message_id,omitempty"`
}

// item fetches one mail, has it judged, and records what was done. An error is one
// of the connection; whatever is wrong with the mail alone is put off.
func (v *visit) item(ctx context.Context, c folders.Choice, f *book.Folder, it book.Item) error {
	content, cut, err := v.fetch(ctx, it)
	if ctx.Err() != nil {
		return ctx.Err() // we are the ones who end it
	}
	if err != nil {
		// The server may fail on this very mail: it must not be the first one again.
		return errors.Join(err, v.putOff(ctx, c, f, it))
	}
	if content == nil {
		return v.missing(ctx, c, f, it)
	}
	defer v.w.memory.Release(min(int64(len(content)), v.w.Memory))
	head := parseHeader(content)
	id := head.identity(v.w.Book)
	role := roleOf(c.Role)
	known, err := v.w.Book.Known(ctx, f.Account, role, id)
	if err != nil {
		return err
	}
	if known != nil {
		return v.w.Book.Same(ctx, f, it.UID, id)
	}
	out, err := v.judge(ctx, v.asItem(c, it, head, id, content, cut))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.w.Log.ErrorContext(ctx, "mail not scanned", "account", v.a.Name, "role", c.Role, "uid", it.UID, "error", err)
		return v.putOff(ctx, c, f, it)
	}
	v.w.Crash("item:judged")
	h := &book.Handled{Account: f.Account, Role: role, Identity: id, Verdict: string(out.Verdict.Action), CaseID: out.CaseID}
	if c.Role == folders.Sent && out.CaseID != "" && v.a.Quarantine != "" {
		h.Move = book.MoveWanted
	}
	if c.Role != folders.Sent && v.a.Notices != "" {
		if why := reasons(&out); len(why) > 0 {
			h.Notice, h.About = warning(why, c, it.Received), about(v.w.Book, head.fields["message-id"], string(c.Role), it.Received, why)
		}
	}
	if err := v.w.Book.Record(ctx, f, it.UID, h); err != nil {
		return err
	}
	v.w.Crash("item:recorded")
	return nil
}

// roleOf is the role under which a mail is remembered: drafts and outbox are one,
// since a mail goes from the one to the other unchanged.
func roleOf(r folders.Role) string {
	if r == folders.Outbox {
		r = folders.Drafts
	}
	return string(r)
}

// judge runs the handler, with not too many at once.
func (v *visit) judge(ctx context.Context, it scanner.Item) (out scanner.Outcome, err error) {
	if err := v.w.workers.Acquire(ctx, 1); err != nil {
		return out, err
	}
	defer v.w.workers.Release(1)
	return v.handle(ctx, it)
}

// asItem is the mail as the pipeline takes it.
func (v *visit) asItem(c folders.Choice, it book.Item, head header, id string, content []byte, cut int64) scanner.Item {
	back, err := json.Marshal(receipt{v.a.Name, c.Name, id, head.fields["message-id"]})
	if err != nil { // strings always encode
		back = nil
	}
	item := scanner.Item{Source: DraftSource, ID: v.a.Name + "/" + roleOf(c.Role) + "/" + id, Name: "mail.eml",
		Received: it.Received, Content: content, Cut: cut, Receipt: back, Authenticated: true}
	if item.Received.IsZero() {
		item.Received = v.w.Now()
	}
	if c.Role == folders.Sent {
		item.Source, item.Left = Source, true
		if item.To = head.redirected(); len(item.To) == 0 && !head.recipients() {
			item.To = []string{unknownRecipient}
		}
	}
	if len(item.To) > 0 {
		item.From = head.from()
	}
	return item
}

// fetch reads a mail into memory by way of the spool. content is nil when the server
// does not give it. The caller gives the memory back.
func (v *visit) fetch(ctx context.Context, it book.Item) (content []byte, cut int64, err error) {
	sp := &spool{dir: v.w.Spool}
	defer sp.close()
	n, found, more, err := v.s.Body(ctx, it.UID, it.Size, v.a.MaxBytes, sp)
	if err != nil || !found {
		return nil, 0, err
	}
	if err := v.w.memory.Acquire(ctx, min(n, v.w.Memory)); err != nil {
		return nil, 0, err
	}
	content, err = sp.bytes()
	if err != nil || standIn(content) {
		v.w.memory.Release(min(n, v.w.Memory))
		return nil, 0, err
	}
	if more {
		cut = max(it.Size-n, 1)
	}
	return content, cut, nil
}

// missing is for a mail that the server did not give: it is gone, or the server
// fails on it.
func (v *visit) missing(ctx context.Context, c folders.Choice, f *book.Folder, it book.Item) error {
	there, err := v.s.Exists(ctx, it.UID)
	if err != nil {
		return errors.Join(err, v.putOff(ctx, c, f, it))
	}
	if there {
		return v.putOff(ctx, c, f, it)
	}
	v.w.Log.InfoContext(ctx, "mail left the folder before it was read", "account", v.a.Name, "role", c.Role, "uid", it.UID)
	return v.w.Book.Close(ctx, f, it.UID, book.Gone)
}

// putOff tries a mail again later, or reports it.
func (v *visit) putOff(ctx context.Context, c folders.Choice, f *book.Folder, it book.Item) error {
	ctx = context.WithoutCancel(ctx)
	if it.Attempts+1 >= maxTries {
		v.w.Log.ErrorContext(ctx, "mail could not be read and was not checked", "account", v.a.Name, "role", c.Role, "uid", it.UID, "tries", it.Attempts+1)
		return v.w.Book.Close(ctx, f, it.UID, book.Unread)
	}
	wait := min(firstWait<<it.Attempts, lastWait)
	if v.w.Backoff < time.Second {
		wait = v.w.Backoff << it.Attempts // tests are in a hurry
	}
	return v.w.Book.Later(ctx, f, it.UID, v.w.Now().Add(wait))
}

// smallMail is what is kept in memory while it comes in, in bytes.
const smallMail = 1 << 20

// spool takes a mail as fast as the server sends it: memory for a small one, a file
// without a name for a large one.
type spool struct {
	dir  string
	buf  bytes.Buffer
	file *os.File
}

// Write adds to the mail.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.buf.Len()+len(p) <= smallMail {
		return s.buf.Write(p)
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "mail-*")
		if err != nil {
			return 0, err
		}
		s.file = f
		// The file goes with the process, whatever happens to it.
		if err := os.Remove(f.Name()); err != nil {
			return 0, err
		}
		if _, err := f.Write(s.buf.Bytes()); err != nil {
			return 0, err
		}
		s.buf = bytes.Buffer{}
	}
	return s.file.Write(p)
}

func (s *spool) bytes() ([]byte, error) {
	if s.file == nil {
		return append([]byte{}, s.buf.Bytes()...), nil
	}
	size, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	content := make([]byte, size)
	if _, err := s.file.ReadAt(content, 0); err != nil {
		return nil, fmt.Errorf("cannot read the spool: %w", err)
	}
	return content, nil
}

func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
	}
}
