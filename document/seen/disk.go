package seen

import (
	"cmp"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// Disk keeps results between runs, one file each. A file's name is a keyed digest
// of the content and the version, its bytes are sealed with XChaCha20-Poly1305 under
// a key of the installation: without that key the folder tells how many results
// there are, how large and from when, and nothing else.
//
// A file is written aside and renamed; nothing waits for the disk. After a crash a
// torn file does not open, is taken for unknown and goes.
type Disk struct {
	dir  string
	aead cipher.AEAD
	keep time.Duration
	max  int64

	mu      sync.Mutex // guards the fields below and sweeping
	written int64      // since the last sweep
	swept   time.Time
}

// DiskConfig says what to keep. Zero fields take the default in brackets.
type DiskConfig struct {
	Dir    string
	Secret []byte        // of the installation, at least 32 bytes
	Keep   time.Duration // from the day of reading [720 h]
	Max    int64         // bytes of all files [256 MiB]
}

// OpenDisk makes the folder if need be and takes away what is too old.
func OpenDisk(cfg DiskConfig) (*Disk, error) {
	if len(cfg.Secret) < 32 {
		return nil, errors.New("the cache of readings needs a secret of 32 bytes")
	}
	aead, err := chacha20poly1305.NewX(derive(cfg.Secret, "seal"))
	if err != nil {
		return nil, fmt.Errorf("cannot seal the cache of readings: %w", err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the cache of readings: %w", err)
	}
	if cfg.Keep <= 0 {
		cfg.Keep = 30 * 24 * time.Hour
	}
	if cfg.Max <= 0 {
		cfg.Max = 256 << 20
	}
	d := &Disk{dir: cfg.Dir, aead: aead, keep: cfg.Keep, max: cfg.Max}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweep(time.Now())
	return d, nil
}

// derive makes a key for one purpose of the secret.
func derive(secret []byte, purpose string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("brevvagt seen " + purpose))
	return m.Sum(nil)
}

const (
	whole   = ".seen"
	partial = ".part" // being written
)

func (d *Disk) path(key [32]byte) string {
	name := hex.EncodeToString(key[:])
	return filepath.Join(d.dir, name[:2], name[2:]+whole)
}

// get opens an entry. What is damaged, too old or not ours is a miss and goes.
func (d *Disk) get(key [32]byte, now time.Time) ([]byte, bool) {
	path := d.path(key)
	sealed, err := readBounded(path, 2*maxEntry)
	if err != nil {
		return nil, false
	}
	packed, when, ok := d.open(key, sealed)
	if !ok || now.Sub(when) > d.keep || when.Sub(now) > time.Hour {
		_ = os.Remove(path)
		return nil, false
	}
	return packed, true
}

func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%d bytes", info.Size())
	}
	return os.ReadFile(path)
}

func (d *Disk) open(key [32]byte, sealed []byte) (packed []byte, when time.Time, ok bool) {
	n := d.aead.NonceSize()
	if len(sealed) < n {
		return nil, when, false
	}
	plain, err := d.aead.Open(nil, sealed[:n], sealed[n:], key[:])
	if err != nil || len(plain) < 8 {
		return nil, when, false
	}
	return plain[8:], time.Unix(int64(binary.BigEndian.Uint64(plain)), 0), true
}

// put writes an entry. A disk that is full or gone costs a second reading, no more.
func (d *Disk) put(key [32]byte, packed []byte, now time.Time) {
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now.Unix())), packed...)
	nonce := make([]byte, d.aead.NonceSize())
	rand.Read(nonce) // never fails, see crypto/rand
	sealed := d.aead.Seal(nonce, nonce, plain, key[:])
	path := d.path(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), "*"+partial) // 0600
	if err != nil {
		return
	}
	_, err = f.Write(sealed)
	if err = cmp.Or(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.written += int64(len(sealed)); d.written > d.max/8 || now.Sub(d.swept) > time.Hour {
		d.sweep(now)
	}
}

// file is one entry as a sweep sees it.
type file struct {
	path string
	size int64
	when time.Time
}

// sweep takes away what is too old and, oldest first, what is too much; it leaves
// room for what comes until the next sweep.
func (d *Disk) sweep(now time.Time) {
	d.written, d.swept = 0, now
	files := entriesIn(d.dir)
	slices.SortFunc(files, func(a, b file) int { return cmp.Or(b.when.Compare(a.when), strings.Compare(a.path, b.path)) })
	kept := int64(0)
	for _, f := range files {
		age := now.Sub(f.when)
		stale := strings.HasSuffix(f.path, partial) && age > time.Hour
		if kept += f.size; stale || age > d.keep || kept > d.max-d.max/8 {
			kept -= f.size
			_ = os.Remove(f.path) // gone already, or tried again at the next sweep
		}
	}
}

func entriesIn(dir string) (files []file) {
	// A folder that cannot be listed has nothing that could be taken away.
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || !strings.HasSuffix(path, whole) && !strings.HasSuffix(path, partial) {
			return nil
		}
		if info, err := e.Info(); err == nil {
			files = append(files, file{path, info.Size(), info.ModTime()})
		}
		return nil
	})
	return files
}

// Usage counts the entries of a folder and their bytes.
func Usage(dir string) (entries int, bytes int64) {
	for _, f := range entriesIn(dir) {
		if strings.HasSuffix(f.path, whole) {
			entries++
			bytes += f.size
		}
	}
	return entries, bytes
}
