// Package dovecottest starts a private Dovecot for a test: its own mailboxes,
// certificate and ports in a temporary folder, nothing leaves the machine, and
// several may run at once. Only tests import it.
package dovecottest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"brevvagt/internal/porttest"
)

// Config says what the Dovecot is to be like.
type Config struct {
	Users []string // each with the password "hemmelig"
	// Token is what XOAUTH2 and OAUTHBEARER take, as the first user; "" offers neither.
	Token string
	// Separator of folder names, default "/".
	Separator string
	// Boxes are the folders every user has, "name" or `name \Sent`; default Sent,
	// Drafts and Udbakke, the first two marked.
	Boxes []string
	// Extra are further lines of configuration; they win over ours.
	Extra []string
}

// Password of every user.
const Password = "hemmelig"

// Dovecot is a running private Dovecot. It ends with its test.
type Dovecot struct {
	Addr     string // TLS from the first byte
	Plain    string // STARTTLS
	Dir      string
	CAFile   string // PEM of the certificate that signs its own
	RootCAs  *x509.CertPool
	conf     string
	master   *exec.Cmd
	exited   chan struct{}
	listener *httptest.Server
}

// Start runs a Dovecot. It skips the test where there is none; with CI=true it
// fails instead. It skips a short run as well.
func Start(tb testing.TB, c Config) *Dovecot {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts a Dovecot")
	}
	stop := tb.Skipf
	if os.Getenv("CI") == "true" {
		stop = tb.Fatalf
	}
	program := "/usr/sbin/dovecot"
	if _, err := os.Stat(program); err != nil {
		stop("no Dovecot here: %v", err)
	}
	dir, err := os.MkdirTemp("", "dc")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	d := &Dovecot{Dir: dir, conf: filepath.Join(dir, "dovecot.conf")}
	if d.CAFile, d.RootCAs, err = certificate(dir); err != nil {
		tb.Fatal(err)
	}
	if c.Token != "" {
		d.listener = httptest.NewServer(introspection(c))
		tb.Cleanup(d.listener.Close)
	}
	d.Addr, d.Plain = porttest.Free(tb), porttest.Free(tb)
	if err = d.launch(program, c); err != nil {
		tb.Fatalf("private Dovecot: %v\n%s", err, d.Log())
	}
	tb.Cleanup(d.Stop)
	return d
}

