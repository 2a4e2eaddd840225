package mail

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/smallstep/pkcs7"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

const innerMail = "Content-Type: text/plain\r\n\r\nCPR 070761-4285\r\n"

func certificate() (*x509.Certificate, *rsa.PrivateKey) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Testperson"}, NotAfter: time.Now().Add(time.Hour)}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	return must(x509.ParseCertificate(der)), key
}

func signed(content string, detach bool) []byte {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert := must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))))
	s := must(pkcs7.NewSignedData([]byte(content)))
	must(0, s.AddSigner(cert, key, pkcs7.SignerInfoConfig{}))
	if detach {
		s.Detach()
	}
	return must(s.Finish())
}

func oid(last ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 840, 113549, 1}, last...)
}

type info struct {
	OID     asn1.ObjectIdentifier
	Content asn1.RawValue // [0], the value itself inside
}

func contentInfo(id asn1.ObjectIdentifier, inner any) []byte {
	return must(asn1.Marshal(info{id, asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: must(asn1.Marshal(inner))}}))
}

// plainInfo is the shape that digested and compressed data share.
type plainInfo struct {
	Version   int
	Algorithm struct{ OID asn1.ObjectIdentifier }
	Content   struct {
		OID  asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}
}

func plainData(algorithm asn1.ObjectIdentifier, data []byte) plainInfo {
	var p plainInfo
	p.Algorithm.OID, p.Content.OID, p.Content.Data = algorithm, oid(7, 1), data
	return p
}

// indefinite rewrites constructed values with indefinite length, as BER allows.
func indefinite(data []byte, depth int) []byte {
	var out []byte
	for len(data) > 0 {
		v := must(head(data))
		size := cap(data) - cap(v.body) + len(v.body)
		if v.constructed && depth > 0 {
			out = append(out, v.tag, 0x80)
			out = append(append(out, indefinite(v.body, depth-1)...), 0, 0)
		} else {
			out = append(out, data[:size]...)
		}
		data = data[size:]
	}
	return out
}

func smime(label string, data []byte) string {
	return single("Content-Type: application/pkcs7-mime; smime-type="+label+"; name=smime.p7m\nContent-Transfer-Encoding: base64\n", b64(string(data))+"\n")
}

func TestSMIME(t *testing.T) {
	cert, _ := certificate()
	enveloped := must(pkcs7.Encrypt([]byte(innerMail), []*x509.Certificate{cert}))
	var env info
	must(asn1.Unmarshal(enveloped, &env))
	auth := must(asn1.Marshal(info{oid(9, 16, 1, 23), env.Content}))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	must(io.WriteString(w, innerMail))
	must(0, w.Close())
	type fake struct {
		Version   int
		Receivers []int `asn1:"set"`
		Content   struct {
			OID  asn1.ObjectIdentifier
			Alg  struct{ OID asn1.ObjectIdentifier }
			Data []byte `asn1:"tag:0"`
		}
	}
	pretend := fake{Receivers: []int{1, 2}}
	pretend.Content.OID, pretend.Content.Alg.OID, pretend.Content.Data = oid(7, 1), oid(7, 1), []byte(innerMail)
	mixed := pretend
	mixed.Content.Data = append(append(make([]byte, 3000), innerMail...), make([]byte, 3000)...)
	tests := []struct {
		name   string
		data   string
		sealed bool
		gap    document.Reason
		text   bool
	}{
		{"enveloped", smime("enveloped-data", enveloped), true, "", false},
		{"enveloped, BER", smime("enveloped-data", indefinite(enveloped, 4)), true, "", false},
		{"enveloped under a signed label", smime("signed-data", enveloped), true, "", false},
		{"authEnveloped", smime("authEnveloped-data", auth), true, "", false},
		{"signed", smime("signed-data", signed(innerMail, false)), false, "", true},
		{"signed, BER", smime("signed-data", indefinite(signed(innerMail, false), 5)), false, "", true},
		{"signed under an enveloped label", smime("enveloped-data", signed(innerMail, false)), false, "", true},
		{"digested", smime("signed-data", contentInfo(oid(7, 5), plainData(oid(2, 5), []byte(innerMail)))), false, "", true},
		{"compressed", smime("compressed-data", contentInfo(oid(9, 16, 1, 9), plainData(oid(9, 16, 3, 8), z.Bytes()))), false, "", true},
		{"text behind the envelope", smime("enveloped-data", append(bytes.Clone(enveloped), innerMail...)), true, document.Damaged, true},
		{"text behind an envelope, BER", smime("enveloped-data", append(indefinite(enveloped, 4), innerMail...)), true, document.Damaged, true},
		{"line ends behind the envelope", smime("enveloped-data", append(bytes.Clone(enveloped), "\r\n\x00"...)), true, "", false},
		{"text behind a signed mail", smime("signed-data", append(signed("Content-Type: text/plain\r\n\r\nx\r\n", false), innerMail...)), false, document.Damaged, true},
		{"text among what is encrypted", smime("enveloped-data", contentInfo(oid(7, 3), mixed)), true, document.Damaged, true},
		{"cut off", smime("enveloped-data", enveloped[:len(enveloped)/2]), false, document.Damaged, false},
		{"text in an envelope", smime("enveloped-data", contentInfo(oid(7, 3), pretend)), false, document.Damaged, true},
		{"text under a sealed label", smime("enveloped-data", []byte(innerMail)), false, "", true},
		{"sealed in signed", smime("signed-data", signed(smime("enveloped-data", enveloped), false)), true, "", false},
		{"signature that stands apart", multi("signed", "--b1\n"+innerMail+"\n--b1\nContent-Type: application/pkcs7-signature\nContent-Transfer-Encoding: base64\n\n"+b64(string(signed(innerMail, true)))+"\n--b1--\n"), false, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkSeal(t, tt.data, "smime", tt.sealed, tt.gap, tt.text) })
	}
}

