package share

import "testing"

func TestFoldersWithNumbersAreInTheLabel(t *testing.T) {
	for path, want := range map[string]string{
		"/sager/010237-5006/brev.txt":          "010237-5006 brev.txt",
		"/sager/0102375006 Test/2026/brev.txt": "0102375006 Test brev.txt",
		"/sager/2026/11/brev.txt":              "brev.txt",
		"sager/010237-5006/brev.txt":           "010237-5006 brev.txt",
		"brev.txt":                             "brev.txt",
	} {
		if got := label(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
