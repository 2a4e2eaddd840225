package internal_test

import (
	"strings"
	"testing"

	"brevvagt/internal/coded"
)

func TestViews(t *testing.T) {
	for name, text := range map[string]string{
		"yaml":          `cpr: "CPR-nr. 130151\x2D5355"`,
		"unicode":       `"\u0031\u0033\u0030\u0031\u0035\u0031\u002d\u0035\u0033\u0035\u0035"`,
		"braces":        `CPR 130151\u{2d}5355`,
		"octal":         `CPR 130151\0555355`,
		"next line":     "cpr.nr=130151\\\n    -5355",
		"markdown":      `CPR-nr. 130151\-5355`,
		"bold":          "| Olga | **130151**-*5355* |",
		"tex":           `CPR-nr.~\textbf{130151}{-}5355`,
		"css":           `content: "CPR 130151\2d 5355"`,
		"sql":           `U&'CPR \0031\0033\0030\0031\0035\0031\002d5355'`,
		"address":       "/sag?q=CPR+130151%2D5355",
		"mail":          "CPR-nr. 1301=\n51=2D5355",
		"entities":      "CPR &#49;30151-5355",
		"terminal":      "CPR \x1b[1m130151\x1b[0m-\x1b[38;5;196m5355",
		"printer":       "CPR \x1b(s3B1301\x1b(s0B51-5355",
		"struck over":   "CPR 1\b13\b30\b01\b15\b51\b1-\b-5\b53\b35\b55\b5",
		"put together":  `document.write("CPR "+"130151"+"-"+"5355")`,
		"with dots":     `my $x = "CPR 130151" . "-" . "5355";`,
		"over lines":    "char *s = \"CPR 130151-\"\n    \"5355\";",
		"both marks":    "CPR *130151*-_5355_",
		"characters":    "Chr(49) & Chr(51) & Chr(48) & Chr(49) & Chr(53) & Chr(49) & Chr(45) & Chr(53) & Chr(51) & Chr(53) & Chr(53)",
		"base64":        "employeeNumber:: Q1BSLW5yLiAxMzAxNTEtNTM1NQ==",
		"base32":        "INIFELLOOIXCAMJTGAYTKMJNGUZTKNJAOPB3QZ3FOI======",
		"hexadecimal":   "VALUES (1,0x4350522D6E722E203133303135312D35333535)",
		"with blanks":   "kode: 43 50 52 20 31 33 30 31 35 31 2d 35 33 35 35 slut",
		"with colons":   "Data 43:50:52:20:31:33:30:31:35:31:2D:35:33:35:35",
		"numbers":       "CPR er 49 51 48 49 53 49 45 53 51 53 53",
		"registry":      "\"Cpr\"=hex(2):31,00,33,00,30,00,31,00,35,00,31,00,\\\r\n  2d,00,35,00,33,00,35,00,35,00,00,00",
		"hexdump":       "00000000  43 50 52 2d 6e 72 2e 20  31 33 30 31 35 31 2d 35  |CPR-nr. 130151-5|\n00000010  33 35 35 0a                                       |355.|",
		"xxd":           "00000000: 4350 522d 6e72 2e20 3133 3031 3531 2d35  CPR-nr. 130151-5\n00000010: 3335 350a                                355.",
		"swapped words": "0000000 5043 2d52 726e 202e 3331 3130 3135 352d\n0000010 3533 0a35",
		"tags":          "CPR \U000E0031\U000E0033\U000E0030\U000E0031\U000E0035\U000E0031\U000E002D\U000E0035\U000E0033\U000E0035\U000E0035",
		"od":            "0000000   C   P   R       1   3   0   1   5   1   -   5   3   5   5  \\n\n0000020",
	} {
		got := strings.Join(coded.Views(text), "|")
		if !strings.Contains(got, "130151-5355") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPlainTextHasNoViews(t *testing.T) {
	for _, text := range []string{
		"CPR-nr. 130151-5355 er oplyst, se https://www.example.dk/sag/2058/0001?x=5&y=%20",
		`C:\2058\130151\5355.txt og 20 % af 130151, 5355 = mange`,
		"SHA1 Fingerprint=9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B",
		"Lotto: 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34",
		"Resultater 45 47 49 51 53 55 57 50 48 46 44 52",
		"00:1A:2B:3C:4D:5E og tlf. 31 33 30 31, 35 31 35 33 eller 35 35 31 33",
		`"130151","5355"` + "\n" + `"130152","5356"`,
		"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
		strings.Repeat("Kommunalbestyrelsesmedlemmerne mødes. ", 50),
		"sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	} {
		if got := coded.Views(text); len(got) != 0 {
			t.Errorf("%.40q gives %q", text, got)
		}
	}
}

func TestViewsAreBounded(t *testing.T) {
	one := strings.Repeat(" ", 100)
	var b strings.Builder
	for i := range 3 * 1000 {
		b.WriteString("CPR 1301")
		b.WriteString(string(rune('0'+i/1000)) + string(rune('0'+i/100%10)))
		b.WriteString(`\x2D53`)
		b.WriteString(string(rune('0'+i/10%10)) + string(rune('0'+i%10)))
		b.WriteString(one)
	}
	if got := len(coded.Views(b.String())); got != 1000 {
		t.Errorf("%d views", got)
	}
}

func FuzzViews(f *testing.F) {
	f.Add(`cpr: "130151\x2D5355" \u{2d} \055 \'2d \` + "\n x")
	f.Add("00000000  43 50 52 2d 6e 72 2e 20  31 33 30 31 35 31 2d 35  |CPR-nr. 130151-5|\n")
	f.Add("\x1b[1m130151\x1b[0m-\b5 =2D =\n %2D &#45; Q1BSLW5yLiAxMzAxNTEtNTM1NQ==")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range coded.Views(text) {
			if len(v) > 400 {
				t.Errorf("a view of %d bytes", len(v))
			}
		}
	})
}

func BenchmarkViews(b *testing.B) {
	text := strings.Repeat("Kære kollega. Borgeren ringede i går og spurgte til sin sag, og vi aftalte et møde den 12. maj kl. 14. ", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		coded.Views(text)
	}
}
