package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Cloud is a share that the helper brevvagt-cloud reads: one of these. Secrets lie in
// files, or are named as systemd credentials.
type Cloud struct {
	WebDAV     *WebDAV     `yaml:"webdav"`
	SFTP       *SFTP       `yaml:"sftp"`
	S3         *S3         `yaml:"s3"`
	SharePoint *SharePoint `yaml:"sharepoint"` // and OneDrive
	Drive      *Drive      `yaml:"drive"`      // Google's
}

// WebDAV is a folder on a web server, such as Nextcloud's.
type WebDAV struct {
	URL          string `yaml:"url"` // https, or http on this machine
	Folder       string `yaml:"folder"`
	Vendor       string `yaml:"vendor"` // nextcloud, owncloud, sharepoint; default other
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`
	TokenFile    string `yaml:"token_file"` // a bearer token instead of user and password
}

// SFTP is a folder on a server that speaks SSH.
type SFTP struct {
	Server         string `yaml:"server"` // host or host:port
	Folder         string `yaml:"folder"`
	User           string `yaml:"user"`
	PasswordFile   string `yaml:"password_file"`
	KeyFile        string `yaml:"key_file"` // a private key without a passphrase, instead
	KnownHostsFile string `yaml:"known_hosts_file"`
}

// S3 is a bucket, or a folder in one.
type S3 struct {
	Bucket        string `yaml:"bucket"`
	Folder        string `yaml:"folder"`
	Endpoint      string `yaml:"endpoint"` // default Amazon's
	Region        string `yaml:"region"`
	AccessKey     string `yaml:"access_key"`
	SecretKeyFile string `yaml:"secret_key_file"`
}

// SharePoint is a document library or a OneDrive, read by an application that is
// registered in the municipality's Entra ID (client credentials).
type SharePoint struct {
	Tenant           string `yaml:"tenant"`
	ClientID         string `yaml:"client_id"`
	ClientSecretFile string `yaml:"client_secret_file"`
	DriveID          string `yaml:"drive_id"`
	DriveType        string `yaml:"drive_type"` // documentLibrary (default) or business
	Folder           string `yaml:"folder"`
}

// Drive is a Google Drive, read by a service account.
type Drive struct {
	ServiceAccountFile string `yaml:"service_account_file"` // the account's JSON
	SharedDrive        string `yaml:"shared_drive"`         // its ID
	Impersonate        string `yaml:"impersonate"`          // whose drive is read, instead
	Folder             string `yaml:"folder"`
	// Permissions asks who may read each file, which takes a question for each.
	Permissions bool `yaml:"permissions"`
}

// Kind is the kind that is given, "" for none.
func (c Cloud) Kind() string {
	switch {
	case c.WebDAV != nil:
		return "webdav"
	case c.SFTP != nil:
		return "sftp"
	case c.S3 != nil:
		return "s3"
	case c.SharePoint != nil:
		return "sharepoint"
	case c.Drive != nil:
		return "drive"
	}
	return ""
}

func (c Cloud) kinds() (n int) {
	for _, given := range []bool{c.WebDAV != nil, c.SFTP != nil, c.S3 != nil, c.SharePoint != nil, c.Drive != nil} {
		if given {
			n++
		}
	}
	return n
}

func (c Cloud) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	need := func(kind string, list ...string) { // key, value, key, value …
		for i := 0; i < len(list); i += 2 {
			if list[i+1] == "" {
				bad("%s.%s is missing", kind, list[i])
			}
		}
	}
	if x := c.WebDAV; x != nil {
		need("webdav", "url", x.URL)
		if err := webURL(x.URL); x.URL != "" && err != nil {
			bad("webdav.url: %w", err)
		}
		if (x.PasswordFile == "") == (x.TokenFile == "") || (x.User == "") != (x.PasswordFile == "") {
			bad("webdav: either user and password_file or token_file must be given")
		}
		switch x.Vendor {
		case "", "nextcloud", "owncloud", "sharepoint", "other":
		default:
			bad("webdav.vendor: %q must be nextcloud, owncloud, sharepoint or other", x.Vendor)
		}
	}
	if x := c.SFTP; x != nil {
		need("sftp", "server", x.Server, "user", x.User, "known_hosts_file", x.KnownHostsFile)
		if (x.PasswordFile == "") == (x.KeyFile == "") {
			bad("sftp: either password_file or key_file must be given")
		}
		if x.KnownHostsFile != "" && !filepath.IsAbs(x.KnownHostsFile) {
			bad("sftp.known_hosts_file: %q must be an absolute path", x.KnownHostsFile)
		}
	}
	if x := c.S3; x != nil {
		need("s3", "bucket", x.Bucket, "access_key", x.AccessKey, "secret_key_file", x.SecretKeyFile)
		if err := webURL(x.Endpoint); x.Endpoint != "" && err != nil {
			bad("s3.endpoint: %w", err)
		}
	}
	if x := c.SharePoint; x != nil {
		need("sharepoint", "tenant", x.Tenant, "client_id", x.ClientID, "client_secret_file", x.ClientSecretFile, "drive_id", x.DriveID)
		if x.DriveType != "" && x.DriveType != "documentLibrary" && x.DriveType != "business" {
			bad("sharepoint.drive_type: %q must be documentLibrary or business", x.DriveType)
		}
	}
	if x := c.Drive; x != nil {
		need("drive", "service_account_file", x.ServiceAccountFile)
		if (x.SharedDrive == "") == (x.Impersonate == "") {
			bad("drive: either shared_drive or impersonate must be given")
		}
	}
	return errors.Join(errs...)
}

// webURL refuses an address that would carry a login in the clear, or holds one.
func webURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return errors.New("no address such as https://sky.kommune.example/dav")
	case u.User != nil:
		return errors.New("no user or password in the address")
	case u.Scheme == "https", u.Scheme == "http" && (u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1"):
		return nil
	}
	return errors.New("must begin with https://")
}
