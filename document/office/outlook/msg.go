package outlook

import (
	"context"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/legacy"
	"brevvagt/document/office/ole"
)

// ReadMSG reads an opened .msg file ([MS-OXMSG]).
func ReadMSG(ctx context.Context, f *ole.File, in document.Input, out *document.Builder) error {
	r := &reader{ctx: ctx, in: in, out: out}
	t := newTree(f)
	m := r.msg(t, 0)
	m.short = m.short || f.Short || f.Crossed
	return r.tell(m, in.Path, 0)
}

// tree is a compound file by storages.
type tree struct {
	streams []ole.Stream
	kids    map[string]*tree
	names   []string // of kids, in order
}

func newTree(f *ole.File) *tree {
	root := &tree{kids: map[string]*tree{}}
	for _, s := range f.Streams {
		t := root
		if s.Storage != "" {
			for name := range strings.SplitSeq(s.Storage, "/") {
				kid := t.kids[name]
				if kid == nil {
					kid = &tree{kids: map[string]*tree{}}
					t.kids[name] = kid
					t.names = append(t.names, name)
				}
				t = kid
			}
		}
		t.streams = append(t.streams, s)
	}
	return root
}

// file makes an ole file of a storage, for an object that is none of ours.
func (t *tree) file(prefix string, f *ole.File) *ole.File {
	for _, s := range t.streams {
		s.Storage = prefix
		f.Streams = append(f.Streams, s)
	}
	for _, n := range t.names {
		t.kids[n].file(strings.TrimPrefix(prefix+"/"+n, "/"), f)
	}
	return f
}

func (t *tree) stream(name string) []byte {
	for _, s := range t.streams {
		if strings.EqualFold(s.Name, name) {
			return s.Data
		}
	}
	return nil
}

// msg reads one message with all that is attached.
func (r *reader) msg(t *tree, depth int) *message {
	m := &message{bag: *newBag()}
	head := 32
	if depth > 0 {
		head = 24
	}
	t.bag(&m.bag, head, 1252)
	page := m.codepage()
	for _, name := range t.names {
		kid := t.kids[name]
		switch {
		case strings.HasPrefix(name, "__recip_version1.0_"):
			b := newBag()
			kid.bag(b, 8, page)
			m.to = append(m.to, b.recipient())
		case strings.HasPrefix(name, "__attach_version1.0_"):
			b := newBag()
			kid.bag(b, 8, page)
			a := b.attachment()
			m.other = append(m.other, b.other...)
			if obj := kid.kids["__substg1.0_3701000D"]; obj != nil {
				if obj.stream("__properties_version1.0") != nil {
					if depth < maxNested+1 {
						a.nested = r.msg(obj, depth+1)
					}
				} else if err := legacy.Read(r.ctx, obj.file("", &ole.File{}), r.out); err != nil {
					m.short = true
				}
				if a.nested == nil {
					continue
				}
			}
			m.attachments = append(m.attachments, a)
		case name == "__nameid_version1.0":
		default:
			m.short = true
		}
	}
	return m
}

// codepage is that of the message's texts of one byte a character.
func (b *bag) codepage() int {
	for _, id := range []uint16{idMessagePage, idCodepage} {
		if n := b.nums[id]; n > 0 {
			return n
		}
	}
	return 1252
}

// bag reads the properties of a storage: fixed ones from the table behind a head
// of so many bytes, the others from streams that are named for them.
func (t *tree) bag(b *bag, head, page int) {
	table := t.stream("__properties_version1.0")
	for at := head; at+16 <= len(table); at += 16 {
		// Of texts the table has the length only.
		if p := table[at : at+16]; p[0] == 3 && p[1] == 0 {
			b.store(uint16(p[2])|uint16(p[3])<<8, 3, p[8:], page)
		}
	}
	if n := b.codepage(); n != 1252 {
		page = n
	}
	for _, s := range t.streams {
		tag, ok := strings.CutPrefix(s.Name, "__substg1.0_")
		if !ok || len(tag) < 8 {
			continue
		}
		n, err := strconv.ParseUint(tag[:8], 16, 32)
		if err != nil {
			continue
		}
		id, kind := uint16(n>>16), uint16(n)
		if kind&0x1000 != 0 && strings.Contains(tag, "-") { // one of several values
			kind &^= 0x1000
		}
		b.store(id, kind, s.Data, page)
	}
}
