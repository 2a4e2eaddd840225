package detectortest

import (
	"fmt"
	"time"
)

// This file makes numbers that no person has. It checks digits by itself rather
// than with the detector's code, so that a test never agrees with a bug.

// AsOf is the day by which numbers of CPR are judged: all of them are born by then.
var AsOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)

// CPR gives the n-th of a fixed row of ten-digit numbers that pass modulus 11 and
// are born 2037-2057, so that no living person has one. Judge them with AsOf. The
// row has no repetition for n below 7,000.
func CPR(n int) string {
	day := time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, (n*1511)%7670)
	for serial := 5000 + (n*37)%3900; ; serial++ {
		if value := fmt.Sprintf("%s%04d", day.Format("020106"), serial); weightedSum(value)%11 == 0 {
			return value
		}
	}
}

// CPRNoMod11 gives the n-th of a fixed row of ten-digit numbers that are valid by
// date today, fail modulus 11 on a date where none such was issued (never 1
// January), and so belong to nobody. Born 1940-1999, serials 0000-3999. Write
// them in the form 6-4. The row has no repetition for n below 20,000.
func CPRNoMod11(n int) string {
	day := time.Date(1940, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, (n*1511)%21900)
	if day.Month() == time.January && day.Day() == 1 {
		day = day.AddDate(0, 0, 1)
	}
	for serial := 3000 + (n*7)%900; ; serial++ {
		if value := fmt.Sprintf("%s%04d", day.Format("020106"), serial); weightedSum(value)%11 != 0 {
			return value
		}
	}
}

// Dashed writes a ten-digit number in the form 6-4.
func Dashed(value string) string { return value[:6] + "-" + value[6:] }

func weightedSum(value string) int {
	sum := 0
	for i, weight := range []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += weight * int(value[i]-'0')
	}
	return sum
}
