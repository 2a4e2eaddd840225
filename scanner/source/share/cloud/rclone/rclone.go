//go:build !norclone

// Package rclone reads cloud storage with the backends of rclone: WebDAV, SFTP, S3,
// OneDrive with SharePoint, and Google Drive. It runs in the helper program only.
//
// rclone promises no stable Go API (its issue 7674), so all that is used of it
// stands in this package: NewFs, List, NewObject, Open, Put, Move and Remove.
package rclone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	_ "github.com/rclone/rclone/backend/drive" // rclone's backends register themselves
	_ "github.com/rclone/rclone/backend/onedrive"
	_ "github.com/rclone/rclone/backend/s3"
	_ "github.com/rclone/rclone/backend/sftp"
	_ "github.com/rclone/rclone/backend/webdav"
	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/configmap"
	"github.com/rclone/rclone/fs/config/obscure"
	"github.com/rclone/rclone/fs/hash"

	"brevvagt/scanner/source/share/cloud/child"
	"brevvagt/scanner/source/share/cloud/frame"
)

// always is set for each kind. Nothing is run on the server or here, links are not
// followed, the host key of an SFTP server must be known, what a storage would hide
// (OneNote) is shown, so that it is told that it was not read.
func always() map[string]map[string]string {
	return map[string]map[string]string{
		"webdav": {"pacer_min_sleep": "1ms"},
		"sftp": {"shell_type": "none", "disable_hashcheck": "true", "skip_links": "true", "use_insecure_cipher": "false",
			"key_use_agent": "false", "idle_timeout": "1m"},
		"s3":       {"no_check_bucket": "true", "env_auth": "false"},
		"onedrive": {"expose_onenote_files": "true"},
		"drive":    {"skip_shortcuts": "true", "pacer_min_sleep": "10ms", "pacer_burst": "100"},
	}
}

// obscured are the options that rclone keeps in a form of its own.
var obscured = []string{"pass", "key_file_pass"}

// cheap are the hashes that a listing brings along; any other costs a question for
// each file, or a command on the server.
var cheap = map[string]hash.Type{"drive": hash.MD5}

// patience with the storage.
const (
	retries     = 3
	idleTime    = 60 * time.Second
	connectTime = 15 * time.Second
)

// Open connects to a storage.
func Open(ctx context.Context, s frame.Setup) (child.Backend, error) {
	fixed, ok := always()[s.Kind]
	if !ok {
		return nil, fmt.Errorf("storage of kind %q is not known", s.Kind)
	}
	// What rclone logs may quote names; what matters comes back as an error.
	fs.GetConfig(context.Background()).LogLevel = fs.LogLevelEmergency
	ctx, ci := fs.AddConfig(context.WithoutCancel(ctx))
	ci.LogLevel, ci.LowLevelRetries, ci.UserAgent = fs.LogLevelEmergency, retries, "brevvagt"
	ci.Timeout, ci.ConnectTimeout = fs.Duration(idleTime), fs.Duration(connectTime)
	ci.UseServerModTime = true // what a program wrote beside the object costs a question and can be forged
	ci.Metadata = s.Kind == "onedrive" || s.Options["metadata_permissions"] != ""
	info, err := fs.Find(s.Kind)
	if err != nil {
		return nil, err
	}
	b := &backend{kind: s.Kind, secrets: make([]string, 0, len(s.Secrets)), seen: newSeen()}
	values := configmap.Simple{}
	for _, m := range []map[string]string{s.Options, s.Secrets, fixed} {
		for k, v := range m {
			if slices.Contains(obscured, k) {
				if v, err = obscure.Obscure(v); err != nil {
					return nil, fmt.Errorf("option %s: %w", k, err)
				}
			}
			values[k] = v
		}
	}
	for _, v := range s.Secrets {
		b.secrets = append(b.secrets, v)
	}
	config := configmap.New()
	config.AddGetter(values, configmap.PriorityNormal)
	config.AddGetter(defaults(info.Options), configmap.PriorityDefault)
	config.AddSetter(values)
	if b.fs, err = info.NewFs(ctx, "share", s.Root, config); err != nil {
		return nil, b.problem(err)
	}
	b.ctx = ctx
	// The first question shows whether the login is right.
	if err := b.List(ctx, "", func(frame.Entry) error { return errEnough }); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return b, nil
}

