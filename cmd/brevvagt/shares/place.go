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

// place is a share whose files can be taken away and put back: a folder of this
// machine, or a storage behind the helper.
type place struct {
	share config.Share
	root  string
	local *walk.Local
	cloud *cloud.Tree
	kept  bool // for the next file
}

func openPlace(ctx context.Context, s config.Share, keys *seal.Keys) (*place, error) {
	p := &place{share: s, root: s.Path}
	var err error
	if s.Kind() == "" {
		p.local, err = walk.OpenLocal(s.Path)
	} else {
		p.root = s.Name + ":"
		p.cloud, err = openCloud(ctx, s, keys)
	}
	return p, err
}

// shownAt is the path of a receipt as people know it.
func shownAt(r *swap.Receipt) string {
	if strings.HasSuffix(r.Root, ":") {
		return r.Root + r.Path
	}
	return strings.TrimSuffix(r.Root, "/") + "/" + r.Path
}

func (p *place) Close() error {
	if p.cloud != nil {
		return p.cloud.Close()
	}
	return p.local.Close()
}

// leave closes a place that is not kept.
func (p *place) leave() {
	if !p.kept {
		p.Close()
	}
}

// describe writes down what a file is beside its content. Of a cloud's access lists
// nothing can be kept: a file that is put back gets its folder's.
func (p *place) describe(path, sum string, now walk.Entry) (*swap.Receipt, error) {
	if p.cloud != nil {
		return &swap.Receipt{Root: p.root, Path: path, Size: now.Size, SHA256: sum, MTime: now.MTime}, nil
	}
	return swap.Describe(p.local, p.root, path, sum)
}

// identity tells files of one path and content apart by their time. A cloud may give
// a file that is put back a time of its own, and would have it taken again.
func (p *place) identity(r *swap.Receipt) int64 {
	if p.cloud != nil {
		return 0
	}
	return r.MTime
}

func (p *place) take(ctx context.Context, path string, now walk.Entry, note swap.Note) error {
	if p.cloud != nil {
		return p.cloud.Take(ctx, path, now, note.Case, note.Text)
	}
	return swap.Take(p.local, path, now, note)
}

func (p *place) restore(ctx context.Context, r *swap.Receipt, kase string, content io.Reader) error {
	if p.cloud != nil {
		return p.cloud.Restore(ctx, r, kase, content)
	}
	return swap.Restore(p.local, r, kase, content)
}
