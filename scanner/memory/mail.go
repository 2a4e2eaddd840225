package memory

import (
	"strings"
	"time"
)

// Mail is what is told of one outgoing mail. It may hold addresses in the clear:
// they are keyed before anything is kept. It is for one goroutine.
type Mail struct {
	MessageID string
	SHA256    string // hex, of the whole mail; with MessageID it makes a retry the same mail
	At        time.Time
	From      string
	Personal  bool // holds a sure number or sensitive words about somebody
	Doubtful  bool // it may be for somebody else than its reader; known when it is noted
	Readers   []Reader
	Papers    []Paper

	keys *keys
}

// Reader is a recipient outside, with keyed digests of the words in name and address.
type Reader struct {
	Address string // lower case
	Words   []string
	OneWord bool // the words are guesses at an address of one word
	// Short is the keyed digest of an address that may be two names cut short, "" for others.
	Short string
	// Work says that papers about others are this reader's business: a partner, a
	// mailbox of a role, a firm.
	Work bool
}

// Paper is the mail's own text or an attachment.
type Paper struct {
	SHA256   string   // hex, of an attachment; "" for the mail's own text
	Skeleton []uint64 // not keyed
	People   []Person
}

// Person is somebody in a paper, by keyed digests.
type Person struct {
	ID       string // of the number, or of the name where there is none
	Name     string // of the full name, "" if unknown
	Words    []string
	Shorts   []string // of the addresses that the name may be cut down to
	Numbered bool
	Main     bool // the paper is written to or about them
	Own      bool // is one of the readers
}

// ID is the tag of a mail: a retry of it has the same, and so has its case.
func (m *Memory) id(messageID, sha256 string) uint64 {
	return m.keys.tag("mail", messageID+"\x00"+strings.ToLower(sha256))
}

// keys are a mail's tags.
type keys struct {
	id, sender uint64
	readers    []readerKeys
	papers     []paperKeys
}

type readerKeys struct {
	address, domain uint64
	host            string
	words           []uint64
	short           uint64 // 0 for an address that is no name cut short
	single          bool   // it has no more than one word of a name
}

type paperKeys struct {
	file   uint64
	shape  []uint64
	form   uint64 // the shape it was known by, 0 when it is new
	people []personKeys
}

type personKeys struct {
	id, name uint64
	words    []uint64
	shorts   []uint64
	numbered bool
	main     bool
	own      bool
}

// The bounds of one mail: what is beyond adds nothing that the first do not tell.
const (
	maxReaders = 20
	maxPapers  = 20
	MaxPeople  = 20 // in one paper
	maxWords   = 6
	maxShorts  = 18
)

func (m *Memory) keysOf(mail *Mail) *keys {
	if mail.keys != nil {
		return mail.keys
	}
	k := &keys{sender: m.keys.tag("address", mail.From)}
	for _, r := range mail.Readers[:min(len(mail.Readers), maxReaders)] {
		host := r.Address[strings.LastIndexByte(r.Address, '@')+1:]
		rk := readerKeys{domain: m.keys.tag("domain", host), host: host}
		if len(mail.Papers) > 0 {
			rk.address, rk.words = m.keys.tag("address", r.Address), knownAll(r.Words, maxWords)
			rk.short = known(r.Short)
			rk.single = r.OneWord || len(rk.words) == 1
		}
		k.readers = append(k.readers, rk)
	}
	for _, p := range mail.Papers[:min(len(mail.Papers), maxPapers)] {
		pk := paperKeys{shape: m.keys.shape(p.Skeleton)}
		if p.SHA256 != "" {
			pk.file = m.keys.tag("file", p.SHA256)
		}
		for _, x := range p.People[:min(len(p.People), MaxPeople)] {
			pk.people = append(pk.people, personKeys{id: known(x.ID), name: known(x.Name), words: knownAll(x.Words, maxWords), shorts: knownAll(x.Shorts, maxShorts), numbered: x.Numbered, main: x.Main, own: x.Own})
		}
		k.papers = append(k.papers, pk)
	}
	if len(mail.Papers) > 0 {
		k.id = m.id(mail.MessageID, mail.SHA256)
	}
	mail.keys = k
	return k
}

func knownAll(digests []string, most int) []uint64 {
	var out []uint64
	for _, d := range digests[:min(len(digests), most)] {
		if t := known(d); t != 0 {
			out = append(out, t)
		}
	}
	return out
}

// about reports whether the paper says anything about anybody: a main person or a
// number.
func (p *paperKeys) about() bool {
	for i := range p.people {
		if p.people[i].main || p.people[i].numbered {
			return true
		}
	}
	return false
}
