package special

import "strings"

// roles end the title before a name, or begin it behind one; speaking is what
// people do by office. Who speaks, chairs or teaches is not whom the matter is
// about.
var (
	roles = []string{"formand", "forkvinde", "borgmester", "rådmand", "direktør", "chef", "leder", "forstander", "læge", "professor", "forsker", "lektor", "forfatter", "minister", "biskop", "præst", "provst", "konsulent", "koordinator", "sygeplejerske", "rådgiver", "behandler", "ordfører", "inspektør", "pædagog", "lærer", "psykolog",
		"assistent", "terapeut", "vejleder", "journalist", "sekretær", "advokat", "dommer", "kontakt:", "kontakt", "hilsen", "ved"}
	speaking = setOf("orienterede orienterer redegjorde redegør fremlagde fremlægger fortæller fortalte holder holdt underviser bød byder indstiller indledte deltog deltager gennemgik præsenterede skriver udtaler siger")
)

// onStage are what somebody does whom others come to hear, before the name:
// "fortæller skuespilleren Testperson Eksempel".
var onStage = setOf("fortæller fortalte underviser holder optræder gæster synger spiller")

// byOffice reports whether the name of words[from:to] is that of somebody who
// speaks or holds an office.
func byOffice(words []string, from, to int) bool {
	if from > 0 {
		before := strings.ToLower(strings.Trim(words[from-1], ",.;()"))
		if before == "v/" || onStage[before] || from > 1 && onStage[strings.ToLower(words[from-2])] && strings.ToLower(words[from-1]) == words[from-1] {
			return true
		}
		for _, r := range roles {
			if strings.HasSuffix(before, r) && !(r == "ved" && before != r) {
				return true
			}
		}
	}
	if to >= len(words) {
		return false
	}
	next := strings.ToLower(strings.Trim(words[to], ",.;:()"))
	if speaking[next] && !(next == "holder" && to+1 < len(words) && strings.HasPrefix(words[to+1], "ramadan")) {
		return true
	}
	if strings.HasSuffix(words[to-1], ",") || strings.HasPrefix(words[to], "(") {
		for _, r := range roles {
			if strings.HasSuffix(next, r) && r != "ved" {
				return true
			}
		}
	}
	return false
}
