package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

type file struct{ name, text string }

func zipOf(files ...file) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		must(io.WriteString(must(w.Create(f.name)), f.text))
	}
	must(0, w.Close())
	return b.Bytes()
}

func tarOf(files ...file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		must(0, w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o600, Typeflag: tar.TypeReg}))
		must(io.WriteString(w, f.text))
	}
	must(0, w.Close())
	return b.Bytes()
}

func packed(w io.WriteCloser, b *bytes.Buffer, data []byte) []byte {
	must(w.Write(data))
	must(0, w.Close())
	return b.Bytes()
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	return packed(gzip.NewWriter(&b), &b, data)
}

func xzOf(data []byte) []byte {
	var b bytes.Buffer
	return packed(must(xz.NewWriter(&b)), &b, data)
}

func zst(data []byte) []byte {
	var b bytes.Buffer
	return packed(must(zstd.NewWriter(&b)), &b, data)
}

// bz2 is "CPR 070761-4285\n", for nothing here writes bzip2.
const bz2 = "425a68393141592653596b1820c4000006de000010400277c0080050002000310000082326329939e700517084ff345dc914e14241ac608310"

// lzipped and compressed are the same text, written by lzip and compress.
const (
	lzipped    = "4c5a4950010c002194066facd9be0c7b7874b2cc867f7a5e8fa7c3fffe9c2c000abdcfb710000000000000003400000000000000"
	compressed = "1f9d9043a0480101e346411b315ad09081a38602"
)

func lz4Of(data []byte) []byte {
	var b bytes.Buffer
	return packed(lz4.NewWriter(&b), &b, data)
}

