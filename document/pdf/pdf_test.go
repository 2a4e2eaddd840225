package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/isolate"
	"brevvagt/internal/spent"
)

// pngStub stands for the OCR formats: it takes pictures and says their size.
type pngStub struct{}

func (pngStub) Name() string { return "png" }
func (pngStub) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte("\x89PNG"))
}
func (pngStub) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(fmt.Sprintf("[billede %s side %d]", in.Name, in.Page))
	return nil
}

type textStub struct{}

func (textStub) Name() string                     { return "plain" }
func (textStub) Match(head []byte, n string) bool { return strings.HasSuffix(n, ".txt") }
func (textStub) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(string(in.Data))
	return nil
}

// cache is one folder of compiled code for all tests.
var cache = filepath.Join(os.TempDir(), "brevvagt-pdf-test-cache")

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		if err := isolate.Serve(os.Stdin, os.Stdout, shared); err != nil {
			os.Exit(3)
		}
		os.Exit(0)
	}
	if err := Warm(cache); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var shared = Formats(Config{CacheDir: cache})

func read(t testing.TB, data []byte) *document.Document {
	t.Helper()
	list := append(shared[:1:1], pngStub{}, textStub{})
	return (&document.Formats{List: list}).Read(context.Background(), "x.pdf", data)
}

func find(d *document.Document, text string) *document.Segment {
	for i, s := range d.Segments {
		if strings.Contains(s.Text, text) {
			return &d.Segments[i]
		}
	}
	return nil
}

