package quality_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// lookalike writes lines with numbers that are no CPR numbers.
type lookalike struct {
	class string
	write func(r *rand.Rand) string
}

func digits(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	return b.String()
}

func moment(r *rand.Rand) time.Time {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(1_000_000)) * 90 * time.Second)
}

// lookalikes are those of the table of look-alikes in the domain notes, and what
// else municipal papers are full of.
func lookalikes() []lookalike {
	label := func(class, text string, n int) lookalike {
		return lookalike{class, func(r *rand.Rand) string { return fmt.Sprintf(text, digits(r, n)) }}
	}
	stamp := func(class, text, layout string) lookalike {
		return lookalike{class, func(r *rand.Rand) string { return fmt.Sprintf(text, moment(r).Format(layout)) }}
	}
	return []lookalike{
		label("invoice number", "Fakturanr. %s, forfalder om 14 dage", 10),
		label("invoice number", "Fakturanummer: %s", 10),
		label("P-number", "P-nr. 10%s", 8),
		label("P-number", "P-enhed: 10%s", 8),
		label("CVR number", "CVR-nr. %s", 8),
		label("bank account", "Reg.nr. 5051 kontonr. %s", 10),
		label("bank account", "Overføres til 5051 %s", 10),
		label("IBAN", "IBAN DK%s", 16),
		label("payment slip", "+71<0%s+81234567<", 14),
		label("card number", "Kort 4571 %s", 12),
		label("EAN", "EAN-nr. 5798%s", 9),
		label("ISBN", "ISBN 978-87-%s-1", 7),
		label("order list", "Ordre nr. %s, 3 stk.", 10),
		label("order list", "Varenr. %s, lager 12", 10),
		label("serial number", "Serienummer SN%s", 10),
		label("serial number", "S/N AB-%s-X", 10),
		label("parcel", "Pakke 0037%s", 16),
		label("staff number", "Medarbejdernummer %s", 10),
		label("invoice with amount", "Beløb: kr. %s", 10),
		label("bare account number", "%s", 10),
		{"phone list", func(r *rand.Rand) string {
			d := digits(r, 8)
			return "Tlf. +45 " + d[:2] + " " + d[2:4] + " " + d[4:6] + " " + d[6:]
		}},
		{"phone list", func(r *rand.Rand) string { return "Mobil 2" + digits(r, 7) + " / lokal " + digits(r, 4) }},
		{"case number", func(r *rand.Rand) string { return "Sagsnr. 27.00.00-G01-" + digits(r, 2) + "-26" }},
		{"case number", func(r *rand.Rand) string { return "Journalnr. 2015-" + digits(r, 3) + "-" + digits(r, 4) }},
		stamp("time stamp", "%s INFO jobbet er færdigt", "2006-01-02 15:04:05"),
		stamp("time stamp", "%s", "2006-01-02T15:04:05.000000Z"),
		stamp("time stamp", "Modtaget d. %s", "02.01.06 kl. 1504"),
		stamp("time stamp in a name", "scan_%s.pdf", "0601021504"),
		{"unix time", func(r *rand.Rand) string { return fmt.Sprintf("ts=%d level=info", moment(r).Unix()) }},
		{"uuid", func(r *rand.Rand) string {
			return fmt.Sprintf("%08x-%04x-%04x-%04x-%012d", r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16), r.Int64N(1e12))
		}},
		{"hash", func(r *rand.Rand) string { return fmt.Sprintf("sha1 %016x%016x", r.Uint64(), r.Uint64()) }},
		{"coordinates", func(r *rand.Rand) string { return "55." + digits(r, 6) + ", 12." + digits(r, 6) }},
		{"coordinates", func(r *rand.Rand) string { return "UTM32 " + digits(r, 6) + ".12 61" + digits(r, 5) + ".44" }},
		{"prices", func(r *rand.Rand) string { return "I alt 1." + digits(r, 3) + "." + digits(r, 3) + ",50 kr." }},
		{"date and post code", func(r *rand.Rand) string {
			return moment(r).Format("02.01.06") + " 5" + digits(r, 3) + " Eksempelby"
		}},
		{"date and phone", func(r *rand.Rand) string { return "Ring " + moment(r).Format("02.01.06") + " 6" + digits(r, 7) }},
		{"Norwegian number", func(r *rand.Rand) string { return "Fødselsnummer (Norge) " + digits(r, 11) }},
		{"Swedish number", func(r *rand.Rand) string {
			return fmt.Sprintf("Samordningsnummer (Sverige) %02d%02d%02d-%s", 40+r.IntN(50), 1+r.IntN(12), 61+r.IntN(30), digits(r, 4))
		}},
		{"land register", func(r *rand.Rand) string { return "BFE-nr. " + digits(r, 7) + ", matr.nr. 12ab Eksempel By" }},
		{"network address", func(r *rand.Rand) string { return "10.0." + digits(r, 2) + "." + digits(r, 2) + " port 443" }},
		{"meter readings", func(r *rand.Rand) string {
			return digits(r, 6) + " " + digits(r, 6) + " " + digits(r, 4) + " " + digits(r, 6)
		}},
		{"pure dates", func(r *rand.Rand) string {
			return moment(r).Format("02-01-2006") + " til " + moment(r).Format("02-01-2006")
		}},
	}
}
