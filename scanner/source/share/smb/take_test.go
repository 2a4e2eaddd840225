package smb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

var note = swap.Note{Case: "01SAG", Text: "Denne fil er sat i karantæne, sag 01SAG"}

// put is a file on a server, as somebody left it there.
type put struct {
	s    *peertest.Samba
	path string // below the share
	text string
}

func (p *put) at() string { return filepath.Join(p.s.Dir, p.path) }

func newPut(t *testing.T, s *peertest.Samba, path, text string) *put {
	t.Helper()
	p := &put{s, path, text}
	write(t, s, path, text, 0o640)
	must(t, os.Chown(p.at(), 1234, 4321))
	must(t, os.Chtimes(p.at(), time.Unix(1_700_000_000, 500), time.Unix(1_600_000_000, 123_456_700)))
	return p
}

// seen is the file as a scan sees it, with its receipt as the case keeps it.
func (p *put) seen(t *testing.T, tree *Tree) (walk.Entry, *swap.Receipt) {
	t.Helper()
	_, e := read(t, tree, p.path)
	sum := sha256.Sum256([]byte(p.text))
	r, err := tree.Describe(t.Context(), `\\fil\deling\`, p.path, hex.EncodeToString(sum[:]))
	must(t, err)
	data, err := r.Encode()
	must(t, err)
	r, err = swap.Decode(data)
	must(t, err)
	return e, r
}

func (p *put) names(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(p.at()))
	must(t, err)
	var names []string
	for _, e := range entries {
		if e.Name() != shells {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

// facts are what the disk below the server says of a file.
type facts struct {
	mode, uid, gid uint32
	mtime          syscall.Timespec
}

func (p *put) facts(t *testing.T) facts {
	t.Helper()
	var st syscall.Stat_t
	must(t, syscall.Stat(p.at(), &st))
	return facts{st.Mode, st.Uid, st.Gid, st.Mtim}
}

// list gives a file an access list of Windows' own, with somebody who may read it only.
func (p *put) list(t *testing.T, tree *Tree) {
	t.Helper()
	must(t, tree.with(t.Context(), func(share *smb2.Share) error {
		sd, err := share.SecurityInfoRaw(tree.path(p.path), kept)
		if err != nil {
			return err
		}
		at := binary.LittleEndian.Uint32(sd[16:])
		length, entries := binary.LittleEndian.Uint16(sd[at+2:]), binary.LittleEndian.Uint16(sd[at+4:])
		old := sd[at+8 : at+uint32(length)]
		// ACCESS_ALLOWED_ACE for S-1-5-21-1-2-3-1104 to read ([MS-DTYP] 2.4.4.2).
		ace := []byte{0, 0, 36, 0, 0xa9, 0, 0x12, 0, 1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x50, 4, 0, 0}
		acl := binary.LittleEndian.AppendUint16([]byte{2, 0}, length+36)
		acl = append(binary.LittleEndian.AppendUint16(acl, entries+1), 0, 0)
		acl = append(append(acl, old...), ace...)
		with := append(bytes.Clone(sd), acl...)
		binary.LittleEndian.PutUint32(with[16:], uint32(len(sd)))
		return share.SetSecurityInfoRaw(tree.path(p.path), smb2.DACLSecurityInformation, descriptor(with))
	}))
	must(t, os.Chtimes(p.at(), time.Unix(1_700_000_000, 500), time.Unix(1_600_000_000, 123_456_700)))
}

// sameAccess reports whether two descriptors have the same owner and group, and lists
// with the same entries ([MS-DTYP] 2.4.6).
func sameAccess(a, b []byte) bool {
	entries := func(sd []byte) (list []string) {
		at := binary.LittleEndian.Uint32(sd[16:])
		rest := sd[at+8 : at+uint32(binary.LittleEndian.Uint16(sd[at+2:]))]
		for len(rest) > 0 {
			n := binary.LittleEndian.Uint16(rest[2:])
			list = append(list, string(rest[:n]))
			rest = rest[n:]
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	sid := func(sd []byte, field int) string {
		at := binary.LittleEndian.Uint32(sd[field:])
		return string(sd[at : at+8+4*uint32(sd[at+1])])
	}
	return sid(a, 4) == sid(b, 4) && sid(a, 8) == sid(b, 8) && slices.Equal(entries(a), entries(b))
}

func (p *put) restore(ctx context.Context, tree *Tree, r *swap.Receipt) error {
	return tree.Restore(ctx, r, note.Case, strings.NewReader(p.text))
}

// TestTakenAndPutBack: content, owner, mode, times and access list come back as they
// were, from a server that keeps modes and from one that keeps Windows' own lists.
func TestTakenAndPutBack(t *testing.T) {
	for name, c := range map[string]struct {
		lines  []string
		signed bool
		lists  bool
	}{
		"encryption required":         {[]string{"server smb encrypt = required"}, false, false},
		"signed, with access lists":   {[]string{"server smb encrypt = off", "vfs objects = acl_xattr"}, true, true},
		"encrypted, and access lists": {[]string{"server smb encrypt = required", "vfs objects = acl_xattr"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, c.lines...)
			cfg := config(s)
			cfg.Signed = c.signed
			tree := open(t, cfg)
			p := newPut(t, s, "sager & co/æøå sag.txt", "CPR-nr. 070761-4285\n"+strings.Repeat("Vi har modtaget din ansøgning. ", 100_000))
			if c.lists {
				p.list(t, tree)
			}
			for _, readOnly := range []bool{false, true} {
				if readOnly {
					must(t, tree.with(t.Context(), func(share *smb2.Share) error { return share.Chmod(tree.path(p.path), 0o444) }))
				}
				before := p.facts(t)
				seen, r := p.seen(t, tree)
				same := bytes.Equal
				if !c.lists { // a Samba that keeps modes has the owner's entries twice afterwards
					same = sameAccess
					before.mode &^= 0o070 // and shows the mask of its list there
				}
				if r.ReadOnly != readOnly {
					t.Fatalf("read-only: %v", r.ReadOnly)
				}
				must(t, tree.Take(t.Context(), r, seen, note))
				if got := p.names(t); got != "æøå sag.txt.brevvagt.txt" {
					t.Fatalf("after taking: %s", got)
				}
				text, _ := read(t, tree, p.path+".brevvagt.txt")
				noted := &put{s, p.path + ".brevvagt.txt", text}
				_, of := noted.seen(t, tree)
				if text != note.Text || !same(of.SD, r.SD) {
					t.Errorf("the note %q is of %x, the file of %x", text, of.SD, r.SD)
				}
				for range 2 { // a second time does no harm
					must(t, p.restore(t.Context(), tree, r))
				}
				if got := p.names(t); got != "æøå sag.txt" {
					t.Fatalf("after putting back: %s", got)
				}
				back, err := os.ReadFile(p.at())
				must(t, err)
				after := p.facts(t)
				if !c.lists {
					after.mode &^= 0o070
				}
				if string(back) != p.text || after != before {
					t.Errorf("%d of %d bytes came back, as %+v, were %+v", len(back), len(p.text), after, before)
				}
				if _, now := p.seen(t, tree); !same(now.SD, r.SD) || now.ReadOnly != readOnly || now.MTime != r.MTime {
					t.Errorf("came back as %+v, was %+v", now, r)
				}
			}
		})
	}
}

// TestWhatStays: a file that changed, that somebody has open or that an editor has
// marked stays; so does a file that has come into the place of one that was taken, and
// somebody else's note.
func TestWhatStays(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	tree, other := open(t, config(s)), open(t, config(s))
	p := newPut(t, s, "sag.docx", "CPR-nr. 070761-4285")
	seen, r := p.seen(t, tree)
	stays := func(what string, want error) {
		t.Helper()
		if err := tree.Take(t.Context(), r, seen, note); !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
		if got := p.names(t); strings.Contains(got, "brevvagt") || !strings.Contains(got, "sag.docx") {
			t.Errorf("%s: left behind %s", what, got)
		}
	}
	held, err := other.Open(t.Context(), p.path)
	must(t, err)
	stays("a file that another machine has open", swap.ErrBusy)
	must(t, held.Close())
	other.closing.Wait()
	write(t, s, "~$sag.docx", "\x07Testperson", 0o644)
	stays("a file that Word marks", swap.ErrBusy)
	must(t, os.Remove(filepath.Join(s.Dir, "~$sag.docx")))
	wrong := seen
	wrong.CTime--
	if err := tree.Take(t.Context(), r, wrong, note); !errors.Is(err, swap.ErrChanged) {
		t.Errorf("a file that changed: %v", err)
	}
	write(t, s, "sag.docx.brevvagt.txt", "min egen", 0o600)
	must(t, tree.Take(t.Context(), r, seen, note))
	if got := p.names(t); got != "sag.docx.2.brevvagt.txt sag.docx.brevvagt.txt" {
		t.Fatalf("beside somebody else's note: %s", got)
	}
	write(t, s, "sag.docx", "CPR-nr. 070761-4286", 0o644)
	if err := p.restore(t.Context(), tree, r); !errors.Is(err, swap.ErrTaken) {
		t.Errorf("another file in its place: %v", err)
	}
	must(t, os.Truncate(p.at(), 0))
	if err := p.restore(t.Context(), tree, r); !errors.Is(err, swap.ErrTaken) {
		t.Errorf("an empty file in its place: %v", err)
	}
	must(t, os.Remove(p.at()))
	if err := tree.Restore(t.Context(), r, note.Case, strings.NewReader("noget andet")); err == nil {
		t.Error("other content was put back")
	}
	must(t, p.restore(t.Context(), tree, r))
	if got := p.names(t); got != "sag.docx sag.docx.brevvagt.txt" {
		t.Errorf("at last: %s", got)
	}
	must(t, tree.with(t.Context(), func(share *smb2.Share) error { return share.Remove("sag.docx.brevvagt.txt") }))
}

// TestWithoutTheRight: what could not be given back to its owner is not taken.
func TestWithoutTheRight(t *testing.T) {
	dir := t.TempDir()
	for d := dir; d != "/"; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && info.Mode().Perm()&0o001 == 0 {
			must(t, os.Chmod(d, info.Mode().Perm()|0o011))
		}
	}
	s := server(t, "server smb encrypt = required", "[andres]", "path = "+dir, "read only = no")
	must(t, os.Chmod(dir, 0o777))
	must(t, os.WriteFile(filepath.Join(dir, "sag.txt"), []byte("CPR-nr. 070761-4285"), 0o666))
	must(t, os.Chmod(filepath.Join(dir, "sag.txt"), 0o666))
	cfg := config(s)
	cfg.Share = "andres"
	tree := open(t, cfg)
	_, seen := read(t, tree, "sag.txt")
	r, err := tree.Describe(t.Context(), `\\fil\andres\`, "sag.txt", "")
	must(t, err)
	if err := tree.Take(t.Context(), r, seen, note); !errors.Is(err, ErrRights) {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "sag.txt" {
		t.Errorf("%v, %v", entries, err)
	}
}

// cutter stands between us and a server, and hangs up after a number of questions: the
// answer to the last of them is lost.
type cutter struct {
	net.Listener
	to   string
	left atomic.Int64 // questions until the end; below 0 for ever
	do   func()       // done before the last question is passed on, instead of the end
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &cutter{Listener: l, to: to}
	c.left.Store(-1)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	return c
}

// message reads one message with its length before it.
func message(r io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	data := make([]byte, 4+binary.BigEndian.Uint32(head))
	copy(data, head)
	_, err := io.ReadFull(r, data[4:])
	return data, err
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	go func() { // a question may have several answers: at first, that it takes a while
		defer client.Close()
		for {
			answer, err := message(server)
			if err != nil {
				return
			}
			if cut.Load() {
				continue
			}
			if _, err := client.Write(answer); err != nil {
				return
			}
		}
	}()
	for {
		m, err := message(client)
		if err != nil {
			return
		}
		left := c.left.Add(-1)
		if left < 0 {
			c.left.Store(-1)
		}
		if left == 0 && c.do != nil {
			c.do()
			left = -1
		}
		cut.Store(left == 0)
		if _, err := server.Write(m); err != nil {
			return
		}
		if left == 0 {
			time.Sleep(5 * time.Millisecond) // for the server to do it, most likely
			return
		}
	}
}

// settled does something until the server has let go of what a lost connection held.
func settled(t *testing.T, do func() error) {
	t.Helper()
	err := do()
	for end := time.Now().Add(time.Minute); err != nil && time.Now().Before(end); err = do() {
		time.Sleep(20 * time.Millisecond)
	}
	must(t, err)
}

// TestRemovedForAnEarlierTry: the server removes the file for a try that was cut off
// while the next one is at work, before whatever question: the note stays.
func TestRemovedForAnEarlierTry(t *testing.T) {
	s := server(t, "server smb encrypt = required", "strict sync = no")
	c := newCutter(t, s.Addr)
	cfg := config(s)
	straight := open(t, cfg)
	cfg.Server = c.Addr().String()
	p := newPut(t, s, "sag/liste.txt", "CPR-nr. 070761-4285")
	c.do = func() {
		if err := os.Remove(p.at()); err != nil && !errors.Is(err, os.ErrNotExist) { // or taken by now
			t.Error(err)
		}
	}
	gone := 0
	for n := int64(1); ; n++ {
		seen, r := p.seen(t, straight)
		must(t, straight.with(t.Context(), func(share *smb2.Share) error {
			_, _, err := straight.leave(share, r, note)
			return err
		}))
		tree, err := Open(t.Context(), cfg)
		must(t, err)
		c.left.Store(n)
		took := tree.Take(t.Context(), r, seen, note)
		ended := c.left.Swap(-1) > 0
		must(t, tree.Close())
		if got := p.names(t); got != "liste.txt.brevvagt.txt" {
			t.Fatalf("removed before question %d (%v): %s", n, took, got)
		}
		if took != nil && !errors.Is(took, swap.ErrChanged) {
			t.Errorf("removed before question %d: %v", n, took)
		}
		must(t, p.restore(t.Context(), straight, r))
		if ended {
			break
		}
		gone++
	}
	if gone < 10 {
		t.Errorf("removed before %d questions", gone)
	}
}

// TestCutOffAtEachQuestion: whatever question the connection is lost at, the file lies
// in its place or the note does, nothing is overwritten, and a second try ends it.
func TestCutOffAtEachQuestion(t *testing.T) {
	s := server(t, "server smb encrypt = required", "strict sync = no") // hundreds of files
	c := newCutter(t, s.Addr)
	cfg := config(s)
	straight := open(t, cfg)
	cfg.Server = c.Addr().String()
	p := newPut(t, s, "sag/liste.txt", "CPR-nr. 070761-4285"+strings.Repeat("x", 100_000))
	whole := func() bool { data, err := os.ReadFile(p.at()); return err == nil && string(data) == p.text }
	cuts := 0
	for n := int64(1); ; n++ {
		before := p.facts(t)
		seen, r := p.seen(t, straight)
		tree, err := Open(t.Context(), cfg)
		must(t, err)
		c.left.Store(n)
		took := tree.Take(t.Context(), r, seen, note)
		c.left.Store(-1)
		must(t, tree.Close())
		if took != nil && !whole() && !strings.Contains(p.names(t), "liste.txt.brevvagt.txt") {
			t.Fatalf("cut off at question %d: %s", n, p.names(t))
		}
		settled(t, func() error {
			if !whole() {
				return nil // also once the server has let go of what was removed
			}
			return straight.Take(t.Context(), r, seen, note)
		})
		if got := p.names(t); got != "liste.txt.brevvagt.txt" {
			t.Fatalf("taken after a cut at question %d: %s", n, got)
		}

		tree, err = Open(t.Context(), cfg)
		must(t, err)
		c.left.Store(n)
		put := p.restore(t.Context(), tree, r)
		c.left.Store(-1)
		must(t, tree.Close())
		if info, err := os.Stat(p.at()); err == nil && info.Size() != 0 && !whole() {
			t.Fatalf("half a file in its place after a cut at question %d", n)
		}
		if put != nil {
			cuts++
			settled(t, func() error { return p.restore(t.Context(), straight, r) })
		}
		// A note that the lost connection has removed goes when the server lets go of it.
		settled(t, func() error {
			if names := p.names(t); names != "liste.txt" {
				return fmt.Errorf("at question %d (%v, %v): %s", n, took, put, names)
			}
			return nil
		})
		after := p.facts(t)
		before.mode, after.mode = before.mode&^0o070, after.mode&^0o070
		if left := shellsOf(t, s); left != "" {
			t.Fatalf("after a cut at question %d there are shells: %s", n, left)
		}
		if p.names(t) != "liste.txt" || !whole() || after != before {
			t.Fatalf("put back after a cut at question %d: %s, whole %v, %+v, was %+v", n, p.names(t), whole(), after, before)
		}
		if _, now := p.seen(t, straight); !sameAccess(now.SD, r.SD) {
			t.Fatalf("the access list after a cut at question %d: %x", n, now.SD)
		}
		if took == nil && put == nil {
			break
		}
	}
	if cuts < 15 {
		t.Errorf("only %d cuts", cuts)
	}
	t.Logf("%d cuts", cuts)
}
