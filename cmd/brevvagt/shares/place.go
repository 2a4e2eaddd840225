package shares

import (
	"context"
	"io"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/smb"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// taker takes files of a share away and puts them back.
type taker interface {
	// describe writes down what a file is beside its content.
	describe(ctx context.Context, path, sum string, now walk.Entry) (*swap.Receipt, error)
	take(ctx context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error
	restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error
}

// place is an open share whose files can be taken away and put back: a folder of this
// machine, a share of a file server, or a storage behind the helper.
type place struct {
	taker
	io.Closer
	share config.Share
	kept  bool // for the next file
}

func openPlace(ctx context.Context, s config.Share, keys *seal.Keys) (*place, error) {
	p := &place{share: s}
	switch {
	case s.SMB != nil:
		tree, err := openSMB(ctx, s.SMB)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = onServer{tree, rootSMB(s)}, tree
	case s.Kind() != "":
		tree, err := openCloud(ctx, s, keys)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = inCloud{tree, s.Name + ":"}, tree
	default:
		tree, err := walk.OpenLocal(s.Path)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = onDisk{tree, s.Path}, tree
	}
	return p, nil
}

// below is a shown path from the root of a share on, if it lies there.
func below(s config.Share, shown string) (path string, ok bool) {
	switch {
	case s.SMB != nil:
		path, ok = strings.CutPrefix(shown, rootSMB(s))
		return strings.ReplaceAll(path, `\`, "/"), ok
	case s.Kind() != "":
		return strings.CutPrefix(shown, s.Name+":")
	}
	return strings.CutPrefix(shown, strings.TrimSuffix(s.Path, "/")+"/")
}

// shownAt is the path of a receipt as people know it.
func shownAt(r *swap.Receipt) string {
	switch {
	case strings.HasPrefix(r.Root, `\\`):
		return r.Root + strings.ReplaceAll(r.Path, "/", `\`)
	case strings.HasSuffix(r.Root, ":"):
		return r.Root + r.Path
	}
	return strings.TrimSuffix(r.Root, "/") + "/" + r.Path
}

// identity tells files of one path and content apart by their time. A cloud may give
// a file that is put back a time of its own, and would have it taken again.
func (p *place) identity(r *swap.Receipt) int64 {
	if _, ok := p.taker.(inCloud); ok {
		return 0
	}
	return r.MTime
}

type onDisk struct {
	tree *walk.Local
	root string
}

func (p onDisk) describe(_ context.Context, path, sum string, _ walk.Entry) (*swap.Receipt, error) {
	return swap.Describe(p.tree, p.root, path, sum)
}

func (p onDisk) take(_ context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error {
	return swap.Take(p.tree, r.Path, now, note)
}

func (p onDisk) restore(_ context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	return swap.Restore(p.tree, r, kase, content)
}

type onServer struct {
	tree *smb.Tree
	root string
}

func (p onServer) describe(ctx context.Context, path, sum string, _ walk.Entry) (*swap.Receipt, error) {
	return p.tree.Describe(ctx, p.root, path, sum)
}

func (p onServer) take(ctx context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error {
	return p.tree.Take(ctx, r, now, note)
}

func (p onServer) restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	return p.tree.Restore(ctx, r, kase, content)
}

type inCloud struct {
	tree *cloud.Tree
	root string
}

// describe keeps nothing of a cloud's access lists: a file that is put back gets its
// folder's.
func (p inCloud) describe(_ context.Context, path, sum string, now walk.Entry) (*swap.Receipt, error) {
	return &swap.Receipt{Root: p.root, Path: path, Size: now.Size, SHA256: sum, MTime: now.MTime}, nil
}

func (p inCloud) take(ctx context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error {
	return p.tree.Take(ctx, r.Path, now, note.Case, note.Text)
}

func (p inCloud) restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	return p.tree.Restore(ctx, r, kase, content)
}
