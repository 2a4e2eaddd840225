package release

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"brevvagt/scanner/source/gateway/postfix"
)

// Keep makes the desk remember across restarts which mails it was asked to release,
// as empty files in dir: Postfix forgets a mail once it is delivered, and only this
// memory tells "delivered" from "deleted by somebody". Entries older than 30 days are
// removed. Without it the memory is the process's.
func (d *Desk) Keep(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("memory of releases: %w", err)
	}
	d.journal.dir = dir
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("memory of releases: %w", err)
	}
	for _, e := range entries {
		fi, err := e.Info()
		if err == nil && time.Since(fi.ModTime()) > 30*24*time.Hour && postfix.CheckID(e.Name()) == nil {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

// journal remembers ids. add notes the wish before it is carried out; before tells
// whether it was noted by an earlier call.
type journal struct {
	dir string

	mu    sync.Mutex
	count map[string]int
}

func (j *journal) add(id string) error { return j.addAll([]string{id}) }

// addAll notes several wishes with one wait for the disk.
func (j *journal) addAll(ids []string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.count == nil {
		j.count = map[string]int{}
	}
	made := false
	for _, id := range ids {
		if j.dir == "" {
			j.count[id]++
			continue
		}
		f, err := os.OpenFile(filepath.Join(j.dir, id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			j.count[id] = max(j.count[id], 1) + 1
			continue
		}
		if err == nil {
			err = f.Close() // it is empty: the folder's own sync keeps it
		}
		if err != nil {
			return fmt.Errorf("memory of releases: %w", err) // what was noted says no more than "asked"
		}
		j.count[id], made = 1, true
	}
	if !made {
		return nil
	}
	if err := syncDir(j.dir); err != nil {
		return fmt.Errorf("memory of releases: %w", err)
	}
	return nil
}

func (j *journal) before(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.count[id] > 1
}

// has reports whether the wish was ever noted.
func (j *journal) has(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dir == "" {
		return j.count[id] > 0
	}
	_, err := os.Stat(filepath.Join(j.dir, id))
	return err == nil
}

// forget takes back a wish that could not be carried out because the mail was
// gone before it.
func (j *journal) forget(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.count, id)
	if j.dir != "" {
		_ = os.Remove(filepath.Join(j.dir, id))
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
