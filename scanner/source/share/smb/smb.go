// Package smb reads a share of a file server over SMB 3 with its own login: what
// lies in it, who may read it by its access lists, and the files themselves, which it
// can take away and put back. Unless told otherwise nothing but the login travels
// unencrypted.
package smb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/scanner/source/share/walk"
)

// Config is where a share is and who reads it.
type Config struct {
	Server, Share, Folder  string // server as host or host:port
	Domain, User, Password string
	// Signed accepts a server that does not encrypt; then every message is signed.
	Signed bool
}

// Errors that say what to do.
var (
	ErrLogin   = errors.New("the server does not accept the user or the password")
	ErrNoShare = errors.New("the server has no such share, or the user may not use it")
	ErrPlain   = errors.New("the server does not encrypt: require encryption on it, or set smb.encryption: optional")
	ErrAnswer  = errors.New("the server's answer is not understood")
)

// Tree is a share that is read over the net. A connection that was lost is made
// anew at the next call. It is safe for concurrent use.
type Tree struct {
	cfg Config

	mu      sync.Mutex
	session *smb2.Session
	share   *smb2.Share
	guard   *guard
	down    time.Time // when connecting failed last
	closing sync.WaitGroup
	unsure  atomic.Bool // a file among the shells may be as it was
}

// Open connects.
func Open(ctx context.Context, cfg Config) (*Tree, error) {
	if _, _, err := net.SplitHostPort(cfg.Server); err != nil {
		cfg.Server = net.JoinHostPort(cfg.Server, "445")
	}
	cfg.Folder = strings.Trim(strings.ReplaceAll(cfg.Folder, `\`, "/"), "/")
	t := &Tree{cfg: cfg}
	t.unsure.Store(true)
	if _, _, err := t.use(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// Close ends the connection; requests that are out fail.
func (t *Tree) Close() error {
	t.closing.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop()
	return nil
}

// drop leaves the share and hangs up, which ends the session, too. The library's
// Logoff is not used: it tells the receiver that its end is expected, and a request
// that is still out then gets an answer of nil, whose reading ends the program.
func (t *Tree) drop() {
	if t.guard != nil {
		// A server that is gone must not keep us waiting for its farewell.
		_ = t.guard.SetDeadline(time.Now().Add(time.Second))
		if t.share != nil {
			_ = t.share.Umount()
		}
		_ = t.guard.Close()
	}
	t.session, t.share, t.guard = nil, nil, nil
}

// The times that a server has: to answer a new connection, and to be left alone
// after it did not.
const (
	connectTime = 20 * time.Second
	downTime    = 5 * time.Second
)

// invalidParameter is a status of NTSTATUS, and here mostly the answer to a question
// that the library asked with too few credits: a listing takes 16 of the 128 that it
// has, and when eight readers and the walkers have the others it asks all the same.
// creditTries is how often it is asked: others have given theirs back then.
const (
	invalidParameter = 0xC000000D
	creditTries      = 6
)

// again asks until the answer is another than that there were too few credits.
func again(ask func() error) (err error) {
	for try := range creditTries {
		var answer *smb2.ResponseError
		if err = ask(); !errors.As(err, &answer) || answer.Code != invalidParameter {
			return err
		}
		time.Sleep(time.Duration(try+1) * 20 * time.Millisecond)
	}
	return err
}

// use is the share over the connection there is, or a new one.
func (t *Tree) use(ctx context.Context) (*smb2.Share, *guard, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.share != nil {
		return t.share.WithContext(ctx), t.guard, nil
	}
	if time.Since(t.down) < downTime {
		return nil, nil, walk.ErrOffline
	}
	if err := t.connect(ctx); err != nil {
		t.drop()
		t.down = time.Now()
		return nil, nil, err
	}
	return t.share.WithContext(ctx), t.guard, nil
}

func (t *Tree) connect(ctx context.Context) (err error) {
	defer unpanicked(&err, func() {})
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.cfg.Server)
	if err != nil {
		return fmt.Errorf("%w: %w", walk.ErrOffline, err)
	}
	t.guard = &guard{Conn: conn, plain: t.cfg.Signed}
	d := &smb2.Dialer{
		Negotiator: smb2.Negotiator{RequireMessageSigning: true},
		Initiator:  &smb2.NTLMInitiator{User: t.cfg.User, Password: t.cfg.Password, Domain: t.cfg.Domain},
	}
	if t.session, err = d.DialConn(ctx, t.guard, t.cfg.Server); err != nil {
		return t.explain(err, ErrLogin)
	}
	if t.share, err = t.session.WithContext(ctx).Mount(t.cfg.Share); err != nil {
		return t.explain(err, ErrNoShare)
	}
	// The first question shows whether the server encrypts.
	if _, err = t.share.WithContext(ctx).ReadDir(t.path("")); err != nil && !errors.Is(err, fs.ErrPermission) {
		return t.explain(err, ErrNoShare)
	}
	t.share = t.share.WithContext(context.Background())
	return nil
}

// explain says in our words what the server's answer means.
func (t *Tree) explain(err, refusal error) error {
	var answer *smb2.ResponseError
	var invalid *smb2.InvalidResponseError
	switch {
	case t.guard.refused.Load():
		return ErrPlain
	case errors.As(err, &answer), errors.As(err, &invalid) && refusal == ErrLogin, errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", refusal, err)
	}
	return t.broken(err)
}

// broken marks errors of the connection, after which it is made anew. An error of
// the server about one file is not one.
func (t *Tree) broken(err error) error {
	var transport *smb2.TransportError
	var netErr net.Error
	if err == nil || !errors.As(err, &transport) && !errors.As(err, &netErr) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return fmt.Errorf("%w: %w", walk.ErrOffline, err)
}

// failed drops the connection where the error says that it is gone.
func (t *Tree) failed(on *guard, err error) error {
	err = t.broken(err)
	if errors.Is(err, walk.ErrOffline) {
		t.dropped(on)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.Join(walk.ErrGone, err)
	}
	return err
}

// unpanicked, deferred, makes a panic of the library an error, and gives the connection
// up: what a server sends must not end the program. The panic itself may quote it.
func unpanicked(err *error, drop func()) {
	if recover() != nil {
		drop()
		*err = ErrAnswer
	}
}

// dropped gives a connection up, if it is still in use.
func (t *Tree) dropped(on *guard) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.guard == on {
		t.drop()
	}
}

// path is a path of ours as the server writes it.
func (t *Tree) path(p string) string {
	return strings.ReplaceAll(strings.Trim(path.Join(t.cfg.Folder, p), "/"), "/", `\`)
}

// List reads a folder with the access lists of everything in it.
func (t *Tree) List(ctx context.Context, dir string) (list walk.Listing, err error) {
	share, on, err := t.use(ctx)
	if err != nil {
		return walk.Listing{}, err
	}
	defer unpanicked(&err, func() { t.dropped(on) })
	const owner = smb2.OwnerSecurityInformation | smb2.DACLSecurityInformation
	var found []smb2.DirEntryPlus
	err = again(func() error { found, err = share.ReadDirPlus(t.path(dir), owner); return err })
	if err != nil {
		return walk.Listing{}, t.failed(on, err)
	}
	list.Reach = walk.Unknown
	if dir == "" {
		list.Self = t.root(share)
	}
	if sd, err := share.SecurityInfo(t.path(dir), owner); err == nil {
		list.Owner, list.Reach = access(sd.String())
	}
	if len(found) > walk.MaxEntries {
		found, list.Cut = found[:walk.MaxEntries], true
	}
	for _, f := range found {
		e := entry(f.FileInfo)
		if f.SecurityDescriptor != nil {
			_, e.Breadth = access(f.SecurityDescriptor.String())
		}
		list.Entries = append(list.Entries, e)
	}
	slices.SortFunc(list.Entries, func(a, b walk.Entry) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// root is the folder that the share begins with. The server tells its number only of
// what is open.
func (t *Tree) root(share *smb2.Share) (self walk.Entry) {
	f, err := share.Open(t.path(""))
	if err != nil {
		return self
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		self = entry(info)
	}
	return self
}

// The bits of attributes that tell files from links, see MS-FSCC. Most files with a
// reparse tag are what they seem, and the server hands out their content: those of a
// volume with deduplication all have one, so do archived and compressed ones.
const (
	folderBit    = 0x10       // FILE_ATTRIBUTE_DIRECTORY
	reparsePoint = 0x400      // FILE_ATTRIBUTE_REPARSE_POINT
	surrogate    = 0x20000000 // in a tag: it stands for another file, as a symbolic link does
	tagJunction  = 0xA0000003 // IO_REPARSE_TAG_MOUNT_POINT: another folder, or another volume
	tagDFS       = 0x8000000A // IO_REPARSE_TAG_DFS: another server
	tagNFS       = 0x80000014 // IO_REPARSE_TAG_NFS: links and devices of a Unix, below those of WSL
	tagSocket    = 0x80000023 // IO_REPARSE_TAG_AF_UNIX
	tagPipe      = 0x80000024 // IO_REPARSE_TAG_LX_FIFO
	tagCharacter = 0x80000025 // IO_REPARSE_TAG_LX_CHR
	tagBlock     = 0x80000026 // IO_REPARSE_TAG_LX_BLK
)

func entry(info os.FileInfo) walk.Entry {
	e := walk.Entry{Name: info.Name(), Size: info.Size(), MTime: info.ModTime().UnixNano()}
	st, ok := info.Sys().(*smb2.FileStat)
	if !ok {
		e.Kind = walk.Special
		return e
	}
	e.CTime, e.Inode, e.Kind = st.ChangeTime.UnixNano(), int64(st.FileId), kind(st.FileAttributes, st.ReparsePointTag)
	return e
}

func kind(attributes, tag uint32) walk.Kind {
	isLink := attributes&reparsePoint != 0
	switch {
	case isLink && (tag == tagJunction || tag == tagDFS):
		return walk.Elsewhere
	case isLink && tag&surrogate != 0:
		return walk.Link
	case isLink && slices.Contains([]uint32{tagNFS, tagSocket, tagPipe, tagCharacter, tagBlock}, tag):
		return walk.Special
	case attributes&folderBit != 0:
		return walk.Folder
	}
	return walk.Regular
}

// Open opens a file.
func (t *Tree) Open(ctx context.Context, p string) (_ walk.File, err error) {
	share, on, err := t.use(ctx)
	if err != nil {
		return nil, err
	}
	defer unpanicked(&err, func() { t.dropped(on) })
	f, err := share.Open(t.path(p))
	if err != nil {
		return nil, t.failed(on, err)
	}
	return &file{f, t, on}, nil
}

type file struct {
	*smb2.File
	tree *Tree
	on   *guard
}

// Read asks for as much as the buffer holds; the library splits it into what the
// server allows at once.
func (f *file) Read(p []byte) (n int, err error) {
	defer unpanicked(&err, func() { f.tree.dropped(f.on) })
	n, err = f.File.Read(p)
	if err != nil {
		err = f.tree.failed(f.on, err)
	}
	return n, err
}

// Close lets the file go without waiting for the server's word, which tells nothing.
func (f *file) Close() error {
	f.tree.closing.Go(func() {
		var err error
		defer unpanicked(&err, func() { f.tree.dropped(f.on) })
		err = f.File.Close()
	})
	return nil
}

func (f *file) Stat() (_ walk.Entry, err error) {
	defer unpanicked(&err, func() { f.tree.dropped(f.on) })
	var info os.FileInfo
	err = again(func() error { info, err = f.File.Stat(); return err })
	if err != nil {
		return walk.Entry{}, f.tree.failed(f.on, err)
	}
	return entry(info), nil
}
