//go:build !norclone

package rclone

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"brevvagt/internal/peertest"
)

// cutter stands before a server and ends a connection once the server has said so many
// bytes more, as a server does that is killed at that point and started again.
type cutter struct {
	addr string
	left atomic.Int64
	said atomic.Int64
}

const uncut = 1 << 40

func newCutter(t *testing.T, server string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	c := &cutter{addr: l.Addr().String()}
	c.left.Store(uncut)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(in, server)
		}
	}()
	return c
}

func (c *cutter) serve(in net.Conn, server string) {
	out, err := net.Dial("tcp", server)
	if err != nil {
		in.Close()
		return
	}
	end := func() { in.Close(); out.Close() }
	go func() {
		defer end()
		_, _ = io.Copy(out, in)
	}()
	defer end()
	buf := make([]byte, 4<<10)
	for {
		n, err := out.Read(buf)
		c.said.Add(int64(n))
		left := c.left.Add(-int64(n))
		if _, wrong := in.Write(buf[:max(0, min(int64(n), left+int64(n)))]); err != nil || wrong != nil || left <= 0 {
			if left <= 0 {
				c.left.Store(uncut)
			}
			return
		}
	}
}

// TestAListingThatIsCutOff: a server that is killed while it lists says nothing of what
// it has not listed, wherever that was.
func TestAListingThatIsCutOff(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		const cuts = 8
		files := 60 // of which this server tells slowly
		if kind == "sftp" {
			files = 400 // several answers
		}
		for i := range files {
			s.Fill(fmt.Sprintf("sager/brev%04d.txt", i), "a")
		}
		c := newCutter(t, s.Addr)
		if kind == "sftp" {
			host, err := os.ReadFile(s.KnownHosts)
			must(t, err)
			_, from, _ := strings.Cut(s.Addr, ":")
			_, to, _ := strings.Cut(c.addr, ":")
			s.KnownHosts = filepath.Join(t.TempDir(), "known_hosts")
			must(t, os.WriteFile(s.KnownHosts, []byte(strings.Replace(string(host), ":"+from+" ", ":"+to+" ", 1)), 0o600))
		}
		s.Addr = c.addr
		tree := open(t, setup(s, kind))
		list := func() (int, error) {
			l, err := tree.List(t.Context(), "sager")
			return len(l.Entries), err
		}
		before := c.said.Load()
		n, err := list()
		must(t, err)
		if n != files {
			t.Fatalf("%d files listed", n)
		}
		whole, failed := c.said.Load()-before, 0
		for i := range cuts {
			c.left.Store(whole * int64(i) / cuts)
			n, err := list()
			if err != nil {
				failed++
			} else if n != files {
				t.Errorf("cut after %d of %d bytes, %d of %d files are taken for all", whole*int64(i)/cuts, whole, n, files)
			}
			c.left.Store(uncut)
		}
		if n, err := list(); err != nil || n != files {
			t.Errorf("afterwards %d files are listed, %v", n, err)
		}
		t.Logf("%d of %d listings that were cut off failed, the others were made anew", failed, cuts)
	})
}
