package memory

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"brevvagt/detectors"
	"brevvagt/scanner/policy/lookalike"
)

// keyer turns what is in the clear into tags: 64 bits of a digest keyed with the
// installation's secret, which lies in a file of its own and never in the database.
type keyer struct {
	key   detectors.Key
	block cipher.Block
}

func newKeyer(key detectors.Key) (keyer, error) {
	// Skeletons hold hundreds of hashes, too many for an HMAC of each: they are
	// encrypted with a key that is itself a keyed digest.
	secret, err := hex.DecodeString(key.Digest("scanner/memory skeletons"))
	if err != nil {
		return keyer{}, fmt.Errorf("memory key: %w", err)
	}
	block, err := aes.NewCipher(secret)
	return keyer{key: key, block: block}, err
}

// tag is for a value of a kind, such as "address".
func (k keyer) tag(kind, value string) uint64 { return known(k.key.Digest(kind + "\x00" + value)) }

// known is the tag of a keyed digest that is known already; 0 for none.
func known(digest string) uint64 {
	v, err := strconv.ParseUint(digest[:min(16, len(digest))], 16, 64)
	if err != nil {
		return 0
	}
	return v
}

// shapeSize is how many of a skeleton's hashes are kept, keyed: enough to tell letters of
// one template from others (a share of hashes is right to about a tenth).
const shapeSize = 24

// minShape is the least number of hashes by which a text is known again: one of two
// lines is like any other of two lines.
const minShape = 12

// shape keys the smallest hashes of a skeleton, which come first in it: which ones they are
// is the same for every key, and so is what is taken for the same letter.
func (k keyer) shape(skeleton []uint64) []uint64 {
	if len(skeleton) < minShape {
		return nil
	}
	out := make([]uint64, min(len(skeleton), shapeSize))
	var plain, sealed [aes.BlockSize]byte
	for i, h := range skeleton[:len(out)] {
		binary.LittleEndian.PutUint64(plain[:], h)
		k.block.Encrypt(sealed[:], plain[:])
		out[i] = binary.LittleEndian.Uint64(sealed[:])
	}
	return out
}

// near gives tags that a domain shares with those that can be taken for it.
func (k keyer) near(domain string) []uint64 {
	forms := lookalike.Forms(domain)
	out := make([]uint64, len(forms))
	for i, f := range forms {
		out[i] = k.tag("near", f)
	}
	return out
}

// mix makes one tag of several. Its inputs are keyed, so it need not be.
func mix(kind uint64, tags ...uint64) uint64 {
	h := kind * 0x9e3779b97f4a7c15
	for _, t := range tags {
		h ^= t
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
		h += 0x9e3779b97f4a7c15
	}
	return h
}