// introspection answers whose a token is (RFC 7662).
func introspection(c Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if t := r.FormValue("token"); t != "" {
			token = t
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"active":%t,"email":%q}`, token == c.Token, c.Users[0])
	})
}

// launch writes the configuration and starts the master process.
func (d *Dovecot) launch(program string, c Config) error {
	text, err := d.text(c)
	if err != nil {
		return err
	}
	if err := os.WriteFile(d.conf, []byte(text), 0o600); err != nil {
		return err
	}
	return d.run(program)
}

func (d *Dovecot) run(program string) error {
	out, err := os.Create(filepath.Join(d.Dir, "out"))
	if err != nil {
		return err
	}
	defer out.Close()
	d.master = exec.Command(program, "-F", "-c", d.conf)
	d.master.Stdout, d.master.Stderr = out, out // a pipe would never close
	d.master.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := d.master.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	d.exited = exited
	go func(m *exec.Cmd) { _ = m.Wait(); close(exited) }(d.master)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if c, err := tls.DialWithDialer(&net.Dialer{Timeout: 20 * time.Second}, "tcp", d.Addr, &tls.Config{RootCAs: d.RootCAs}); err == nil {
			_ = c.Close()
			return nil
		}
		select {
		case <-exited:
			return fmt.Errorf("dovecot ended at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
	d.Stop()
	return fmt.Errorf("nothing listens on %s within %s", d.Addr, patience)
}

// patience is how long a Dovecot may take to begin on a machine that does much else.
const patience = 2 * time.Minute

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

// Restart stops and starts it on the same ports.
func (d *Dovecot) Restart(tb testing.TB) {
	tb.Helper()
	d.Stop()
	for attempt := 0; ; attempt++ {
		err := d.run("/usr/sbin/dovecot")
		if err == nil {
			return
		}
		if attempt == 20 {
			tb.Fatalf("restart: %v\n%s", err, d.Log())
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// Stop ends Dovecot and waits for it.
func (d *Dovecot) Stop() {
	if d.master == nil || d.master.Process == nil {
		return
	}
	_ = d.master.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.exited:
	case <-time.After(300 * time.Millisecond): // it would wait two seconds for its clients
		_ = syscall.Kill(-d.master.Process.Pid, syscall.SIGKILL)
		<-d.exited
	}
}

// Log is the log so far.
func (d *Dovecot) Log() string {
	var all string
	for _, name := range []string{"log", "out"} {
		b, _ := os.ReadFile(filepath.Join(d.Dir, name))
		all += string(b)
	}
	return all
}

// Mail is the folder in which a user's mails lie, one file each.
func (d *Dovecot) Mail(user string) string { return filepath.Join(d.Dir, "mail", user) }

// Fill puts mails into a folder by writing its files, which takes a moment where
// handing in thousands over IMAP takes minutes. The folder's name is of one level.
func (d *Dovecot) Fill(tb testing.TB, user, folder string, mails []string) {
	tb.Helper()
	_, owner, err := d.people()
	if err != nil {
		tb.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	own := func(path string, err error) {
		if err == nil {
			err = os.Chown(path, uid, gid)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	base := filepath.Join(d.Dir, "mail")
	for _, part := range []string{user, "." + folder, "cur", "new", "tmp"} {
		path := filepath.Join(base, part)
		own(path, os.MkdirAll(path, 0o700))
		if len(part) != 3 || part == user {
			base = path
		}
	}
	for n, mail := range mails {
		path := filepath.Join(base, "cur", fmt.Sprintf("%d.M%06dP1.test:2,S", time.Now().Unix(), n))
		own(path, os.WriteFile(path, []byte(mail), 0o600))
	}
}

// Client logs in as a user, as a mail program would.
func (d *Dovecot) Client(tb testing.TB, user string) *imapclient.Client {
	tb.Helper()
	c, err := imapclient.DialTLS(d.Addr, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: d.RootCAs}})
	if err != nil {
		tb.Fatalf("%v\n%s", err, d.Log())
	}
	tb.Cleanup(func() { _ = c.Close() })
	if err := c.Login(user, Password).Wait(); err != nil {
		tb.Fatalf("%v\n%s", err, d.Log())
	}
	return c
}

// people are the users that Dovecot runs as: those of the package when the test is
// root, since its login process refuses to be, else the test's own.
func (d *Dovecot) people() (login, internal *user.User, err error) {
	if os.Getuid() != 0 {
		me, err := user.Current()
		return me, me, err
	}
	if login, err = user.Lookup("dovenull"); err != nil {
		return nil, nil, err
	}
	if internal, err = user.Lookup("dovecot"); err != nil {
		return nil, nil, err
	}
	uid, _ := strconv.Atoi(internal.Uid)
	gid, _ := strconv.Atoi(internal.Gid)
	for _, name := range []string{"mail", "home"} {
		path := filepath.Join(d.Dir, name)
		if err := errors.Join(os.MkdirAll(path, 0o755), os.Chown(path, uid, gid)); err != nil {
			return nil, nil, err
		}
	}
	return login, internal, nil
}

// text composes the configuration (Dovecot 2.3) and the file of users.
func (d *Dovecot) text(c Config) (string, error) {
	login, internal, err := d.people()
	if err != nil {
		return "", err
	}
	group, err := user.LookupGroupId(internal.Gid)
	if err != nil {
		return "", err
	}
	var users strings.Builder
	for _, u := range c.Users {
		fmt.Fprintf(&users, "%s:{PLAIN}%s\n", u, Password)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "users"), []byte(users.String()), 0o644); err != nil {
		return "", err
	}
	var b strings.Builder
	auth, token := "plain login", ""
	if c.Token != "" {
		auth += " xoauth2 oauthbearer"
		token = "passdb {\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = " + filepath.Join(d.Dir, "oauth2.conf") + "\n}\n"
		conf := "introspection_mode = post\nintrospection_url = " + d.listener.URL + "/\nusername_attribute = email\nactive_attribute = active\nactive_value = true\n"
		if err := os.WriteFile(filepath.Join(d.Dir, "oauth2.conf"), []byte(conf), 0o644); err != nil {
			return "", err
		}
	}
	b.WriteString(strings.NewReplacer("DIR", d.Dir, "LOGIN", login.Username, "USER", internal.Username, "GROUP", group.Name, "UID", internal.Uid, "GID", internal.Gid, "AUTH", auth,
		"IMAPS", port(d.Addr), "IMAP", port(d.Plain), "TOKENDB", token).Replace(template))
	separator := c.Separator
	if separator == "" {
		separator = "/"
	}
	fmt.Fprintf(&b, "namespace inbox {\n inbox = yes\n separator = %s\n", separator)
	boxes := c.Boxes
	if boxes == nil {
		boxes = []string{`Sent \Sent`, `Drafts \Drafts`, "Udbakke"}
	}
	for _, box := range boxes {
		name, use, marked := strings.Cut(box, ` \`)
		fmt.Fprintf(&b, " mailbox %q {\n  auto = create\n", name)
		if marked {
			fmt.Fprintf(&b, "  special_use = \\%s\n", use)
		}
		b.WriteString(" }\n")
	}
	b.WriteString("}\n" + strings.Join(c.Extra, "\n") + "\n")
	return b.String(), nil
}

const template = `base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
listen = 127.0.0.1
protocols = imap
default_internal_user = USER
default_internal_group = GROUP
default_login_user = LOGIN
mail_uid = UID
mail_gid = GID
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:DIR/mail/%u
disable_plaintext_auth = yes
ssl = required
ssl_cert = <DIR/cert.pem
ssl_key = <DIR/key.pem
ssl_min_protocol = TLSv1.2
auth_mechanisms = AUTH
auth_failure_delay = 0
mail_max_userip_connections = 1000
service imap-login {
 chroot =
 process_min_avail = 1
 service_count = 0
 client_limit = 1000
 inet_listener imap {
  port = IMAP
 }
 inet_listener imaps {
  port = IMAPS
  ssl = yes
 }
}
service anvil {
 chroot =
 unix_listener anvil-auth-penalty {
  mode = 0
 }
}
service stats {
 chroot =
}
service imap {
 process_limit = 500
}
TOKENDBpassdb {
 driver = passwd-file
 args = scheme=PLAIN DIR/users
}
userdb {
 driver = static
 args = uid=UID gid=GID home=DIR/home/%u
}
`