func checkSeal(t *testing.T, data, kind string, sealed bool, gap document.Reason, text bool) {
	t.Helper()
	d := read(t, data)
	if got := len(d.Seals) == 1 && d.Seals[0].Kind == kind; got != sealed {
		t.Errorf("seals %v, want sealed=%v", d.Seals, sealed)
	}
	if gap == "" && len(d.Gaps) > 0 || gap != "" && !documenttest.HasGap(d, gap) {
		t.Errorf("gaps %v, want %q", d.Gaps, gap)
	}
	if documenttest.Has(d, "070761-4285") != text {
		t.Errorf("text found: %v, want %v\n%s", !text, text, documenttest.Describe(d))
	}
}

// armored wraps what write puts into an OpenPGP message.
func armoredMessage(write func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	a := must(armor.Encode(&b, "PGP MESSAGE", map[string]string{"Comment": "klar tekst"}))
	w := write(a)
	must(io.WriteString(w, innerMail))
	must(0, w.Close())
	must(0, a.Close())
	return b.String() + "\n"
}

type keep struct{ io.Writer }

func (keep) Close() error { return nil }

func TestPGP(t *testing.T) {
	entity := must(openpgp.NewEntity("Testperson", "", "a@b.example", nil))
	sealed := armoredMessage(func(w io.Writer) io.WriteCloser {
		return must(openpgp.Encrypt(w, []*openpgp.Entity{entity}, nil, nil, nil))
	})
	password := armoredMessage(func(w io.Writer) io.WriteCloser {
		return must(openpgp.SymmetricallyEncrypt(w, []byte("kodeord"), nil, nil))
	})
	onlySigned := armoredMessage(func(w io.Writer) io.WriteCloser { return must(openpgp.Sign(w, entity, nil, nil)) })
	literal := armoredMessage(func(w io.Writer) io.WriteCloser {
		return must(packet.SerializeLiteral(keep{w}, false, "", 0))
	})
	compressed := armoredMessage(func(w io.Writer) io.WriteCloser {
		z := must(packet.SerializeCompressed(keep{w}, packet.CompressionZLIB, nil))
		l := must(packet.SerializeLiteral(keep{z}, false, "", 0))
		return both{l, z}
	})
	nothing := "-----BEGIN PGP MESSAGE-----\n\nCPR 070761-4285\n-----END PGP MESSAGE-----\n"
	pretend := armoredMessage(func(w io.Writer) io.WriteCloser {
		// A session key packet, then "encrypted" data that is plain text.
		must(w.Write([]byte{0xc1, 0x03, 3, 0, 0, 0xd2, byte(len(innerMail))}))
		return keep{w}
	})
	behind := armoredMessage(func(w io.Writer) io.WriteCloser {
		must(io.Copy(w, must(armor.Decode(strings.NewReader(sealed))).Body))
		return must(packet.SerializeLiteral(keep{w}, false, "", 0))
	})
	tests := []struct {
		name, body string
		sealed     bool
		gap        document.Reason
		text       bool
	}{
		{"encrypted", sealed, true, "", false},
		{"with a password", password, true, "", false},
		{"encrypted with text around", "Hej CPR 070761-4285\n\n" + sealed + "\nslut\n", true, "", true},
		{"a clear packet behind", behind, true, document.Damaged, true},
		{"only signed", onlySigned, false, "", true},
		{"literal", literal, false, "", true},
		{"compressed", compressed, false, "", true},
		{"no packets at all", nothing, false, document.Damaged, true},
		{"text as encrypted data", pretend, false, document.Damaged, true},
		{"never ends", sealed[:len(sealed)/2], false, document.Damaged, false},
		{"more than are judged", strings.Repeat(literal+"\n", 1001), false, document.TooMany, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkSeal(t, single("", tt.body), "pgp", tt.sealed, tt.gap, tt.text)
			mime := multi("encrypted; protocol=\"application/pgp-encrypted\"", "--b1\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b1\nContent-Type: application/octet-stream; name=encrypted.asc\n\n"+tt.body+"\n--b1--\n")
			checkSeal(t, mime, "pgp", tt.sealed, tt.gap, tt.text)
		})
	}
	raw := must(armor.Decode(strings.NewReader(sealed)))
	binaryPart := multi("mixed", "--b1\nContent-Type: application/octet-stream; name=sag.pdf.gpg\nContent-Transfer-Encoding: base64\n\n"+b64(string(must(io.ReadAll(raw.Body))))+"\n--b1--\n")
	checkSeal(t, binaryPart, "pgp", true, "", false)
	if d := read(t, binaryPart); !documenttest.Has(d, "sag.pdf.gpg") {
		t.Error("the name of a sealed file is lost")
	}
	if d := read(t, single("", sealed)); !documenttest.Has(d, "klar tekst") {
		t.Error("the clear lines of an armor are lost")
	}
}

