// Package rekey seals what is kept to a new set of keys: after a key was added, so that
// it opens what is older than itself, and after one was withdrawn, so that it opens
// nothing any more. It may be killed at any moment and goes on where it was.
//
// Each case is one step: its files are opened and sealed anew under other names, with
// other content keys; then one transaction puts the new names in place of the old ones,
// with a line in the ledger; then the old files are shredded. What a crash leaves behind
// belongs to no case and is shredded by the next run.
package rekey

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"brevvagt/internal/keylock"
	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"
)

// Config is what New needs; Now and Crash may be nil.
type Config struct {
	Store  *store.DB
	Vault  *vault.Vault
	Ledger *ledger.Ledger
	Locks  string // folder of the locks of cases, quarantine.Locks
	// Recipients are the keys of today, asked before each look and run; nil leaves the vault's.
	Recipients func(ctx context.Context) ([]age.Recipient, error)
	Now        func() time.Time
	// Crash is called at the named points between steps; tests end the process there.
	Crash func(point string)
}

// Keys seals anew. It is safe for concurrent use, also by several processes: one works,
// the others wait.
type Keys struct {
	Config
	locks *keylock.Locks // of the cases
	alone *keylock.Locks // of the run: keys of one folder share lock files
}

// New makes it.
func New(cfg Config) *Keys {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Crash == nil {
		cfg.Crash = func(string) {}
	}
	return &Keys{cfg, keylock.New(cfg.Locks), keylock.New(cfg.Locks + ".rekey")}
}

// Progress is how far a run is, in cases.
type Progress struct {
	Done   int
	Failed int // cases that this key does not open
	Total  int
}

// ErrClosed says that a key does not open some of what is kept.
var ErrClosed = errors.New("not everything could be opened with this key")

// stale picks the cases of which a file is not sealed to the set of keys $1.
const stale = ` FROM cases c WHERE c.vault_object <> '' AND EXISTS (
	SELECT 1 FROM (SELECT c.vault_object AS object UNION ALL SELECT object FROM case_pictures WHERE case_id = c.id UNION ALL SELECT object FROM case_values WHERE case_id = c.id) f
	WHERE NOT EXISTS (SELECT 1 FROM vault_seals s WHERE s.object = f.object AND s.keys = $1))`

// Left counts the cases whose content is kept, and those of them that are not sealed to
// the present set of keys.
func (k *Keys) Left(ctx context.Context) (left, kept int, err error) {
	if err := k.refresh(ctx); err != nil {
		return 0, 0, err
	}
	return Stale(ctx, k.Store, k.Vault.Keys())
}

