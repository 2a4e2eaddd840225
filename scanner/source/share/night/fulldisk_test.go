package night

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/scanner/source/share/state"
)

// TestFullDisk scans until the database's own small disk is full: that is an error that
// says so, what was done stays done, and with room again the rest is done and nothing
// twice in effect. It needs root; as somebody else it is skipped, and fails under CI=true.
func TestFullDisk(t *testing.T) {
	r := newRig(t)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a small disk: %v", err)
		}
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	r.db = filepath.Join(disk, "scan.db")
	const files = 1200
	for i := range files {
		text := fmt.Sprint("referat ", i)
		if i%100 == 0 {
			text += " CPR-nr. " + number(i)
		}
		r.write(fmt.Sprintf("%d/%d.txt", i%12, i), text)
	}
	db := r.open()
	s, sh := r.scanner(db, "en")
	if _, err := s.Run(t.Context(), sh, night, t.Context()); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("on a full disk: %v", err)
	}
	must(t, db.Close())
	must(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT, "size=64m"))
	r.now = later(time.Hour) // what could not be given back is free again
	db = r.open()
	s, sh = r.scanner(db, "to")
	run, err := s.Run(t.Context(), sh, night, t.Context())
	must(t, err)
	if run.Stage != state.Finished || run.Seen != files || len(hits(t, db)) != files/100 || len(unread(t, db)) != 0 {
		t.Errorf("with room again: %+v, %d with findings, %d unread", run, len(hits(t, db)), len(unread(t, db)))
	}
	if _, judged := r.scan(db); judged != 0 {
		t.Errorf("%d files are judged again the next night", judged)
	}
}
