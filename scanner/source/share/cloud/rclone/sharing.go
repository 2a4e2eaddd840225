//go:build !norclone

package rclone

import (
	"context"
	"encoding/json"

	"github.com/rclone/rclone/fs"

	"brevvagt/scanner/source/share/cloud/frame"
)

// sharing reads who may read something from what the listing says: of OneDrive and
// SharePoint the scope of a link, of Google Drive the permissions where they were
// asked for. WebDAV, SFTP and S3 say nothing.
func (b *backend) sharing(ctx context.Context, e fs.DirEntry) (frame.Sharing, string) {
	m, ok := e.(fs.Metadataer)
	if !ok || b.kind != "onedrive" && !(b.kind == "drive" && fs.GetConfig(ctx).Metadata) {
		return "", ""
	}
	data, err := m.Metadata(ctx)
	if err != nil {
		return "", "" // not known is what it is
	}
	if b.kind == "onedrive" {
		return scope(data["shared-scope"]), data["created-by-display-name"]
	}
	return permissions(data["permissions"]), data["owner"]
}

// scope is Microsoft Graph's word for how a link was shared. The whole organisation
// is everybody: in a municipality that is thousands.
func scope(s string) frame.Sharing {
	switch s {
	case "anonymous", "organization":
		return frame.All
	case "users":
		return frame.Some
	}
	return ""
}

// permissions are Google Drive's, as JSON.
func permissions(text string) frame.Sharing {
	var list []struct {
		Type string `json:"type"`
		Role string `json:"role"`
	}
	if text == "" || json.Unmarshal([]byte(text), &list) != nil || len(list) == 0 {
		return ""
	}
	widest := frame.Private
	for _, p := range list {
		switch {
		case p.Type == "anyone" || p.Type == "domain":
			return frame.All
		case p.Role != "owner":
			widest = frame.Some
		}
	}
	return widest
}
