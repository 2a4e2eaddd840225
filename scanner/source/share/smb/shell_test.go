package smb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/swap"
)

// shellsOf lists the emptied files on a share with their sizes.
func shellsOf(t *testing.T, s *peertest.Samba) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.Dir, shells))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		list = append(list, fmt.Sprintf("%s:%d", e.Name(), info.Size()))
	}
	return strings.Join(list, " ")
}

// windows does to a file what only a program on Windows does, with Samba's own client.
func windows(t *testing.T, s *peertest.Samba, do string) {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	must(t, err)
	login := filepath.Join(t.TempDir(), "login")
	must(t, os.WriteFile(login, []byte("username = "+s.User+"\npassword = "+s.Password+"\n"), 0o600))
	out, err := exec.Command("smbclient", "//"+host+"/deling", "-p", port, "-A", login, "-m", "SMB3", "-c", do).CombinedOutput()
	if err != nil || strings.Contains(string(out), "NT_STATUS") {
		t.Fatalf("smbclient: %v\n%s", err, out)
	}
}

const zone = "[ZoneTransfer]\r\nZoneId=3\r\n"

// stream writes a further stream of a file, and reads it.
func (p *put) stream(t *testing.T, tree *Tree, text string) (got string) {
	t.Helper()
	must(t, tree.with(t.Context(), func(share *smb2.Share) error {
		name := tree.path(p.path) + ":Zone.Identifier"
		if text != "" {
			return share.WriteFile(name, []byte(text), 0o666)
		}
		data, err := share.ReadFile(name)
		got = string(data)
		return err
	}))
	return got
}

func (p *put) stat(t *testing.T, tree *Tree) (st *smb2.FileStat) {
	t.Helper()
	must(t, tree.with(t.Context(), func(share *smb2.Share) error {
		f, err := share.Open(tree.path(p.path))
		if err != nil {
			return err
		}
		defer f.Close()
		st, err = stat(f)
		return err
	}))
	return st
}

// TestMarksAndStreamsComeBack: when a file was made, that it is hidden or a system file,
// and what Windows keeps beside its content, come back with it.
func TestMarksAndStreamsComeBack(t *testing.T) {
	s := server(t, "server smb encrypt = required", "vfs objects = acl_xattr streams_xattr", "store dos attributes = yes")
	tree := open(t, config(s))
	for _, mode := range []string{"", "+h", "+hs", "+hsr"} {
		t.Run("setmode "+mode, func(t *testing.T) {
			p := newPut(t, s, "sager/sag"+mode+".docx", "CPR-nr. 070761-4285")
			p.stream(t, tree, zone)
			windows(t, s, `utimes "sager/sag`+mode+`.docx" 2009:03:04-05:06:07 2020:01:02-03:04:05 2019:01:02-03:04:05 -1`)
			if mode != "" {
				windows(t, s, `setmode "sager/sag`+mode+`.docx" `+mode)
			}
			before := p.stat(t, tree)
			if before.CreationTime.Year() != 2009 || before.FileAttributes&hiddenBit == 0 != (mode == "") {
				t.Fatalf("the server does not keep what is to come back: %+v", before)
			}
			seen, r := p.seen(t, tree)
			must(t, tree.Take(t.Context(), r, seen, note))
			if got, want := shellsOf(t, s), note.Case+"-"+r.SHA256+":0"; got != want {
				t.Fatalf("shells: %s, want %s", got, want)
			}
			if err := tree.Restore(t.Context(), r, note.Case, strings.NewReader("noget andet")); err == nil {
				t.Fatal("other content was put back")
			}
			must(t, p.restore(t.Context(), tree, r))
			after := p.stat(t, tree)
			text, _ := read(t, tree, p.path)
			const archive = 0x20 // set by every write, for programs that make copies
			if after.FileAttributes|archive != before.FileAttributes|archive || !after.CreationTime.Equal(before.CreationTime) ||
				!after.LastWriteTime.Equal(before.LastWriteTime) || after.LastAccessTime.UnixNano() != r.ATime {
				t.Errorf("came back as %+v, was %+v", after, before)
			}
			if got := p.stream(t, tree, ""); text != p.text || got != zone {
				t.Errorf("came back with %q and %q", text, got)
			}
			if got := shellsOf(t, s); got != "" {
				t.Errorf("shells are left: %s", got)
			}
			must(t, os.Remove(p.at()))
		})
	}
}

// TestWithoutShells: where no folder for shells can be made, a file is taken all the
// same, and comes back without what only a shell keeps; a hidden one stays.
func TestWithoutShells(t *testing.T) {
	s := server(t, "server smb encrypt = required", "store dos attributes = yes")
	tree := open(t, config(s))
	write(t, s, shells, "en fil", 0o600)
	for _, mode := range []string{"-h", "+h"} {
		p := newPut(t, s, "sag.docx", "CPR-nr. 070761-4285")
		windows(t, s, "setmode sag.docx "+mode)
		seen, r := p.seen(t, tree)
		err := tree.Take(t.Context(), r, seen, note)
		if mode == "+h" {
			if !errors.Is(err, ErrMarks) || p.names(t) != "sag.docx" {
				t.Errorf("a hidden file: %v, %s", err, p.names(t))
			}
			continue
		}
		must(t, err)
		if got := p.names(t); got != "sag.docx.brevvagt.txt" {
			t.Errorf("taken: %s", got)
		}
		must(t, p.restore(t.Context(), tree, r))
		if text, _ := read(t, tree, p.path); text != p.text || p.names(t) != "sag.docx" {
			t.Errorf("put back: %q, %s", text, p.names(t))
		}
	}
}

