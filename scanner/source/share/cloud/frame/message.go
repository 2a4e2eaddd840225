package frame

import "log/slog"

// Setup is the first thing the helper gets. It holds secrets: it is sent over the
// pipe only, and prints as nothing.
type Setup struct {
	Kind    string            `json:"kind"` // webdav, sftp, s3, onedrive, drive
	Root    string            `json:"root"` // folder, for s3 bucket/folder
	Options map[string]string `json:"options"`
	Secrets map[string]string `json:"secrets"` // more options
	Write   bool              `json:"write"`   // files may be taken away and put back
}

// String hides everything but the kind.
func (s Setup) String() string { return "storage of kind " + s.Kind }

// GoString is String.
func (s Setup) GoString() string { return s.String() }

// LogValue is String.
func (s Setup) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Question is what is asked; which fields count depends on the kind.
type Question struct {
	Path   string `json:"p,omitempty"`
	Handle uint32 `json:"h,omitempty"`
	Offset int64  `json:"o,omitempty"` // Open: where reading begins
	Fresh  bool   `json:"f,omitempty"` // Open: ask the server, trust no listing
	Size   int64  `json:"s,omitempty"` // Create
	MTime  int64  `json:"m,omitempty"` // Create, nanoseconds since 1970
	Length int    `json:"n,omitempty"` // Read: bytes at most
}

// Entry is a file or folder. Size is -1 where the storage does not tell it.
type Entry struct {
	Name    string  `json:"n"`
	Folder  bool    `json:"d,omitempty"`
	Size    int64   `json:"s"`
	MTime   int64   `json:"m"`           // nanoseconds since 1970, whole seconds
	Tag     string  `json:"t,omitempty"` // the storage's own name for this state of the file
	Sharing Sharing `json:"a,omitempty"`
	Owner   string  `json:"o,omitempty"`
}

// Sharing is who may read something, as far as the storage says so.
type Sharing string

// The values of Sharing; "" is not known.
const (
	Private Sharing = "private"
	Some    Sharing = "some"
	All     Sharing = "all"
)

// Answer is what is known of one file, with the handle it was opened under.
type Answer struct {
	Handle uint32 `json:"h,omitempty"`
	Entry  Entry  `json:"e"`
}

// Code says what to make of a problem.
type Code string

// The codes.
const (
	Gone      Code = "gone"      // not there, or no file
	Denied    Code = "denied"    // may not be read, or the login is refused
	Offline   Code = "offline"   // the storage cannot be reached
	Throttled Code = "throttled" // the storage asks to be left alone for a while
	Taken     Code = "taken"     // a file is there already, and none is written over
	Broken    Code = "broken"    // anything else
)

// Problem is why something could not be done. Text quotes no content.
type Problem struct {
	Code  Code   `json:"c"`
	Text  string `json:"t"`
	Retry int64  `json:"r,omitempty"` // Throttled: milliseconds to wait, 0 when not said
}
