package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/sheets"
	"brevvagt/quarantine/review/sheets/libre"
)

// The page with a finding is drawn for who may decide, with the key unlocked, and the
// case's log tells it; where there is none, the text stands with the reason.
func TestSheet(t *testing.T) {
	var asked []quarantine.Place
	var problem error
	r := newRig(t, func(c *Config) {
		c.Draw = func(_ context.Context, original []byte, at quarantine.Place) ([]byte, error) {
			if !strings.Contains(string(original), "indhold") {
				return nil, fmt.Errorf("not the original")
			}
			asked = append(asked, at)
			return drawnPage(), problem
		}
	})
	d := openable("a")
	d.Evidence[0].Box = nil
	d.Evidence[0].Path, d.Evidence[0].OCR = "mail.eml/brev.docx", false
	d.Evidence = append(d.Evidence, d.Evidence[0])
	d.Clear = []string{clearValue, "120336-3951", "010245-3951", clearValue}
	held := r.hold(t, d, time.Hour)
	path := "/sag/" + held.ID
	dpo := r.as(t, "dpo")
	_, body := dpo.get(path)
	contains(t, body, path+"/side/0", "Vis siden med stedet", path+"/side/2")
	if _, body := r.as(t, "auditor").get(path); strings.Contains(body, "/side/") {
		t.Error("an auditor is offered pages")
	}
	status, body := dpo.get(path + "/side/3")
	contains(t, body, `src="data:image/png;base64,`, "Alle numre på siden er sværtet over", "070761-xxxx")
	if status != 200 || strings.Contains(body, clearValue) {
		t.Errorf("status %d, or the value in clear", status)
	}
	want := quarantine.Place{Name: "mail.eml", Path: "mail.eml/brev.docx", Page: 1, Value: clearValue, Before: 1}
	if !slices.Equal(asked, []quarantine.Place{want}) {
		t.Errorf("asked for %#v", asked)
	}
	if s := fmt.Sprintf("%v %+v %#v", want, want, &want); strings.Contains(s, clearValue) {
		t.Errorf("prints the value: %s", s)
	}
	for err, sentence := range map[error]string{
		libre.ErrMissing: "LibreOffice ikke er installeret", libre.ErrTime: "ikke færdig", libre.ErrFailed: "kunne ikke lave sider", libre.ErrOpen: "ikke lukkes inde",
		sheets.ErrAbsent: "ikke genfundet", sheets.ErrUnsure: "ikke læses helt", sheets.ErrGone: "ikke fundet igen", context.Canceled: "kunne ikke tegnes",
	} {
		problem = fmt.Errorf("wrapped: %w", err)
		status, body := dpo.get(path + "/side/0")
		contains(t, body, sentence, "Her er teksten", "070761-xxxx", "Medarbejder: Testperson Eksempel")
		if status != 200 || strings.Contains(body, "data:image") {
			t.Errorf("%v: status %d, or a picture", err, status)
		}
	}
	problem = nil
	before := len(asked)
	_, body = dpo.get(path + "/side/2")
	contains(t, body, "står ikke på nogen side: slettet tekst")
	if len(asked) > before {
		t.Error("a page is drawn for what was deleted")
	}
	for _, n := range []string{"-1", "4", "x", "99999999999999999999"} {
		if status, _ := dpo.get(path + "/side/" + n); status != 404 {
			t.Errorf("finding %s: %d", n, status)
		}
	}
	lines, err := r.service.History(t.Context(), held.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, e := range lines {
		if e.Verb == "picture-shown" {
			shown++
			if e.Actor != "dpo" || e.Detail["document"] != "mail.eml/brev.docx" || e.Detail["field"] != "070761-xxxx" {
				t.Errorf("ledger line %+v", e)
			}
		}
	}
	if shown != 1 {
		t.Errorf("%d ledger lines for one page that was shown", shown)
	}
	if strings.Contains(r.log.String(), clearValue) {
		t.Error("the value stands in the log")
	}
	if _, err := r.service.Sheet(t.Context(), held.ID, 0, "dpo", nil, r.server.draw); err == nil {
		t.Error("drawn without the key")
	}
	if _, err := r.service.Sheet(t.Context(), held.ID, 0, " ", r.opener, r.server.draw); err == nil {
		t.Error("drawn for nobody")
	}
}
