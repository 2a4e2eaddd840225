package smb

import (
	"strconv"
	"strings"

	"brevvagt/scanner/source/share/walk"
)

// access reads an owner and who may read from a security descriptor in SDDL
// ([MS-DTYP] 2.5.1). A denial is not weighed: better one report too many.
func access(sddl string) (owner string, b walk.Breadth) {
	owner = part(sddl, "O:")
	dacl, ok := cutPart(sddl, "D:")
	if !ok || strings.HasPrefix(dacl, "NO_ACCESS_CONTROL") {
		return owner, walk.Everyone // no list at all lets everybody in
	}
	b = walk.Owner
	for ace := range strings.SplitSeq(dacl, "(") {
		ace, _, closed := strings.Cut(ace, ")")
		fields := strings.Split(ace, ";")
		if !closed || len(fields) < 6 || fields[0] != "A" && fields[0] != "XA" || strings.Contains(fields[1], "IO") || !reads(fields[2]) {
			continue
		}
		b = max(b, who(fields[5], owner))
	}
	return owner, b
}

// part is what follows a mark up to the next one.
func part(sddl, mark string) string {
	s, _ := cutPart(sddl, mark)
	return s
}

func cutPart(sddl, mark string) (string, bool) {
	_, rest, ok := strings.Cut(sddl, mark)
	if !ok {
		return "", false
	}
	for _, next := range []string{"O:", "G:", "D:", "S:"} {
		if before, _, found := strings.Cut(rest, next); found {
			rest = before
		}
	}
	return rest, true
}

// reads reports whether rights let somebody read a file's data, or list a folder.
func reads(rights string) bool {
	if v, err := strconv.ParseUint(rights, 0, 32); err == nil {
		const data, all, generic = 0x1, 0x10000000, 0x80000000
		return v&(data|all|generic) != 0
	}
	for i := 0; i+1 < len(rights); i += 2 {
		switch rights[i : i+2] {
		case "FA", "FR", "GA", "GR", "CC", "KA", "KR":
			return true
		}
	}
	return false
}

// who tells everybody, a few, and the owner with the system apart. Users of the
// domain are everybody: in a municipality that is thousands.
func who(sid, owner string) walk.Breadth {
	switch sid {
	case "WD", "AU", "BU", "DU", "AN", "BG", "DG", "NU", "IU", "S-1-1-0", "S-1-5-11", "S-1-5-7", "S-1-5-32-545", "S-1-5-32-546", "S-1-5-2":
		return walk.Everyone
	case owner, "SY", "BA", "CO", "OW", "LA", "DA", "S-1-5-18", "S-1-5-32-544", "S-1-3-0", "S-1-3-4":
		return walk.Owner
	}
	if strings.HasPrefix(sid, "S-1-5-21-") && (strings.HasSuffix(sid, "-513") || strings.HasSuffix(sid, "-514")) {
		return walk.Everyone // the domain's users or guests
	}
	return walk.Group
}
