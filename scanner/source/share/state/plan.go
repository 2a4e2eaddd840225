package state

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"brevvagt/scanner/source/share/walk"
)

// The states of an object.
const (
	pending = 0 // has to be read
	done    = 1
	gone    = 2 // no longer there; kept while the report tells of it
)

// The size of a chunk: small enough that a killed worker leaves little, large
// enough that handing out costs nothing.
const (
	chunkFiles = 256
	chunkBytes = 64 << 20
	flushRows  = 8192
	flushEvery = time.Second
)

// sampleWeeks is how many weeks it takes until every folder was read again.
const sampleWeeks = 26

// knownFolder is a folder as the last scan left it.
type knownFolder struct {
	id     int64
	digest string
	mount  bool // another file system was mounted on it
	seen   bool
}

// Plan is the walk of one run: it compares what is there with what was there, and
// queues what has to be read. Folder may be called from several goroutines.
type Plan struct {
	db     *DB
	run    Run
	owner  string
	lease  time.Duration // how long the planner may be silent before another takes over
	now    func() time.Time
	racy   int64 // what was touched after this, in ns, counts as changed next time
	week   int64
	sample bool

	mu      sync.Mutex
	folders map[string]*knownFolder
	blind   []string // paths below which nothing was seen
	batch   batch
	seen    int64
	entries int64
	ids     struct{ next, end int64 } // reserved for folders
}

// batch is what is written in one transaction.
type batch struct {
	folders []folderRow
	objects []objectRow
	gone    []objectKey
	breadth []objectRow
	chunks  []int64
	mounts  map[string]bool // whether something is mounted there now
	files   int             // in the open chunk
	bytes   int64           // in the open chunk
	total   int64           // bytes of objects
	since   time.Time
}

type folderRow struct {
	id                    int64
	key, sealed, owner    string
	digest, next, trouble string
}

type objectKey struct {
	folder int64
	name   string
}

type objectRow struct {
	objectKey
	sealed string
	walk.Entry
	chunk int64
}

// Plan starts the walk of a run, or takes it over when its planner is gone; ok is
// false while another process is at it.
func (db *DB) Plan(ctx context.Context, run Run, src Source, owner string, lease time.Duration, now func() time.Time) (p *Plan, ok bool, err error) {
	res, err := db.sql.ExecContext(ctx, `UPDATE scan_run SET planner = $2, planner_until = $3, seen = 0 WHERE id = $1 AND state = 'planning'
		AND (planner_until < $4 OR planner_until > $5 OR planner = $2)`, run.ID, owner, now().Add(lease).UnixMilli(), now().UnixMilli(), latest(now(), lease))
	if err != nil {
		return nil, false, fmt.Errorf("cannot plan run %d: %w", run.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, false, err
	}
	p = &Plan{db: db, run: run, owner: owner, lease: lease, now: now, folders: make(map[string]*knownFolder),
		racy: run.Started.Add(-2 * time.Second).UnixNano(), week: Week(run.Started), sample: src.Sampled != 0 && src.Sampled != Week(run.Started)}
	p.batch.since = now()
	rows, err := db.sql.QueryContext(ctx, `SELECT f.id, f.path_key, f.digest, m.path_key IS NOT NULL FROM scan_folder f
		LEFT JOIN scan_mount m ON m.source = f.source AND m.path_key = f.path_key WHERE f.source = $1`, run.Source)
	if err != nil {
		return nil, false, fmt.Errorf("cannot read folders: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		f, key := &knownFolder{}, ""
		if err := rows.Scan(&f.id, &key, &f.digest, &f.mount); err != nil {
			return nil, false, fmt.Errorf("cannot read folders: %w", err)
		}
		p.folders[key] = f
	}
	return p, true, rows.Err()
}

// Reconsider has files of up to most bytes, in which something was found and which no case
// holds, read once more by the walk that begins next: they were only reported until now.
func (db *DB) Reconsider(ctx context.Context, source, most int64) error {
	const which = `hits > 0 AND kase = '' AND mtime > 0 AND state = $2 AND size <= $3`
	err := db.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE scan_folder SET digest = '' WHERE source = $1 AND id IN (SELECT folder FROM scan_object WHERE `+which+`)`, source, done, most); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE scan_object SET mtime = -mtime WHERE folder IN (SELECT id FROM scan_folder WHERE source = $1) AND `+which, source, done, most)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot ask for files once more: %w", err)
	}
	return nil
}