func chromium(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPrintedByABrowser(t *testing.T) {
	d := read(t, chromium(t))
	for _, c := range []struct {
		text, label string
		page        int
		layer       document.Layer
	}{
		{"med CPR-nummer 070761-4285 har søgt", "", 1, document.Visible},
		{"Søren Ødegård-Test 010257-8953 Hjemmepleje", "", 1, document.Visible},
		{"240557-5151", "", 1, document.Visible}, // letter-spaced
		{"https://sag.example/borger?cpr=2206408637", "link", 1, document.Hidden},
		{"Sagsliste Æblevej", "Title", 0, document.Metadata},
		{"Side to.", "", 2, document.Visible},
		{"[billede side-2-billede-1.png side 2]", "", 2, document.Visible},
	} {
		s := find(d, c.text)
		if s == nil || s.Label != c.label || s.At.Page != c.page || s.At.Layer != c.layer {
			t.Errorf("%q: got %+v", c.text, s)
		}
	}
	if len(d.Gaps) > 0 {
		t.Errorf("gaps %v", d.Gaps)
	}
	if s := find(d, "har søgt"); strings.Contains(s.Text, "Navn") {
		t.Errorf("paragraph and table are one segment: %q", s.Text)
	}
}

const canary = "070761-4285"

// traps are files that hide one number each.
func traps() map[string][]byte {
	plain := show("CPR-nr. "+canary, 72, 700)
	form := func(field string) []byte {
		return onePage("", "/Annots[6 0 R]", "/AcroForm<</Fields[6 0 R]/DA(/Helv 12 Tf)>>",
			"<</Type/Annot/Subtype/Widget/FT/Tx/T(borger.cpr)/Rect[72 600 300 620]/P 3 0 R"+field+">>").bytes()
	}
	note := func(kind string) []byte {
		return onePage(show("Se note", 72, 700), "/Annots[6 0 R]", "", "<</Type/Annot/Subtype/"+kind+"/Rect[72 600 300 620]/Contents(Ring om "+canary+")>>").bytes()
	}
	spaced := ""
	for i, c := range canary {
		spaced += show(string(c), 72+7*i, 700)
	}
	attached := onePage(show("Se bilag", 72, 700), "", "/Names<</EmbeddedFiles<</Names[(a.txt) 7 0 R]>>>>", "null",
		"<</Type/Filespec/F(a.txt)/UF(a.txt)/EF<</F 8 0 R>>>>", stream("/Type/EmbeddedFile", "CPR "+canary)).bytes()
	pinned := onePage(show("Se bilag", 72, 700), "/Annots[9 0 R]", "", "null", "<</Type/Filespec/F(b.txt)/EF<</F 8 0 R>>>>",
		stream("/Type/EmbeddedFile", "CPR "+canary), "<</Type/Annot/Subtype/FileAttachment/Rect[10 10 20 20]/FS 7 0 R>>").bytes()
	hidden := show("Offentlig udgave", 72, 700)
	update1 := update(onePage(plain, "", "").bytes(), 4, stream("", hidden), 6)
	return map[string][]byte{
		"plain":          onePage(plain, "", "").bytes(),
		"flate":          onePage(plain, "", "").with(4, stream("/Filter/FlateDecode", flate(plain))).bytes(),
		"form xobject":   onePage("/X1 Do", "", "", stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>", plain)).bytes(),
		"invisible":      onePage("3 Tr "+plain, "", "").bytes(),
		"white":          onePage("1 g "+plain, "", "").bytes(),
		"black box":      onePage(plain+"0 g 60 690 300 30 re f", "", "").bytes(),
		"outside":        onePage(show(canary, 900, 1000), "", "").bytes(),
		"upside down":    onePage("-1 0 0 -1 595 842 cm "+plain, "/Rotate 90", "").bytes(),
		"field value":    form("/V(" + canary + ")"),
		"field utf16":    form("/V<FEFF003000370030003700360031002D0034003200380035>"),
		"field alone":    onePage("", "/Annots[6 0 R]", "", "<</Type/Annot/Subtype/Widget/FT/Tx/T(cpr)/V("+canary+")/Rect[72 600 300 620]>>").bytes(),
		"sticky note":    note("Text"),
		"free text":      note("FreeText"),
		"attached":       attached,
		"pinned":         pinned,
		"title":          titled(plain),
		"bookmark":       onePage(show("x", 72, 700), "", "/Outlines 7 0 R", "null", "<</First 8 0 R/Last 8 0 R/Count 1>>", "<</Title(Sag "+canary+")/Parent 7 0 R>>").bytes(),
		"xfa":            onePage("", "", "/AcroForm<</Fields[]/XFA[(datasets) 7 0 R]>>", "null", stream("", "<xfa:datasets xmlns:xfa='x'><cpr>"+canary+"</cpr></xfa:datasets>")).bytes(),
		"one by one":     onePage(spaced, "", "").bytes(),
		"empty password": encrypted(plain, ""),
		"earlier":        update1,
		"no startxref":   bytes.Replace(onePage(plain, "", "").bytes(), []byte("startxref\n"), []byte("startxref\n9"), 1),
		"junk before":    append([]byte("HTTP/1.1 200 OK\r\n\r\n"), onePage(plain, "", "").bytes()...),
	}
}

func (f file) with(n int, body string) file {
	f.objects[n-1] = body
	return f
}

func titled(content string) []byte {
	f := onePage(show("x", 72, 700), "", "", "null", "<</Title(Sag "+canary+")>>")
	f.trailer = "/Info 7 0 R"
	return f.bytes()
}

func TestTraps(t *testing.T) {
	for name, data := range traps() {
		t.Run(name, func(t *testing.T) {
			d := read(t, data)
			s := find(d, canary)
			if name == "one by one" { // the detector's squeezed view joins it
				s = find(d, "070761- 4285")
			}
			if s == nil {
				t.Fatalf("not found: %s", documenttest.Describe(d))
			}
			if len(d.Gaps) > 0 {
				t.Errorf("gaps %v", d.Gaps)
			}
			switch name {
			case "earlier":
				if s.At.Layer != document.Earlier || s.At.Page != 1 {
					t.Errorf("at %+v", s.At)
				}
			case "field value", "field utf16":
				if s.Label != "borger.cpr" {
					t.Errorf("label %q", s.Label)
				}
			case "sticky note", "free text":
				if s.At.Layer != document.Comment {
					t.Errorf("at %+v", s.At)
				}
			case "xfa":
				if s.Label != "cpr" || s.At.Layer != document.Hidden {
					t.Errorf("%q at %+v", s.Label, s.At)
				}
			}
		})
	}
}

// TestPagesWithoutText wants a picture of each such page.
func TestPagesWithoutText(t *testing.T) {
	bits := strings.Repeat("\x00\xff", 50*400)
	img := stream("/Type/XObject/Subtype/Image/Width 200/Height 200/ColorSpace/DeviceGray/BitsPerComponent 8", bits)
	noMap := "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[1/g1/g2/g3/g4/g5/g6]>>>>"
	for name, data := range map[string][]byte{
		"scan":          onePage("595 0 0 842 0 0 cm /X1 Do", "", "", img).bytes(),
		"scan and text": onePage(show("gammelt OCR-lag", 72, 700)+"595 0 0 842 0 0 cm /X1 Do", "", "", img).bytes(),
		"outlines":      onePage(repeat("72 700 m 80 710 l S\n", 40), "", "").bytes(),
		"no letters":    onePage("BT /F1 12 Tf 72 700 Td <010203040506> Tj ET", "", "").with(5, noMap).bytes(),
	} {
		d := read(t, data)
		if s := find(d, "[billede side-1.png side 1]"); s == nil || len(d.Gaps) > 0 {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
	for name, d := range map[string]*document.Document{"deep": read(t, drawings(20, img)), "many": read(t, onePage(repeat("1 1 m 2 2 l S\n", maxObjects)+"q 99 0 0 99 0 0 cm /X1 Do Q "+show("Brev", 72, 700), "", "", img).bytes())} {
		if s := find(d, "[billede side-1.png side 1]"); s == nil || len(d.Gaps) > 0 {
			t.Errorf("a picture %s in drawings: %s", name, documenttest.Describe(d))
		}
	}
	blank := read(t, onePage("", "", "").bytes())
	if find(blank, "[billede") != nil {
		t.Error("a blank page was drawn")
	}
}

// drawings is a page with text and a picture within so many drawings.
func drawings(n int, picture string) []byte {
	f := onePage("q 99 0 0 99 0 0 cm /X1 Do Q "+show("Brev", 72, 700), "", "")
	for i := range n {
		f.objects = append(f.objects, stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X1 %d 0 R>>>>", i+7), "/X1 Do"))
	}
	f.objects = append(f.objects, picture)
	return f.bytes()
}

func TestPicturesAreReadOnce(t *testing.T) {
	img := stream("/Type/XObject/Subtype/Image/Width 200/Height 200/ColorSpace/DeviceGray/BitsPerComponent 8", strings.Repeat("a", 40000))
	f := onePage(show("side", 72, 700)+"100 0 0 100 0 0 cm /X1 Do", "", "", img, "")
	f.objects[1] = "<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>"
	f.objects[6] = f.objects[2]
	n := 0
	for _, p := range read(t, f.bytes()).Parts {
		if p.Type == "png" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the logo on both pages was handed on %d times", n)
	}
}

func TestNoSilence(t *testing.T) {
	plain := onePage(show("CPR "+canary, 72, 700), "", "").bytes()
	wrong := bytes.Clone(plain)
	at := bytes.Index(wrong, fmt.Appendf(nil, "%010d", bytes.Index(wrong, []byte("4 0 obj"))))
	copy(wrong[at:], "0000000003")
	picture := func(filter, body string) []byte {
		return onePage("595 0 0 842 0 0 cm /X1 Do", "", "", stream("/Type/XObject/Subtype/Image/Width 1200/Height 1600/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/"+filter, body)).bytes()
	}
	claims := func(content, bits, filter string) []byte {
		return onePage(content, "", "", stream("/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent "+bits+filter, flate(repeat("\x00", 1000)))).bytes()
	}
	const full = "q 595 0 0 842 0 0 cm /X1 Do Q "
	for name, c := range map[string]struct {
		data []byte
		why  document.Reason
	}{
		"60000 pixels":           {claims(full, "8", "/Filter/FlateDecode"), document.TooBig},
		"60000 pixels in bits":   {claims(full, "1", "/Filter/FlateDecode"), document.TooBig},
		"60000 pixels and text":  {claims(full+show("Brev", 72, 700), "8", "/Filter/FlateDecode"), document.TooBig},
		"60000 pixels, small":    {claims("q 99 0 0 99 0 0 cm /X1 Do Q", "8", "/Filter/FlateDecode"), document.TooBig},
		"60000 pixels of a JPEG": {claims(full, "8", "/Filter/DCTDecode"), document.TooBig},
		"broken jbig2":           {picture("JBIG2Decode", repeat("\x13\x37\x00\xfe", 1000)), document.Damaged},
		"broken jpeg":            {picture("DCTDecode", "\xff\xd8\xff\xe0"+repeat("\x00\x11", 200)), document.Damaged},
		"password":               {encrypted(show(canary, 72, 700), "hemmelig"), document.Encrypted},
		"no pdf":                 {[]byte("%PDF-1.7\nnothing"), document.Damaged},
		"cut":                    {plain[:len(plain)-60], document.Damaged},
		"wrong offset":           {wrong, document.Damaged},
		"huge page":              {bytes.Replace(onePage(repeat("72 700 m 80 710 l S\n", 9), "/UserUnit 1", "").bytes(), []byte("[0 0 595 842]"), []byte("[0 0 200000 200000]"), 1), document.TooBig},
	} {
		if d := read(t, c.data); !documenttest.HasGap(d, c.why) {
			t.Errorf("%s: want gap %s, got %s", name, c.why, documenttest.Describe(d))
		}
	}
	list := Formats(Config{CacheDir: cache, MaxPages: 1})
	d := (&document.Formats{List: list}).Read(t.Context(), "x.pdf", chromium(t))
	if !documenttest.HasGap(d, document.TooMany) || find(d, "Side to") != nil {
		t.Errorf("page limit: %v", d.Gaps)
	}
}

// TestHostile wants an end in reasonable time and memory, with text or with a gap.
func TestHostile(t *testing.T) {
	loop := onePage(show("x", 72, 700), "", "")
	loop.objects[1] = "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>"
	count := onePage(show("CPR "+canary, 72, 700), "", "")
	count.objects[1] = "<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"
	nested := onePage(show("CPR "+canary, 72, 700), "/Trap "+repeat("[", 200_000)+repeat("]", 200_000), "")
	marks := onePage(show("CPR "+canary, 72, 700), "", "/Outlines 7 0 R", "null", "<</First 8 0 R/Last 8 0 R/Count 1>>", "<</Title(a)/Parent 7 0 R/Next 9 0 R>>", "<</Title(b)/Parent 7 0 R/Next 8 0 R>>")
	down := onePage(show("CPR "+canary, 72, 700), "", "/Outlines 7 0 R", "null", "<</First 8 0 R/Last 8 0 R/Count 1>>", "<</Title(a)/Parent 7 0 R/First 8 0 R>>")
	for name, data := range map[string][]byte{
		"page tree loop": loop.bytes(), "count": count.bytes(), "nested": nested.bytes(),
		"bookmark loop": marks.bytes(), "bookmark below itself": down.bytes(),
	} {
		t.Run(name, func(t *testing.T) {
			start := spent.Processor()
			d := read(t, data)
			if took := spent.Processor() - start; took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if len(d.Gaps) == 0 && find(d, canary) == nil {
				t.Errorf("neither text nor gap: %s", documenttest.Describe(d))
			}
			t.Log(spent.Processor()-start, d.Gaps)
		})
	}
}

// TestBomb unpacks to more than pdfium may use.
func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	bomb := onePage("", "", "").with(4, stream("/Filter[/FlateDecode/FlateDecode]", flate(flate(repeat("q Q\n", 17<<20))))).bytes()
	small := &format{cfg: Config{}.orDefault(), engine: &engine{cacheDir: cache, pages: 1024}} // 64 MiB
	start := spent.Processor()
	d := (&document.Formats{List: []document.Format{small}}).Read(t.Context(), "x.pdf", bomb)
	if len(d.Gaps) == 0 || spent.Processor()-start > 20*time.Second {
		t.Errorf("%d bytes: gaps %v after %v", len(bomb), d.Gaps, spent.Processor()-start)
	}
	if d := (&document.Formats{List: []document.Format{small}}).Read(t.Context(), "x.pdf", chromium(t)); find(d, canary) == nil {
		t.Errorf("the next file: %s", documenttest.Describe(d))
	}
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := (&document.Formats{List: shared}).Read(ctx, "x.pdf", chromium(t))
	if !documenttest.HasGap(d, document.OutOfTime) {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestSuite(t *testing.T) {
	all := traps()
	var samples []documenttest.Sample
	for _, name := range []string{"plain", "field value", "attached", "flate"} {
		samples = append(samples, documenttest.Sample{Name: strings.ReplaceAll(name, " ", "-") + ".pdf", Data: all[name], Canaries: []string{canary}})
	}
	documenttest.Run(t, documenttest.Suite{Format: shared[0], Others: []document.Format{pngStub{}, textStub{}}, Samples: samples, Mutations: 12})
}

func flate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}
