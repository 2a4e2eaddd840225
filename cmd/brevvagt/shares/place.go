package shares

import (
	"context"
	"io"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// taker takes files of a share away and puts them back.
type taker interface {
	Take(ctx context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error
	Restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error
}

// place is an open share whose files can be taken away and put back: a folder of this
// machine, a share of a file server, or a storage behind the helper.
type place struct {
	taker
	io.Closer
	share config.Share
	kept  bool // for the next file
	// describe writes down what a file is beside its content.
	describe func(ctx context.Context, path, sum string, now walk.Entry) (*swap.Receipt, error)
}

func openPlace(ctx context.Context, s config.Share, keys *seal.Keys) (*place, error) {
	p := &place{share: s}
	switch {
	case s.SMB != nil:
		tree, err := OpenSMB(ctx, s.SMB)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = tree, tree
		p.describe = func(ctx context.Context, path, sum string, _ walk.Entry) (*swap.Receipt, error) {
			return tree.Describe(ctx, rootSMB(s), path, sum)
		}
	case s.Kind() != "":
		tree, err := openCloud(ctx, s, keys)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = tree, tree
		// Nothing can be kept of access lists: a file that is put back gets its folder's.
		p.describe = func(_ context.Context, path, sum string, now walk.Entry) (*swap.Receipt, error) {
			return &swap.Receipt{Root: s.Name + ":", Path: path, Size: now.Size, SHA256: sum, MTime: now.MTime}, nil
		}
	default:
		tree, err := walk.OpenLocal(s.Path)
		if err != nil {
			return nil, err
		}
		p.taker, p.Closer = onDisk{tree}, tree
		p.describe = func(_ context.Context, path, sum string, _ walk.Entry) (*swap.Receipt, error) {
			return swap.Describe(tree, s.Path, path, sum)
		}
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
	if _, ok := p.taker.(*cloud.Tree); ok {
		return 0
	}
	return r.MTime
}

type onDisk struct{ tree *walk.Local }

func (p onDisk) Take(_ context.Context, r *swap.Receipt, now walk.Entry, note swap.Note) error {
	return swap.Take(p.tree, r.Path, now, note)
}

func (p onDisk) Restore(_ context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	return swap.Restore(p.tree, r, kase, content)
}
