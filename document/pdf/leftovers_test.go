package pdf

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// hiding are files whose number stands where no call of the engine looks.
func hiding() map[string][]byte {
	page := show("Se oplysningerne", 72, 700)
	about := func(entry string) []byte {
		f := onePage(page, "", "", "null", "<<"+entry+">>")
		f.trailer = "/Info 7 0 R"
		return f.bytes()
	}
	xmp := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description rdf:about="" xmlns:dc="d"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">Sag ` + canary + `</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>`
	return map[string][]byte{
		"XMP":              onePage(page, "", "/Metadata 7 0 R", "null", stream("/Type/Metadata/Subtype/XML", xmp)).bytes(),
		"packed XMP":       onePage(page, "", "/Metadata 7 0 R", "null", stream("/Type/Metadata/Subtype/XML/Filter/FlateDecode", flate(xmp))).bytes(),
		"custom property":  about("/Sagsnummer(070761\\0554285)"),
		"property, UTF-16": about("/Borger<FEFF003000370030003700360031002D0034003200380035>"),
		"property, object stream": onePage(page, "", "", "null", stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode",
			flate("9 0 <</Borger(CPR "+canary+")>>"))).bytes(),
		"action":        onePage(page, "", "/OpenAction<</S/JavaScript/JS(app.alert\\('"+canary+"'\\))>>").bytes(),
		"packed action": onePage(page, "", "/OpenAction<</S/JavaScript/JS 7 0 R>>", "null", stream("/Filter/FlateDecode", flate("var cpr = '"+canary+"';"))).bytes(),
		"default value": onePage(page, "/Annots[6 0 R]", "/AcroForm<</Fields[6 0 R]/DA(/Helv 12 Tf)>>",
			"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/DV("+canary+")/V(andet)/Rect[72 600 300 620]/P 3 0 R>>").bytes(),
		"attached to the page alone": onePage(page, "/AF[7 0 R]", "", "null", "<</Type/Filespec/F(a.txt)/EF<</F 8 0 R>>>>",
			stream("/Type/EmbeddedFile/Filter/FlateDecode", flate("CPR "+canary))).bytes(),
	}
}

func TestHiding(t *testing.T) {
	for name, data := range hiding() {
		list := append(shared[:1:1], pngStub{}, anyText{})
		d := (&document.Formats{List: list}).Read(t.Context(), "x.pdf", data)
		s := find(d, canary)
		if s == nil {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
			continue
		}
		if s.At.Layer != document.Hidden && s.At.Layer != document.Metadata {
			t.Errorf("%s: at %+v", name, s.At)
		}
		if n := strings.Count(documenttest.Describe(d), canary); n > 1 {
			t.Errorf("%s: said %d times: %s", name, n, documenttest.Describe(d))
		}
	}
}

// anyText reads an attached file without a name.
type anyText struct{ textStub }

func (anyText) Match([]byte, string) bool { return true }

// TestPicturesUnderThings wants the picture itself where the page shows less of it,
// and the page where a picture of it shows more than its text.
func TestPicturesUnderThings(t *testing.T) {
	grey := stream("/Type/XObject/Subtype/Image/Width 200/Height 200/ColorSpace/DeviceGray/BitsPerComponent 8", repeat("\x00\xff", 20000))
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 200, 100)), nil); err != nil {
		t.Fatal(err)
	}
	scan := "q 595 0 0 842 0 0 cm /X1 Do Q "
	text := show("Se billedet", 72, 700)
	stamp := "<</Type/Annot/Subtype/Stamp/Rect[72 500 300 560]/AP<</N 8 0 R>>>>"
	noNames := "<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Odd/FirstChar 65/LastChar 70/Widths[500 500 500 500 500 500]/Encoding<</Differences[65/g1/g2/g3/g4/g5/g6]>>>>"
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"bar over a scan": {onePage(scan+"0 g 60 690 300 30 re f", "", "", grey).bytes(), []string{"side-1.png", "side-1-billede-1001.png"}},
		"cropped scan":    {onePage(scan, "/CropBox[0 0 595 200]", "", grey).bytes(), []string{"side-1.png", "side-1-billede-1001.png"}},
		"layer":           {onePage("/OC /L1 BDC "+scan+"EMC", "", "/OCProperties<</OCGs[7 0 R]/D<</OFF[7 0 R]>>>>", grey, "<</Type/OCG/Name(L)>>").bytes(), []string{"side-1-billede-1001.png"}},
		"plain scan":      {onePage(scan, "", "", grey).bytes(), []string{"side-1.png"}},
		"stamp":           {onePage(text, "/Annots[7 0 R]", "", "null", stamp, stream("/Type/XObject/Subtype/Form/BBox[0 0 228 60]/Resources<</Font<</F1 5 0 R>>>>", show(canary, 5, 5))).bytes(), []string{"side-1.png"}},
		"pattern":         {onePage(text, "", "", "null", stream("/Type/XObject/Subtype/Image/Width 200/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", photo.String())).bytes(), []string{"billede-uden-side-7.jpg"}},
		"left behind":     {onePage(text, "", "", "null", stream("/Type/XObject/Subtype/Image/Width 200/Height 200/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode", flate(repeat("ab", 20000)))).bytes(), []string{"billede-uden-side-7.png"}},
		"odd font":        {onePage("BT /F1 12 Tf 72 700 Td (ABCDEFABCDEF) Tj ET", "", "").with(5, noNames).bytes(), []string{"side-1.png"}},
	} {
		var got []string
		for _, p := range read(t, c.data).Parts[1:] {
			got = append(got, strings.TrimPrefix(p.Path, "x.pdf/"))
		}
		for _, want := range c.want {
			if !strings.Contains(strings.Join(got, " "), want) {
				t.Errorf("%s: got %v, want %s", name, got, want)
			}
		}
		if name == "plain scan" && len(got) != 1 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
