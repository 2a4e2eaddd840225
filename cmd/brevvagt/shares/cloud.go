package shares

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/seal"
)

// helperName is the program beside ours that reads cloud storage.
const helperName = "brevvagt-cloud"

// helper finds it: beside us, else on the way that the system looks for programs.
func helper() []string {
	if self, err := os.Executable(); err == nil {
		if at := filepath.Join(filepath.Dir(self), helperName); isFile(at) {
			return []string{at}
		}
	}
	if at, err := exec.LookPath(helperName); err == nil {
		return []string{at}
	}
	return nil // cloud.Open says what is missing
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// connectCloud reads the secrets anew each time, so that a changed one counts. keys
// may be nil where nothing is remembered of what is listed.
func connectCloud(c config.Share, keys *seal.Keys) func(ctx context.Context) (night.Connected, error) {
	return func(ctx context.Context) (night.Connected, error) { return openCloud(ctx, c, keys) }
}

func openCloud(ctx context.Context, c config.Share, keys *seal.Keys) (*cloud.Tree, error) {
	setup, err := setupOf(c.Cloud)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Title(), err)
	}
	setup.Write = c.Quarantine()
	if setup.Write && setup.Kind == "drive" {
		setup.Options["scope"] = "drive"
	}
	digest := func(tag string) string { return tag }
	if keys != nil {
		digest = keys.Name
	}
	return cloud.Open(ctx, cloud.Config{Name: c.Title(), Command: helper(), Setup: setup, Digest: digest})
}

// showCloud is a path as people see it: fælles:Borgerservice/liste.xlsx.
func showCloud(c config.Share) func(path string) string {
	return func(path string) string { return c.Name + ":" + path }
}

// setupOf puts a share into rclone's words.
func setupOf(c config.Cloud) (frame.Setup, error) {
	s := frame.Setup{Kind: c.Kind(), Options: map[string]string{}, Secrets: map[string]string{}}
	var err error
	secret := func(option, key, file string) {
		if file != "" && err == nil {
			s.Secrets[option], err = password(c.Kind()+"."+key, file)
		}
	}
	set := func(option, value string) {
		if value != "" {
			s.Options[option] = value
		}
	}
	switch {
	case c.WebDAV != nil:
		x := c.WebDAV
		s.Root = x.Folder
		set("url", x.URL)
		set("vendor", orElse(x.Vendor, "other"))
		set("user", x.User)
		secret("pass", "password_file", x.PasswordFile)
		secret("bearer_token", "token_file", x.TokenFile)
	case c.SFTP != nil:
		x := c.SFTP
		s.Root = x.Folder
		host, port, splitErr := net.SplitHostPort(x.Server)
		if splitErr != nil {
			host, port = x.Server, "22"
		}
		set("host", host)
		set("port", port)
		set("user", x.User)
		set("known_hosts_file", x.KnownHostsFile)
		secret("pass", "password_file", x.PasswordFile)
		secret("key_pem", "key_file", x.KeyFile)
		if key := s.Secrets["key_pem"]; key != "" {
			s.Secrets["key_pem"] = strings.ReplaceAll(key, "\n", `\n`) // as rclone wants it
		}
	case c.S3 != nil:
		x := c.S3
		s.Root = path.Join(x.Bucket, x.Folder)
		set("provider", "AWS")
		if x.Endpoint != "" {
			set("provider", "Other")
			set("force_path_style", "true")
		}
		set("endpoint", x.Endpoint)
		set("region", x.Region)
		set("access_key_id", x.AccessKey)
		secret("secret_access_key", "secret_key_file", x.SecretKeyFile)
	case c.SharePoint != nil:
		x := c.SharePoint
		s.Kind, s.Root = "onedrive", x.Folder
		set("client_credentials", "true")
		set("tenant", x.Tenant)
		set("client_id", x.ClientID)
		set("drive_id", x.DriveID)
		set("drive_type", orElse(x.DriveType, "documentLibrary"))
		secret("client_secret", "client_secret_file", x.ClientSecretFile)
	case c.Drive != nil:
		x := c.Drive
		s.Root = x.Folder
		set("scope", "drive.readonly")
		set("team_drive", x.SharedDrive)
		set("impersonate", x.Impersonate)
		if x.Permissions {
			set("metadata_permissions", "read")
			set("metadata_owner", "read")
		}
		secret("service_account_credentials", "service_account_file", x.ServiceAccountFile)
	}
	return s, err
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