// Folder takes one folder of the walk.
func (p *Plan) Folder(ctx context.Context, f walk.Found) error {
	key := p.db.keys.Name(f.Path)
	f, err := p.mounted(ctx, f, key)
	if err != nil {
		return err
	}
	if f.Err != nil && f.Path == "" {
		return fmt.Errorf("cannot list the share: %w", f.Err)
	}
	files, racy := p.files(f)
	digest := p.digest(f, files)
	if f.Err != nil || f.Cut || len(f.Failed) > 0 || racy {
		digest = ""
	}
	known, sampled := p.seeFolder(f, key, len(files))
	p.mu.Lock()
	same := known != nil && digest != "" && known.digest == digest && !sampled
	p.mu.Unlock()
	var names []hidden
	if !same {
		names = p.hide(files, known == nil) // costly, so while others write
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if same {
		return p.maybeFlush(ctx)
	}
	return p.changed(ctx, f, key, digest, files, names, sampled)
}

// seeFolder notes that a folder is there, and says what is known of it and whether it
// belongs to this week's sample.
func (p *Plan) seeFolder(f walk.Found, key string, files int) (known *knownFolder, sampled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen += int64(files)
	p.entries += int64(len(f.Entries))
	known, ok := p.folders[key]
	if ok {
		known.seen = true
	}
	if f.Err != nil || f.Cut || len(f.Failed) > 0 {
		p.blind = append(p.blind, f.Path)
	}
	return known, ok && p.sample && int64(key[0])%sampleWeeks == p.week%sampleWeeks
}

// hidden is a file's name as the database has it; sealed is "" until it is needed.
type hidden struct{ key, sealed string }

func (p *Plan) hide(files []walk.Entry, all bool) []hidden {
	names := make([]hidden, len(files))
	for i := range files {
		names[i].key = p.db.keys.Name(files[i].Name)
		if all {
			names[i].sealed = p.db.keys.Seal(files[i].Name)
		}
	}
	return names
}

// files are the regular files of a folder with the access that their folders leave.
func (p *Plan) files(f walk.Found) (files []walk.Entry, racy bool) {
	files = make([]walk.Entry, 0, len(f.Entries))
	for _, e := range f.Entries {
		if e.Kind != walk.Regular {
			continue
		}
		e.Breadth = walk.Narrower(f.Reach, e.Breadth)
		racy = racy || p.Racy(e)
		files = append(files, e)
	}
	return files, racy
}

// Racy reports whether a file was touched so shortly before or after the scan's
// start that a later change could carry the same time.
func (p *Plan) Racy(e walk.Entry) bool { return max(e.MTime, e.CTime) >= p.racy }

func (p *Plan) digest(f walk.Found, files []walk.Entry) string {
	buf := make([]byte, 0, 64*len(files)+64)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(p.run.Version))
	buf = append(append(buf, f.Owner...), 0, byte(f.Reach))
	for i := range files {
		e := &files[i]
		buf = append(append(buf, e.Name...), 0, byte(e.Breadth))
		for _, n := range []int64{e.Size, e.MTime, e.CTime, e.Inode} {
			buf = binary.LittleEndian.AppendUint64(buf, uint64(n))
		}
	}
	return p.db.keys.Listing(buf)
}

// changed compares a folder file by file.
func (p *Plan) changed(ctx context.Context, f walk.Found, key, digest string, files []walk.Entry, names []hidden, sampled bool) error {
	known := p.folders[key]
	isNew := known == nil
	if isNew {
		id, err := p.newID(ctx)
		if err != nil {
			return err
		}
		known = &knownFolder{id: id, seen: true}
		p.folders[key] = known
	}
	row := folderRow{id: known.id, key: key, sealed: p.db.keys.Seal(f.Path), owner: f.Owner, trouble: troubleOf(f)}
	have := map[string]objectState{}
	if !isNew {
		var err error
		// What is queued for this folder lies in the batch until it is written.
		if have, err = p.db.objects(ctx, known.id); err != nil {
			return err
		}
	}
	waiting := p.compare(known.id, files, names, have, sampled)
	if f.Err == nil && !f.Cut && len(f.Failed) == 0 {
		for name, o := range have {
			if o.state != gone {
				p.batch.gone = append(p.batch.gone, objectKey{known.id, name})
			}
		}
	}
	if waiting {
		row.next = digest
	} else {
		row.digest = digest
	}
	known.digest = row.digest
	p.batch.folders = append(p.batch.folders, row)
	return p.maybeFlush(ctx)
}

