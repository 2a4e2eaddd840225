package smb

import (
	"strings"
	"testing"

	"brevvagt/scanner/source/share/walk"
)

func TestAccess(t *testing.T) {
	for sddl, want := range map[string]walk.Breadth{
		"O:S-1-5-21-1-2-3-1000G:DUD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1000)": walk.Owner,
		"O:BAG:DUD:(A;;FA;;;SY)(A;;0x1200a9;;;S-1-5-21-1-2-3-1104)":                           walk.Group,
		"O:BAG:DUD:(A;;FA;;;SY)(A;;0x1200a9;;;WD)":                                            walk.Everyone,
		"O:BAG:DUD:(A;;FR;;;AU)":                                                              walk.Everyone,
		"O:BAG:DUD:(A;OICI;FR;;;S-1-5-21-9-8-7-513)":                                          walk.Everyone,
		"O:BAG:DUD:(A;OICIIO;FA;;;WD)":                                                        walk.Owner, // for children only
		"O:BAG:DUD:(A;;0x100000;;;WD)":                                                        walk.Owner, // may not read
		"O:BAG:DUD:(D;;FA;;;WD)(A;;FA;;;BA)":                                                  walk.Owner,
		"O:BAG:DU":                                                                            walk.Everyone, // no list
		"O:BAG:DUD:NO_ACCESS_CONTROL":                                                         walk.Everyone,
		"O:BAG:DUD:":                                                                          walk.Owner, // an empty list
	} {
		if _, got := access(sddl); got != want {
			t.Errorf("%s: %v, want %v", sddl, got, want)
		}
	}
	if owner, _ := access("O:S-1-5-21-1-2-3-1000G:DUD:(A;;FA;;;WD)"); owner != "S-1-5-21-1-2-3-1000" {
		t.Errorf("owner %q", owner)
	}
}

func FuzzAccess(f *testing.F) {
	f.Add("O:BAG:DUD:(A;;FA;;;SY)(A;;0x1200a9;;;WD)S:(AU;SA;FA;;;SY)")
	f.Add("D:(((;;;;;;)O:G:D:")
	f.Fuzz(func(t *testing.T, s string) {
		owner, b := access(s)
		if b < walk.Owner || b > walk.Everyone || !strings.Contains(s, owner) {
			t.Errorf("%q: %q %v", s, owner, b)
		}
	})
}