// TestShellsAreEmptied: what a lost connection left full among the shells is emptied
// with the next file that is taken; what is somebody's own is not.
func TestShellsAreEmptied(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	tree := open(t, config(s))
	p := newPut(t, s, "sag.docx", "CPR-nr. 070761-4285")
	seen, r := p.seen(t, tree)
	sum := sha256.Sum256([]byte("sag 2"))
	write(t, s, shells+"/02SAG-"+hex.EncodeToString(sum[:]), "sag 2", 0o600)
	write(t, s, shells+"/03SAG-"+hex.EncodeToString(sum[:])+"0", "sag 2", 0o600)
	write(t, s, shells+"/min-egen.txt", "min egen", 0o600)
	must(t, tree.Take(t.Context(), r, seen, note))
	want := fmt.Sprintf("%s-%s:0 02SAG-%x:0 03SAG-%x0:5 min-egen.txt:8", note.Case, r.SHA256, sum, sum)
	if got := shellsOf(t, s); got != want {
		t.Errorf("shells: %s\nwant: %s", got, want)
	}
	// Whoever throws the shells away loses what they keep, and not the file.
	must(t, os.RemoveAll(filepath.Join(s.Dir, shells)))
	must(t, p.restore(t.Context(), tree, r))
	if text, _ := read(t, tree, p.path); text != p.text {
		t.Errorf("%q", text)
	}
	if err := tree.Restore(t.Context(), &swap.Receipt{Root: r.Root, Path: "sag2.docx", SHA256: r.SHA256, SD: r.SD, Size: r.Size}, "04SAG", io.LimitReader(strings.NewReader(p.text), 3)); err == nil {
		t.Error("half a file was put back")
	}
}

// TestShellsOfClosedCasesGo: with a case that nobody will release any more its shell goes
// from the share, with its streams, hidden or not, full or not; that of a case that
// waits stays and brings its file back.
func TestShellsOfClosedCasesGo(t *testing.T) {
	s := server(t, "server smb encrypt = required", "vfs objects = acl_xattr streams_xattr", "store dos attributes = yes")
	tree := open(t, config(s))
	none := func(context.Context, string) (bool, error) { return true, nil }
	if n, err := tree.Sweep(t.Context(), none); n != 0 || err != nil {
		t.Fatalf("without a folder: %d, %v", n, err)
	}
	var left *swap.Receipt
	var waits *put
	for _, kase := range []string{"01VENTER", "02AFVIST", "03UDLOEBET"} {
		p := newPut(t, s, kase+".docx", "CPR-nr. 070761-4285")
		p.stream(t, tree, zone)
		windows(t, s, "setmode "+kase+".docx +hr")
		seen, r := p.seen(t, tree)
		must(t, tree.Take(t.Context(), r, seen, swap.Note{Case: kase, Text: "sat i karantæne, sag " + kase}))
		if kase == "01VENTER" {
			left, waits = r, p
		}
	}
	sum := hex.EncodeToString(make([]byte, sha256.Size))
	full := sha256.Sum256([]byte("sag 4"))
	write(t, s, shells+"/04AFBRUDT-"+hex.EncodeToString(full[:]), "sag 4", 0o600)
	write(t, s, shells+"/05FREMMED-"+sum, "", 0o600)     // of a case that we do not know
	write(t, s, shells+"/06SKREVET-"+sum, "ny", 0o600)   // somebody wrote into it
	write(t, s, shells+"/07-min egen.txt", "min", 0o600) // somebody's own
	failing := errors.New("the database is gone")
	if _, err := tree.Sweep(t.Context(), func(context.Context, string) (bool, error) { return false, failing }); !errors.Is(err, failing) {
		t.Errorf("a question without an answer: %v", err)
	}
	over := func(_ context.Context, kase string) (bool, error) {
		return kase != "01VENTER" && kase != "05FREMMED", nil
	}
	n, err := tree.Sweep(t.Context(), over)
	must(t, err)
	want := fmt.Sprintf("01VENTER-%s:0 05FREMMED-%s:0 06SKREVET-%s:2 07-min egen.txt:3", left.SHA256, sum, sum)
	if got := shellsOf(t, s); n != 3 || got != want {
		t.Errorf("%d removed, left: %s\nwant: %s", n, got, want)
	}
	must(t, tree.Restore(t.Context(), left, "01VENTER", strings.NewReader(waits.text)))
	if text, _ := read(t, tree, waits.path); text != waits.text || waits.stream(t, tree, "") != zone {
		t.Errorf("the file of the case that waited came back as %q", text)
	}
}