// cpioOf writes the new form, or the portable one.
func cpioOf(portable bool, files ...file) []byte {
	var b bytes.Buffer
	for _, f := range append(files, file{"TRAILER!!!", ""}) {
		if portable {
			fmt.Fprintf(&b, "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00%s", 0, 0, 0o100600, 0, 0, 1, 0, 0, len(f.name)+1, len(f.text), f.name, f.text)
			continue
		}
		fmt.Fprintf(&b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00", 0, 0o100600, 0, 0, 1, 0, len(f.text), 0, 0, 0, 0, len(f.name)+1, 0, f.name)
		b.Write(make([]byte, -b.Len()&3))
		b.WriteString(f.text)
		b.Write(make([]byte, -b.Len()&3))
	}
	return b.Bytes()
}

// TestCompress is apart from the suite: the file has no checksum and no end.
func TestCompress(t *testing.T) {
	data := must(hex.DecodeString(compressed))
	if d := documenttest.Read(t, formats(), "liste.csv.Z", data); documenttest.Find(d, "070761-4285") == nil {
		t.Error(documenttest.Describe(d))
	}
	for _, data := range [][]byte{data[:3], {0x1f, 0x9d, 0x91, 0, 0}, {0x1f, 0x9d, 0x90, 0xff, 0xff, 0xff}} {
		if _, err := io.ReadAll(newCompress(data)); len(data) > 3 && err == nil {
			t.Errorf("%x: no error", data)
		}
	}
	// Codes that each name the last one grow by a byte: bounded as every archive is.
	bomb := append([]byte{0x1f, 0x9d, 0x90}, bytes.Repeat([]byte{0x55}, 1<<16)...)
	documenttest.Read(t, formats(), "a.Z", bomb)
}

func formats() []document.Format { return append(Formats(), plain.Formats()...) }

func TestSuite(t *testing.T) {
	c := make([]string, 10)
	for i := range c {
		c[i] = documenttest.Canary(200 + i)
	}
	text := func(i int) string { return strings.Repeat("Nummer "+c[i]+" hører til sagen.\n", 8) }
	tests := []struct {
		format  document.Format
		samples []documenttest.Sample
	}{
		{Zip{}, []documenttest.Sample{
			{Name: "a.zip", Data: zipOf(file{"mappe/" + c[0] + ".txt", text(1)}, file{"b.txt", text(2)}), Canaries: []string{c[0] + ".txt", c[1], c[2]}},
			{Name: "i.zip", Data: zipOf(file{"indre.zip", string(zipOf(file{"x.txt", text(3)}))}), Canaries: c[3:4]},
		}},
		{Tar{}, []documenttest.Sample{{Name: "a.tar", Data: tarOf(file{"a.txt", text(4)}, file{"b.txt", text(5)}), Canaries: c[4:6]}}},
		{Cpio{}, []documenttest.Sample{
			{Name: "a.cpio", Data: cpioOf(false, file{"a.txt", text(4)}, file{"tom", ""}, file{c[5] + ".txt", "x"}), Canaries: []string{c[4], c[5] + ".txt"}},
			{Name: "b.cpio", Data: cpioOf(true, file{"a.txt", text(4)}), Canaries: c[4:5]},
		}},
		{Stream{}, []documenttest.Sample{
			{Name: "a.tar.gz", Data: gz(tarOf(file{"a.txt", text(6)})), Canaries: c[6:7]},
			{Name: "a.txt.xz", Data: xzOf([]byte(text(7))), Canaries: c[7:8]},
			{Name: "a.txt.zst", Data: zst([]byte(text(8))), Canaries: c[8:9]},
			{Name: "a.txt.lz4", Data: lz4Of([]byte(text(9))), Canaries: c[9:]},
			{Name: "a.txt.lz", Data: must(hex.DecodeString(lzipped)), Canaries: []string{"070761-4285"}},
			{Name: "a.txt.bz2", Data: must(hex.DecodeString(bz2)), Canaries: []string{"070761-4285"}},
		}},
		{SevenZip{}, []documenttest.Sample{{Name: "a.7z", Data: sevenZipOf("brev.txt", c[9]), Canaries: c[9:]}}},
		{Rar{}, []documenttest.Sample{{Name: "a.rar", Data: rarOf("brev.txt", c[9], 0), Canaries: c[9:]}}},
	}
	for _, tt := range tests {
		t.Run(tt.format.Name(), func(t *testing.T) {
			documenttest.Run(t, documenttest.Suite{Format: tt.format, Others: formats(), Samples: tt.samples})
		})
	}
}

func TestEncryptedMembersAreGaps(t *testing.T) {
	encrypted := zipOf(file{"løn 010203.txt", "x"}, file{"fri.txt", "070761-4285"})
	first := bytes.Index(encrypted, []byte("PK\x01\x02"))
	encrypted[first+8] |= 1 // the flag of the directory is the one that counts
	encrypted[6] |= 1
	d := documenttest.Read(t, formats(), "a.zip", encrypted)
	if len(d.Gaps) != 1 || d.Gaps[0].Why != document.Encrypted || d.Gaps[0].At.Path != "a.zip/løn 010203.txt" {
		t.Errorf("gaps %v", d.Gaps)
	}
	if !documenttest.Has(d, "070761-4285") || !documenttest.Has(d, "løn 010203.txt") {
		t.Errorf("the rest was not read: %s", documenttest.Describe(d))
	}
	d = documenttest.Read(t, formats(), "a.rar", rarOf("a.txt", "x", 1))
	if !documenttest.HasGap(d, document.Encrypted) {
		t.Errorf("rar: gaps %v", d.Gaps)
	}
}

func TestUnknownMethodIsAGap(t *testing.T) {
	data := zipOf(file{"a.txt", "x"})
	i := bytes.Index(data, []byte("PK\x01\x02"))
	data[i+10], data[8] = 98, 98 // PPMd
	d := documenttest.Read(t, formats(), "a.zip", data)
	if len(d.Gaps) != 1 || d.Gaps[0].Why != document.UnknownType || !strings.Contains(d.Gaps[0].Detail, "98") {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestNamesInOldCodePages(t *testing.T) {
	for name, want := range map[string]string{
		"s\x9bren.txt": "søren.txt", "S\xf8ren.txt": "Søren.txt", "bl\xc3\xa5.txt": "blå.txt",
		"../../etc/x.txt": "a.zip/etc/x.txt", `..\b.txt`: "a.zip/b.txt",
	} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		must(io.WriteString(must(w.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true})), "hej"))
		must(0, w.Close())
		d := documenttest.Read(t, formats(), "a.zip", b.Bytes())
		if len(d.Parts) != 2 || !strings.HasSuffix(d.Parts[1].Path, want) || len(d.Gaps) > 0 {
			t.Errorf("%q: %s", name, documenttest.Describe(d))
		}
	}
}

func TestBombsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks bombs")
	}
	zeros := strings.Repeat("0", 60<<20)
	tests := []struct {
		name string
		data []byte
		want document.Reason
	}{
		{"a.zip", zipOf(file{"a.txt", zeros}, file{"b.txt", zeros}), document.TooBig},
		{"a.gz", gz([]byte(zeros)), document.TooBig},
		{"a.txt.xz", xzOf([]byte(zeros)), document.TooBig},
		{"a.txt.zst", zst([]byte(zeros)), document.TooBig},
	}
	for _, tt := range tests {
		d := documenttest.Read(t, formats(), tt.name, tt.data)
		var total int64
		for _, p := range d.Parts[1:] {
			total += p.Size
		}
		if most := int64(freeBytes + maxRatio*len(tt.data)); total > most || !documenttest.HasGap(d, tt.want) {
			t.Errorf("%s: %d bytes unpacked of %d allowed, gaps %v", tt.name, total, most, d.Gaps)
		}
	}
}

func TestManyEntriesAreBounded(t *testing.T) {
	files := make([]file, maxEntries+5)
	for i := range files {
		files[i] = file{name: fmt.Sprintf("%d.txt", i)}
	}
	d := documenttest.Read(t, formats(), "a.zip", zipOf(files...))
	if !documenttest.HasGap(d, document.TooMany) || len(d.Parts) > maxEntries+1 {
		t.Errorf("%d parts, gaps %v", len(d.Parts), d.Gaps)
	}
}

func TestDeepNestingIsBounded(t *testing.T) {
	data := zipOf(file{"x.txt", "070761-4285"})
	for range 20 {
		data = zipOf(file{"i.zip", string(data)})
	}
	if d := documenttest.Read(t, formats(), "a.zip", data); !documenttest.HasGap(d, document.TooDeep) {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestZipWithoutDirectoryIsSalvaged(t *testing.T) {
	data := zipOf(file{"a.txt", "CPR 070761-4285"}, file{"b.txt", "CPR 010237-1234"})
	data = data[:bytes.Index(data, []byte("PK\x01\x02"))]
	d := documenttest.Read(t, formats(), "a.zip", data)
	if !documenttest.Has(d, "070761-4285") || !documenttest.Has(d, "010237-1234") || !documenttest.HasGap(d, document.Damaged) {
		t.Error(documenttest.Describe(d))
	}
}

func TestTimeEndsAnArchive(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	u := newUnpacker(ctx, document.Input{Path: "a"}, nil)
	stop()
	if err := u.next(); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	if _, err := (&stoppable{ctx, strings.NewReader("x")}).Read(make([]byte, 1)); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

func TestXZDictionaryIsBounded(t *testing.T) {
	data := xzOf([]byte("hej"))
	i := bytes.Index(data, []byte{0x21, 0x01})
	data[i+2] = 40
	if d := documenttest.Read(t, formats(), "a.xz", data); !documenttest.HasGap(d, document.TooBig) && !documenttest.HasGap(d, document.Damaged) {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(zipOf(file{"a.txt", "hej"}))
	f.Add(tarOf(file{"a.txt", "hej"}))
	f.Add(gz([]byte("hej")))
	f.Add(xzOf([]byte("hej")))
	f.Add(zst([]byte("hej")))
	f.Add(lz4Of([]byte("hej")))
	f.Add(must(hex.DecodeString(lzipped)))
	f.Add(must(hex.DecodeString(compressed)))
	f.Add(cpioOf(false, file{"a.txt", "hej"}))
	f.Add(cpioOf(true, file{"a.txt", "hej"}))
	f.Add(sevenZipOf("a.txt", "hej"))
	f.Add(rarOf("a.txt", "hej", 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := documenttest.Read(t, formats(), "a", data)
		if documenttest.HasGap(d, document.Crashed) {
			t.Fatal(d.Gaps)
		}
	})
}
