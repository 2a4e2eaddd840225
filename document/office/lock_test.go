package office_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"testing"

	"brevvagt/document/office/lock"
	"brevvagt/document/office/ole"
)

const corpus = "../../testdata/formats/odd/"

func open(t testing.TB, name string) *ole.File {
	t.Helper()
	data, err := os.ReadFile(corpus + name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ole.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPackage(t *testing.T) {
	for _, name := range []string{"velvet-agile.xlsx", "velvet-std.xlsx"} {
		plain, err := lock.Package(open(t, name))
		if err != nil || !bytes.HasPrefix(plain, []byte("PK\x03\x04")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"hemmelig.xlsx", "hemmelig-std.xlsx", "hemmelig.xls"} {
		if _, err := lock.Package(open(t, name)); !errors.Is(err, lock.ErrPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"hemmelig.xlsx", "hemmelig-std.xlsx"} {
		plain, err := lock.Package(open(t, name), "forkert", "hemmelig")
		if err != nil || !bytes.HasPrefix(plain, []byte("PK\x03\x04")) {
			t.Errorf("%s with its password: %v", name, err)
		}
	}
}

func TestRecords(t *testing.T) {
	locked := open(t, "velvet.xls").Get("Workbook")
	plain, err := lock.Records(locked)
	if err != nil || len(plain) != len(locked) || bytes.Equal(plain, locked) {
		t.Fatalf("not decrypted: %v", err)
	}
	if !bytes.Contains(plain, []byte("Eksempelby")) {
		t.Error("the decrypted records do not hold the texts")
	}
	if _, err := lock.Records(open(t, "hemmelig.xls").Get("Workbook")); !errors.Is(err, lock.ErrPassword) {
		t.Errorf("another password: %v", err)
	}
	if _, err := lock.Records([]byte("no records")); !errors.Is(err, lock.ErrPassword) {
		t.Errorf("no workbook: %v", err)
	}
}

// TestSpinIsBounded wants a file that asks for very much hashing refused at once.
func TestSpinIsBounded(t *testing.T) {
	f := open(t, "velvet-agile.xlsx")
	for i := range f.Streams {
		if s := &f.Streams[i]; s.Name == "EncryptionInfo" {
			s.Data = bytes.Replace(s.Data, []byte(`spinCount="100000"`), []byte(`spinCount="2000000000"`), 1)
			if !bytes.Contains(s.Data, []byte("2000000000")) {
				t.Fatal("the sample asks for another number of rounds")
			}
		}
	}
	if _, err := lock.Package(f); !errors.Is(err, lock.ErrPassword) {
		t.Errorf("err %v", err)
	}
}

func FuzzPackage(f *testing.F) {
	for _, name := range []string{"velvet-agile.xlsx", "velvet-std.xlsx"} {
		file := open(f, name)
		f.Add(file.Get("EncryptionInfo"), file.Get("EncryptedPackage")[:64])
	}
	f.Fuzz(func(t *testing.T, info, data []byte) {
		file := &ole.File{Streams: []ole.Stream{{Name: "EncryptionInfo", Data: info}, {Name: "EncryptedPackage", Data: data}}}
		if plain, _ := lock.Package(file); len(plain) > len(data) {
			t.Error("more than there was")
		}
	})
}

func FuzzRecords(f *testing.F) {
	f.Add(open(f, "velvet.xls").Get("Workbook")[:1024])
	pass := binary.LittleEndian.AppendUint16([]byte{0x2f, 0, 54, 0, 1, 0, 4, 0}, 2)
	f.Add(append(pass, make([]byte, 60)...))
	f.Fuzz(func(_ *testing.T, data []byte) { lock.Records(data) })
}