var errEnough = errors.New("enough")

// defaults are what the options say when nobody does. rclone's own way would look
// into its configuration file and the environment too.
type defaults fs.Options

func (d defaults) Get(key string) (string, bool) {
	for i := range d {
		if d[i].Name == key {
			return d[i].String(), true
		}
	}
	return "", false
}

type backend struct {
	kind    string
	fs      fs.Fs
	ctx     context.Context // holds rclone's settings
	secrets []string
	seen    *seen
}

// with gives a question's context rclone's settings.
func (b *backend) with(ctx context.Context) context.Context {
	return fs.CopyConfig(ctx, b.ctx)
}

// List reads one folder.
func (b *backend) List(ctx context.Context, dir string, add func(frame.Entry) error) error {
	ctx = b.with(ctx)
	var failed error
	take := func(list fs.DirEntries) error {
		for _, e := range list {
			if failed = add(b.entry(ctx, e)); failed != nil {
				return failed
			}
			if o, ok := e.(fs.Object); ok {
				b.seen.put(o)
			}
		}
		return nil
	}
	var err error
	if paged := b.fs.Features().ListP; paged != nil {
		err = paged(ctx, dir, take)
	} else {
		var list fs.DirEntries
		if list, err = b.fs.List(ctx, dir); err == nil {
			err = take(list)
		}
	}
	if failed != nil {
		return failed
	}
	return b.problem(err)
}

func (b *backend) entry(ctx context.Context, e fs.DirEntry) frame.Entry {
	f := frame.Entry{Name: path.Base(e.Remote()), Size: e.Size()}
	f.Sharing, f.Owner = b.sharing(ctx, e)
	o, ok := e.(fs.Object)
	if !ok {
		f.Folder, f.Size = true, 0
		return f
	}
	// Listings and answers about one file differ in their fractions of a second.
	f.MTime = e.ModTime(ctx).Truncate(time.Second).UnixNano()
	if id, ok := o.(fs.IDer); ok {
		f.Tag = id.ID()
	}
	kind, ok := cheap[b.kind]
	if b.kind == "onedrive" {
		kind, ok = b.fs.Hashes().GetOne(), true // QuickXorHash, in every listing
	}
	if ok {
		if sum, err := o.Hash(ctx, kind); err == nil && sum != "" {
			f.Tag += " " + sum
		}
	}
	return f
}

// Stat asks what a file is now.
func (b *backend) Stat(ctx context.Context, p string) (frame.Entry, error) {
	ctx = b.with(ctx)
	o, err := b.fs.NewObject(ctx, p)
	if err != nil {
		return frame.Entry{}, b.problem(err)
	}
	return b.entry(ctx, o), nil
}

// Open begins to read.
func (b *backend) Open(ctx context.Context, p string, offset int64, fresh bool) (io.ReadCloser, frame.Entry, error) {
	ctx = b.with(ctx)
	o, ok := b.seen.take(p)
	if !ok || fresh {
		var err error
		if o, err = b.fs.NewObject(ctx, p); err != nil {
			return nil, frame.Entry{}, b.problem(err)
		}
	}
	// Before opening, which fills in what the answer's head says.
	e := b.entry(ctx, o)
	var options []fs.OpenOption
	if offset > 0 {
		options = append(options, &fs.SeekOption{Offset: offset})
	}
	r, err := o.Open(ctx, options...)
	if err != nil {
		return nil, frame.Entry{}, b.problem(err)
	}
	return &reader{r, b}, e, nil
}

type reader struct {
	io.ReadCloser
	b *backend
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.b.problem(err)
	}
	return n, err
}

// Remove takes a file away.
func (b *backend) Remove(ctx context.Context, p string) error {
	ctx = b.with(ctx)
	o, err := b.fs.NewObject(ctx, p)
	if err != nil {
		return b.problem(err)
	}
	return b.problem(o.Remove(ctx))
}

// hideSecrets keeps what opens the storage out of a text.
func (b *backend) hideSecrets(text string) string {
	for _, s := range b.secrets {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return text
}
