package postfixtest

import (
	"fmt"
	"os/exec"
	"strings"
)

// mainCF composes main.cf and finds the folder of the daemons.
func (p *Postfix) mainCF(c Config) (text, daemons string, err error) {
	var b strings.Builder
	for _, name := range []string{"daemon_directory", "command_directory", "shlib_directory", "meta_directory"} {
		out, err := exec.Command("postconf", "-dh", name).Output()
		if err != nil {
			return "", "", fmt.Errorf("postconf %s: %w", name, err)
		}
		value := strings.TrimSpace(string(out))
		if name == "daemon_directory" {
			daemons = value
		}
		fmt.Fprintf(&b, "%s = %s\n", name, value)
	}
	transport := "discard:"
	if c.NextHop != "" {
		host, port, _ := strings.Cut(c.NextHop, ":")
		transport = "smtp:[" + host + "]:" + port
	}
	b.WriteString(strings.NewReplacer("DIR", p.Dir, "TRANSPORT", transport).Replace(mainCF))
	if c.Milter != "" {
		fmt.Fprintf(&b, "smtpd_milters = { %s, default_action=%s, content_timeout=%s }\nnon_smtpd_milters = $smtpd_milters\nmilter_protocol = 6\n",
			c.Milter, orElse(c.DefaultAction, "quarantine"), orElse(c.ContentTimeout, "20s"))
	}
	for _, line := range c.Extra {
		b.WriteString(line + "\n")
	}
	return b.String(), daemons, nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

const mainCF = `compatibility_level = 3.6
queue_directory = DIR/spool
data_directory = DIR/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = DIR/log/mail.log
maillog_file_prefixes = DIR
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test.invalid
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks,reject
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
default_transport = TRANSPORT
enable_long_queue_ids = yes
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 10s
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
message_size_limit = 102400000
`

// masterCF has chroot off everywhere, so that sockets keep their full paths, and
// postlog, without which there is no log.
const masterCF = `ADDR inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