func TestSealedFilesOutsideMail(t *testing.T) {
	entity := must(openpgp.NewEntity("Testperson", "", "a@b.example", nil))
	locked := armoredMessage(func(w io.Writer) io.WriteCloser {
		return must(openpgp.Encrypt(w, []*openpgp.Entity{entity}, nil, nil, nil))
	})
	cert, _ := certificate()
	tests := []struct {
		name  string
		data  []byte
		seals int
		text  bool
	}{
		{"brev.txt.p7m", signed("CPR 070761-4285", false), 0, true},
		{"brev.txt.p7m", must(pkcs7.Encrypt([]byte(innerMail), []*x509.Certificate{cert})), 1, false},
		{"brev.asc", []byte(locked), 1, false},
		{"brev.gpg", must(io.ReadAll(must(armor.Decode(strings.NewReader(locked))).Body)), 1, false},
	}
	for _, tt := range tests {
		d := documenttest.Read(t, formats(), tt.name, tt.data)
		if len(d.Seals) != tt.seals || documenttest.Has(d, "070761-4285") != tt.text || len(d.Gaps) > 0 {
			t.Errorf("%s: seals %v, %s", tt.name, d.Seals, documenttest.Describe(d))
		}
		for _, s := range d.Seals {
			if s.At.Path != tt.name {
				t.Errorf("seal at %+v", s.At)
			}
		}
	}
}

func TestMailSavedAsUTF16(t *testing.T) {
	data := []byte{0xff, 0xfe}
	for _, c := range top + "\r\nCPR 070761-4285\r\n" {
		data = append(data, byte(c), 0)
	}
	d := documenttest.Read(t, formats(), "a.eml", data)
	if !documenttest.Has(d, "070761-4285") || d.Mail == nil || len(d.Mail.To) != 1 {
		t.Error(documenttest.Describe(d))
	}
}

type both struct {
	io.WriteCloser
	outer io.Closer
}

func (b both) Close() error {
	if err := b.WriteCloser.Close(); err != nil {
		return err
	}
	return b.outer.Close()
}

func FuzzCMS(f *testing.F) {
	f.Add(contentInfo(oid(7, 5), plainData(oid(2, 5), []byte(innerMail))))
	f.Add(indefinite(contentInfo(oid(7, 5), plainData(oid(2, 5), []byte(innerMail))), 5))
	f.Add(signed("x", false))
	f.Fuzz(func(t *testing.T, data []byte) {
		outerOID(data)
		if fields, err := inner(data); err == nil {
			if body, err := content(fields); err == nil && len(body) > len(data) {
				t.Fatal("content longer than its container")
			}
		}
	})
}
