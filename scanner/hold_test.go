package scanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/action/hold"
	"brevvagt/scanner/policy"
)

// The CPR office's own printed example; it passes modulus 11.
const holdNumber = "070761-4285"

type depositor struct {
	got quarantine.Deposit
	err error
}

func (d *depositor) Hold(_ context.Context, got quarantine.Deposit, _ []byte) (*quarantine.Case, error) {
	d.got = got
	return &quarantine.Case{ID: "sag", DraftNo: "2026-01"}, d.err
}

// outcome is a mail with the number everywhere a number can stand.
func outcome(t *testing.T, action policy.Action) *scanner.Outcome {
	t.Helper()
	key := detectors.RandomKey()
	text := "Testperson Eksempel, Prøvevej 12, 9999 Prøveby, CPR-nr. " + holdNumber + " og " + holdNumber + "."
	i := strings.Index(text, holdNumber)
	box := document.Box{2, 2, 10, 5}
	picture := "mail.eml/" + holdNumber + ".png"
	return &scanner.Outcome{
		Verdict: policy.Verdict{Action: action, Rules: []policy.Rule{{ID: "cpr-unprotected", Text: "1 CPR-nummer", English: "1 CPR number", Approvers: 2}}},
		Kind:    "mail", From: holdNumber + "@kommune.example", To: []string{holdNumber + "@sikkerpost.example"},
		Document: &document.Document{
			Mail:     &document.Envelope{Subject: "Vedr. " + holdNumber, MessageID: "<" + holdNumber + "@kommune.example>"},
			Segments: []document.Segment{{Text: text, At: document.Location{Path: "mail.eml"}}, {Text: holdNumber, At: document.Location{Path: picture}}},
			Pictures: []document.Picture{{Path: picture, Data: blank(t)}},
		},
		Findings: []detectors.Finding{
			{Detector: "cpr", Category: "national-id", Strength: detectors.Strong, Value: key.Mask("0707614285", "070761-xxxx"),
				At: document.Location{Path: "mail.eml"}, Start: i, End: i + len(holdNumber)},
			{Detector: "cpr", Category: "national-id", Strength: detectors.Strong, Value: key.Mask("0707614285", "070761-xxxx"),
				At: document.Location{Path: picture, Page: 1, OCR: true, Box: &box}, Segment: 1, End: len(holdNumber)},
		},
		Gaps: []document.Gap{{At: document.Location{Path: "mail.eml/" + holdNumber + ".zip"}, Why: document.Encrypted}},
	}
}

func blank(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 20))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDepositHoldsNoNumber(t *testing.T) {
	var d depositor
	out := outcome(t, policy.Hold)
	it := scanner.Item{Source: "smtp", ID: "1", Name: holdNumber + ".eml", Content: []byte(holdNumber)}
	if err := (hold.Hold{Quarantine: &d}).Apply(t.Context(), it, out); err != nil {
		t.Fatal(err)
	}
	if out.CaseID != "sag" || out.DraftNo != "2026-01" {
		t.Errorf("outcome names case %q, draft %q", out.CaseID, out.DraftNo)
	}
	pictures := d.got.Pictures
	d.got.Pictures = nil
	if d.got.From != out.From || d.got.To[0] != out.To[0] || d.got.MessageID != out.Document.Mail.MessageID {
		t.Errorf("the envelope is not the true one: %+v", d.got)
	}
	d.got.From, d.got.To, d.got.MessageID = "", nil, "" // quarantine seals these
	text, err := json.Marshal(d.got)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{holdNumber, "0707614285", "4285"} {
		if bytes.Contains(text, []byte(n)) {
			t.Errorf("%s stands in the deposit: %s", n, text)
		}
	}
	if d.got.Numbers != 1 || len(d.got.Evidence) != 2 || d.got.Rules[0].Approvers != 2 || len(d.got.Gaps) != 1 {
		t.Errorf("deposit %s", text)
	}
	if !slices.Contains(d.got.DataTypes, "CPR-nr.") || !slices.Contains(d.got.DataTypes, "Adresse") {
		t.Errorf("data types %v", d.got.DataTypes)
	}
	if !strings.Contains(d.got.Evidence[0].Before, "Testperson Eksempel") {
		t.Errorf("no surroundings: %+v", d.got.Evidence[0])
	}
	if len(pictures) != 1 {
		t.Fatalf("%d pictures", len(pictures))
	}
	img, err := png.Decode(bytes.NewReader(pictures[0].PNG))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.GrayModel.Convert(img.At(7, 4)).(color.Gray).Y; got != 0 {
		t.Errorf("the found place is not black but %d", got)
	}
	if got := color.GrayModel.Convert(img.At(35, 15)).(color.Gray).Y; got != 0xff {
		t.Errorf("the rest is not as it was but %d", got)
	}
}

func TestOtherVerdictsAreLeftAlone(t *testing.T) {
	for _, a := range []policy.Action{policy.Pass, policy.Warn, policy.Reject} {
		d := depositor{err: errors.New("must not be called")}
		if err := (hold.Hold{Quarantine: &d}).Apply(t.Context(), scanner.Item{}, outcome(t, a)); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestAFailedHoldIsAnError(t *testing.T) {
	d := depositor{err: errors.New("disk full")}
	out := outcome(t, policy.Hold)
	if err := (hold.Hold{Quarantine: &d}).Apply(t.Context(), scanner.Item{ID: "1"}, out); err == nil || out.CaseID != "" {
		t.Errorf("error %v, case %q", err, out.CaseID)
	}
}
