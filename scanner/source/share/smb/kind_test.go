package smb

import (
	"testing"

	"brevvagt/scanner/source/share/walk"
)

// TestKind: what is told of a file by its attributes and tag, as Windows servers send
// them; a tag alone makes no link.
func TestKind(t *testing.T) {
	for _, x := range []struct {
		what            string
		attributes, tag uint32
		want            walk.Kind
	}{
		{"a file", 0x20, 0, walk.Regular},
		{"a folder", 0x10, 0, walk.Folder},
		{"extended attributes are no tag", 0x20, 0xA000000C, walk.Regular},
		{"a deduplicated file", 0x620, 0x80000013, walk.Regular},
		{"an archived file", 0x1620, 0xC0000004, walk.Regular},
		{"a compressed file", 0x420, 0x80000017, walk.Regular},
		{"a folder of a cloud", 0x410, 0x9000601A, walk.Folder},
		{"a folder with replication", 0x410, 0x80000012, walk.Folder},
		{"a symbolic link", 0x420, 0xA000000C, walk.Link},
		{"one to a folder", 0x410, 0xA000000C, walk.Link},
		{"a link of WSL", 0x420, 0xA000001D, walk.Link},
		{"a junction", 0x410, 0xA0000003, walk.Elsewhere},
		{"a DFS link", 0x410, 0x8000000A, walk.Elsewhere},
		{"a pipe", 0x420, 0x80000024, walk.Special},
		{"a device of NFS", 0x420, 0x80000014, walk.Special},
	} {
		if got := kind(x.attributes, x.tag); got != x.want {
			t.Errorf("%s: %d, want %d", x.what, got, x.want)
		}
	}
}
