package ocr_test

import (
	"os"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/isolate"
	"brevvagt/document/ocr"
)

// TestInAWorker reads a picture the way the daemon does: in a process without
// files, network and second thread.
func TestInAWorker(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := isolate.New(isolate.Config{Command: []string{self}, Env: []string{ocr.WorkerEnv + "=1"}, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var list []document.Format
	for _, f := range ocr.Formats() {
		list = append(list, p.Format(f))
	}
	for _, name := range []string{"line.png", "line.jpg", "line.webp", "line.heic"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		d := (&document.Formats{List: list}).Read(t.Context(), name, data)
		if !documenttest.Has(d, "070761-4285") || len(d.Gaps) > 0 {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
	report, err := p.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
}