// compare queues what is new or changed and takes what is still there out of have.
func (p *Plan) compare(folder int64, files []walk.Entry, names []hidden, have map[string]objectState, sampled bool) (waiting bool) {
	for i, e := range files {
		name := names[i].key
		o, ok := have[name]
		delete(have, name)
		// What this very run has done before it was cut off is done, though its times
		// be too fresh to trust another night.
		now := o.lastRun == p.run.ID
		if now {
			o.MTime = max(o.MTime, -o.MTime)
		}
		same := ok && o.Same(e)
		switch {
		case same && o.state == done && (now || o.version == p.run.Version && !sampled && (o.trouble == "" || o.trouble == walk.TroubleCrash)):
			if o.Breadth != e.Breadth {
				p.batch.breadth = append(p.batch.breadth, objectRow{objectKey: objectKey{folder, name}, Entry: e})
			}
			continue
		case same && o.state == pending && o.chunk > 0: // queued before a kill
		default:
			if names[i].sealed == "" {
				names[i].sealed = p.db.keys.Seal(e.Name)
			}
			p.queue(objectRow{objectKey: objectKey{folder, name}, sealed: names[i].sealed, Entry: e})
		}
		waiting = true
	}
	return waiting
}

func (p *Plan) queue(o objectRow) {
	b := &p.batch
	if len(b.chunks) == 0 || b.files >= chunkFiles || b.bytes+o.Size > chunkBytes {
		b.chunks = append(b.chunks, 0) // its id is known when it is written
		b.files, b.bytes = 0, 0
	}
	b.files++
	b.bytes += o.Size
	b.total += o.Size
	o.chunk = int64(len(b.chunks) - 1)
	b.objects = append(b.objects, o)
}

// troubleOf says in a word what went wrong with a folder.
func troubleOf(f walk.Found) string {
	switch {
	case f.Err != nil:
		return walk.TroubleOf(f.Err)
	case f.Cut:
		return walk.TroubleMany
	case len(f.Failed) > 0:
		return cmp.Or(walk.TroubleOf(f.FailedWhy), walk.TroubleRead)
	}
	return ""
}

func (p *Plan) maybeFlush(ctx context.Context) error {
	if len(p.batch.objects)+len(p.batch.gone)+len(p.batch.breadth) < flushRows && len(p.batch.folders) < flushRows && p.now().Sub(p.batch.since) < flushEvery {
		return nil
	}
	return p.flush(ctx)
}

// Finish writes what is left and, after a walk of the whole share, closes what was
// not seen. A share that is suddenly
// empty is more likely not mounted than emptied: that is an error, and nothing is
// closed.
func (p *Plan) Finish(ctx context.Context, whole bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if whole && p.entries == 0 {
		var known int
		if err := p.db.sql.QueryRowContext(ctx, `SELECT COUNT(*) FROM scan_object o JOIN scan_folder f ON f.id = o.folder WHERE f.source = $1 AND o.state <> $2`, p.run.Source, gone).Scan(&known); err != nil {
			return fmt.Errorf("cannot count files: %w", err)
		}
		if known > 0 {
			return ErrEmpty
		}
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	var unseen []int64
	if whole {
		var err error
		if unseen, err = p.unseen(ctx); err != nil {
			return err
		}
	}
	return p.db.update(ctx, func(tx *sql.Tx) error {
		for _, id := range unseen {
			if err := closeFolder(ctx, tx, id, p.run.ID); err != nil {
				return err
			}
		}
		res, err := tx.ExecContext(ctx, `UPDATE scan_run SET state = 'working', seen = $3, planner_until = 0 WHERE id = $1 AND planner = $2 AND state = 'planning'`, p.run.ID, p.owner, p.seen)
		if err != nil {
			return fmt.Errorf("cannot end the plan of run %d: %w", p.run.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("run %d: %w", p.run.ID, ErrLost)
		}
		return nil
	})
}

// Release gives the plan back unfinished, so that nobody waits for its lease.
func (p *Plan) Release(ctx context.Context) error {
	_, err := p.db.sql.ExecContext(ctx, `UPDATE scan_run SET planner_until = 0 WHERE id = $1 AND planner = $2`, p.run.ID, p.owner)
	if err != nil {
		return fmt.Errorf("cannot give back the plan of run %d: %w", p.run.ID, err)
	}
	return nil
}
