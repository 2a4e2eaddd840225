package milter_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/source/gateway/milter"
)

// script drives us with OpenDKIM's miltertest, which speaks through Sendmail's
// own idea of the protocol: three mails on one connection, the second aborted.
const script = `
conn = mt.connect("SOCKET")
if conn == nil then error("connect") end
if mt.conninfo(conn, "klient.example", "192.0.2.9") ~= nil then error("conninfo") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then error("conninfo reply") end
mt.macro(conn, SMFIC_HELO, "{tls_version}", "TLSv1.3")
if mt.helo(conn, "pc7.example") ~= nil then error("helo") end
function mail(marker)
	mt.macro(conn, SMFIC_MAIL, "i", "4fHk2T0Xz9zABC")
	mt.mailfrom(conn, "<a@kommune.example>", "SIZE=10")
	mt.rcptto(conn, "<b@firma.example>")
	mt.header(conn, "Subject", "prove")
	mt.eoh(conn)
	mt.bodystring(conn, marker .. "\r\n")
end
mail("HOLD")
mt.eom(conn)
if mt.getreply(conn) ~= SMFIR_ACCEPT then error("hold reply") end
if not mt.eom_check(conn, MT_QUARANTINE, "fund") then error("not quarantined") end
mail("HOLD")
mt.abort(conn)
mail("NO")
mt.eom(conn)
if mt.getreply(conn) ~= SMFIR_REPLYCODE then error("reject reply") end
if not mt.eom_check(conn, MT_SMTPREPLY, "550", "5.7.1", "Naegtet") then error("reject text") end
mt.disconnect(conn)
`

func TestMiltertest(t *testing.T) {
	bin, err := exec.LookPath("miltertest")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("miltertest is not installed")
		}
		t.Skip("miltertest is not installed")
	}
	var seen []string
	_, addr := start(t, &milter.Server{Handler: milter.HandlerFunc(func(_ context.Context, m *milter.Message) milter.Reply {
		seen = append(seen, m.ConnAddr+" "+m.Helo+" "+m.Macro("tls_version")+" "+m.QueueID+" "+string(m.Content()))
		if strings.Contains(string(m.Body), "HOLD") {
			return milter.Quarantine("fund")
		}
		return milter.Reject(550, "5.7.1", "Nægtet")
	})}, "unix")
	file := filepath.Join(t.TempDir(), "t.lua")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(script, "SOCKET", "unix:"+addr)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, bin, "-s", file).CombinedOutput(); err != nil {
		t.Fatalf("miltertest: %v\n%s", err, out)
	}
	want := "192.0.2.9 pc7.example TLSv1.3 4fHk2T0Xz9zABC Subject: prove\r\n\r\n"
	if len(seen) != 2 || seen[0] != want+"HOLD\r\n" || seen[1] != want+"NO\r\n" {
		t.Errorf("saw %q", seen)
	}
}