// Stale is Left for a set of keys by its fingerprint.
func Stale(ctx context.Context, db *store.DB, keys string) (left, kept int, err error) {
	if err := db.Read().QueryRowContext(ctx, `SELECT COUNT(*)`+stale, keys).Scan(&left); err != nil {
		return 0, 0, fmt.Errorf("cannot count what is to be sealed anew: %w", err)
	}
	if err := db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE vault_object <> ''`).Scan(&kept); err != nil {
		return 0, 0, fmt.Errorf("cannot count what is kept: %w", err)
	}
	return left, kept, nil
}

// Run seals everything to the present set of keys. by is who does it, o opens what is
// there; tell, which may be nil, is called after each case. Cases that o does not open
// stay as they are, are counted, and make ErrClosed the error.
func (k *Keys) Run(ctx context.Context, by string, o *vault.Opener, tell func(Progress)) (Progress, error) {
	var p Progress
	if o == nil || strings.TrimSpace(by) == "" {
		return p, errors.New("sealing anew needs a name and a key that opens what is there")
	}
	unlock, err := k.alone.LockShared(ctx, "rekey")
	if err != nil {
		return p, err
	}
	defer unlock()
	if err := errors.Join(k.refresh(ctx), k.sweep(ctx)); err != nil {
		return p, err
	}
	ids, err := k.staleCases(ctx)
	if err != nil || len(ids) == 0 {
		return p, err
	}
	p.Total = len(ids)
	detail := map[string]string{"keys": strconv.Itoa(k.Vault.Recipients()), "key-set": k.Vault.Keys(), "cases": strconv.Itoa(len(ids))}
	if err := k.note(ctx, ledger.Entry{Actor: by, Verb: "vault-rekey-started", Detail: detail}); err != nil {
		return p, err
	}
	var errs []error
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return p, errors.Join(append(errs, err)...)
		}
		if err := k.one(ctx, id, by, o); err != nil {
			p.Failed++
			if len(errs) < 10 {
				errs = append(errs, err)
			}
		} else {
			p.Done++
		}
		if tell != nil {
			tell(p)
		}
	}
	errs = append(errs, k.sweep(ctx), k.note(ctx, ledger.Entry{Actor: by, Verb: "vault-rekeyed",
		Detail: map[string]string{"key-set": k.Vault.Keys(), "cases": strconv.Itoa(p.Done), "closed": strconv.Itoa(p.Failed)}}))
	if p.Failed > 0 {
		errs = append(errs, ErrClosed)
	}
	return p, errors.Join(errs...)
}

func (k *Keys) refresh(ctx context.Context) error {
	if k.Recipients == nil {
		return nil
	}
	list, err := k.Recipients(ctx)
	if err != nil {
		return err
	}
	return k.Vault.Use(list)
}

func (k *Keys) staleCases(ctx context.Context) ([]string, error) {
	rows, err := k.Store.Read().QueryContext(ctx, `SELECT c.id`+stale+` ORDER BY c.id`, k.Vault.Keys())
	return texts(rows, err)
}

func texts(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, fmt.Errorf("cannot read what is kept: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("cannot read what is kept: %w", err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// file is a sealed file of a case and where its name stands.
type file struct {
	vault.Sealed
	n     int // of a picture; -1 is the original, -2 the values
	fresh vault.Sealed
}

// files reads what belongs to a case; none when its content went meanwhile.
func (k *Keys) files(ctx context.Context, id string) ([]file, error) {
	rows, err := k.Store.Read().QueryContext(ctx, `SELECT -1, vault_object, plain_sha256, cipher_sha256, 0 FROM cases WHERE id = $1 AND vault_object <> ''
		UNION ALL SELECT n, object, plain_sha256, cipher_sha256, size FROM case_pictures WHERE case_id = $1
		UNION ALL SELECT -2, object, plain_sha256, cipher_sha256, size FROM case_values WHERE case_id = $1 ORDER BY 1`, id)
	if err != nil {
		return nil, fmt.Errorf("cannot read the files of case %s: %w", id, err)
	}
	defer rows.Close()
	var list []file
	for rows.Next() {
		var f file
		if err := rows.Scan(&f.n, &f.Object, &f.PlainSHA256, &f.CipherSHA256, &f.Size); err != nil {
			return nil, fmt.Errorf("cannot read the files of case %s: %w", id, err)
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// one seals the files of a case anew.
func (k *Keys) one(ctx context.Context, id, by string, o *vault.Opener) error {
	unlock, err := k.locks.LockShared(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	files, err := k.files(ctx, id)
	if err != nil || len(files) == 0 {
		return err
	}
	// A name of its own for every try: nothing that is there is written over.
	mark := strings.ToLower(rand.Text()[:10])
	for i := range files {
		if err := k.reseal(ctx, fmt.Sprintf("%s-k%s-%d", id, mark, i), &files[i], o); err != nil {
			return errors.Join(err, k.drop(files, func(f *file) string { return f.fresh.Object }))
		}
	}
	k.Crash("rekey:sealed")
	if err := k.swap(ctx, id, by, files); err != nil {
		// A commit whose answer was lost may have succeeded: the sweep tells which of
		// the two sets of files belongs to nobody.
		return err
	}
	k.Crash("rekey:committed")
	return k.drop(files, func(f *file) string { return f.Object })
}

func (k *Keys) reseal(ctx context.Context, name string, f *file, o *vault.Opener) error {
	r, err := k.Vault.Open(ctx, f.Sealed, o)
	if err != nil {
		return err
	}
	defer r.Close()
	fresh, err := k.Vault.Seal(ctx, name, r)
	if err != nil {
		return err
	}
	f.fresh = fresh
	if fresh.PlainSHA256 != f.PlainSHA256 {
		return fmt.Errorf("%s: %w", f.Object, vault.ErrChanged)
	}
	k.Crash("rekey:one-sealed")
	return nil
}

// swap is the one transaction of a case.
func (k *Keys) swap(ctx context.Context, id, by string, files []file) error {
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		for i := range files {
			f := &files[i]
			statement, args := `UPDATE case_pictures SET object = $2, cipher_sha256 = $3 WHERE case_id = $1 AND object = $4`, []any{id, f.fresh.Object, f.fresh.CipherSHA256, f.Object}
			switch f.n {
			case -1:
				statement = `UPDATE cases SET vault_object = $2, cipher_sha256 = $3 WHERE id = $1 AND vault_object = $4`
			case -2:
				statement = `UPDATE case_values SET object = $2, cipher_sha256 = $3 WHERE case_id = $1 AND object = $4`
			}
			res, err := tx.ExecContext(ctx, statement, args...)
			if err != nil {
				return fmt.Errorf("cannot store the files of case %s: %w", id, err)
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return fmt.Errorf("the files of case %s were changed by somebody else", id)
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM vault_seals WHERE object = $1`, f.Object); err != nil {
				return fmt.Errorf("cannot note the keys of case %s: %w", id, err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO vault_seals (object, keys) VALUES ($1, $2)`, f.fresh.Object, f.fresh.Keys); err != nil {
				return fmt.Errorf("cannot note the keys of case %s: %w", id, err)
			}
		}
		detail := map[string]string{"object": files[0].fresh.Object, "cipher-sha256": files[0].fresh.CipherSHA256, "files": strconv.Itoa(len(files)), "key-set": files[0].fresh.Keys}
		for i := range files {
			if files[i].n == -1 {
				detail["object"], detail["cipher-sha256"] = files[i].fresh.Object, files[i].fresh.CipherSHA256
			}
		}
		_, err := k.Ledger.Append(ctx, tx, ledger.Entry{At: k.stamp(), Actor: by, Verb: "resealed", Case: id, Detail: detail})
		k.Crash("rekey:before-commit")
		return err
	})
}

func (k *Keys) drop(files []file, name func(*file) string) error {
	var errs []error
	for i := range files {
		if object := name(&files[i]); object != "" {
			errs = append(errs, k.Vault.Delete(object))
		}
	}
	return errors.Join(errs...)
}

// sweep shreds files of known cases that no case names: what a run that was killed left
// behind. A file whose case is not yet known is being held just now and is left alone.
func (k *Keys) sweep(ctx context.Context) error {
	objects, err := k.Vault.Objects()
	if err != nil {
		return err
	}
	var errs []error
	for _, object := range objects {
		id, _, _ := strings.Cut(strings.TrimSuffix(object, ".age"), "-")
		var known, named int
		err := k.Store.Read().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM cases WHERE id = $1),
			(SELECT COUNT(*) FROM cases WHERE vault_object = $2) + (SELECT COUNT(*) FROM case_pictures WHERE object = $2) + (SELECT COUNT(*) FROM case_values WHERE object = $2)`, id, object).Scan(&known, &named)
		if err != nil {
			return fmt.Errorf("cannot look for the case of a sealed file: %w", err)
		}
		if known == 0 || named > 0 {
			continue
		}
		unlock, err := k.locks.LockShared(ctx, id)
		if err != nil {
			return err
		}
		errs = append(errs, k.Vault.Delete(object))
		unlock()
	}
	return errors.Join(errs...)
}

func (k *Keys) note(ctx context.Context, e ledger.Entry) error {
	e.At = k.stamp()
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		_, err := k.Ledger.Append(ctx, tx, e)
		return err
	})
}

func (k *Keys) stamp() time.Time { return k.Now().UTC().Truncate(time.Millisecond) }
