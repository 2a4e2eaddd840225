// Package sample makes the traffic of `brevvagt demo`: mails and files modelled
// on real incidents, with people who do not exist.
package sample

import (
	"fmt"
	"time"
)

// Number is the n-th (from 0) synthetic CPR number, spelled 6-4. It has a real
// birth date in the 1940s and a serial from 9990 on, fails modulus 11 and lies on
// no date for which such numbers are known to have been issued, so it belongs to
// nobody (the CPR office's test persons are built the same way).
func Number(n int) string {
	day := time.Date(1940, 2, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
	for serial := 9990; ; serial++ {
		digits := day.Format("020106") + fmt.Sprint(serial)
		if !passesModulus11(digits) {
			return digits[:6] + "-" + digits[6:]
		}
	}
}

func passesModulus11(digits string) bool {
	sum := 0
	for i, weight := range []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += weight * int(digits[i]-'0')
	}
	return sum%11 == 0
}

// Name is the n-th invented name.
func Name(n int) string {
	first := []string{"Testine", "Prøve", "Eksempla", "Fiktiv", "Mønster", "Skabelonia", "Attrap", "Øvelse"}
	last := []string{"Testesen", "Prøvesen", "Eksempelgaard", "Mønsterbæk", "Fiktivsen", "Attrapholm", "Øvegaard"}
	return first[n%len(first)] + " " + last[n%len(last)]
}
