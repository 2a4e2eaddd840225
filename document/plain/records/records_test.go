package records

import (
	"fmt"
	"strings"
	"testing"
)

const id = "6610721234"

func said(text string) string {
	var list []string
	for _, f := range Find(text) {
		list = append(list, fmt.Sprintf("%d %s=%s", f.Line, f.Label, f.Text))
	}
	return strings.Join(list, " ")
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"MSH|^~\\&|A|B\nPID|1||" + id + "^^^CPR^PNR||Ravn^Birthe\n":                                                                               "2 CPR-nr.=" + id,
		"MSH|^~\\&|A|B\nPID|||" + id + "||Ravn\n":                                                                                                 "2 CPR-nr.=" + id,
		"MSH|^~\\&|A|B\nPID|||" + id + "^^^LAB^MR||Ravn\n":                                                                                        "",
		"MSH|^~\\&|A|B\nORC|NW|" + id + "|" + id + "\n":                                                                                           "",
		"UNB+UNOC:3+1:14'UNH+1'\nPNA+PAT+" + id + ":CPR+++SU:Ravn'":                                                                               "2 CPR-nr.=" + id,
		"UNB+UNOC:3+1:14'PNA+PAT+" + id + "++++SU:Ravn'":                                                                                          "1 CPR-nr.=" + id,
		"UNB+UNOC:3+1:14'RFF+SRI:" + id + "'LIN+1++" + id + ":EN'":                                                                                "",
		"000910120261130\n001" + id + "  01\n003" + id + "0999\n999000\n":                                                                         "2 CPR-nr.=" + id,
		"000910120261130\n0019999999999\n":                                                                                                        "",
		"  0\nSECTION\n  0\nMTEXT\n  1\n{\\fArial|b0;CPR: \\C1;661072\\C7;-1234}\n  0\nENDSEC\n":                                                  "6 =CPR: 661072-1234",
		"  0\nSECTION\n  0\nATTRIB\n  1\n" + id + "\n  2\nCPR\n  0\nENDSEC\n":                                                                     "6 CPR=" + id,
		"INSERT INTO t (navn, cpr) VALUES ('Karla, Ravn', '" + id + "'), ('O\\'Hara', NULL);":                                                     "1 cpr=" + id,
		"INSERT INTO t (navn, cvr) VALUES ('Karla', '" + id + "');":                                                                               "",
		"INSERT [dbo].[T] ([Id], [CprNr]) VALUES (1, N'" + id + "')":                                                                              "1 CprNr=" + id,
		"CREATE TABLE `t` (\n `id` int,\n `cpr` char(10),\n PRIMARY KEY (`id`)\n);\nINSERT INTO `t` VALUES (1,'" + id + "'),\n(2,'661072123');\n": "6 cpr=" + id + " 7 cpr=661072123",
		"CREATE TABLE t(id integer, pnr text, navn text);\nINSERT INTO t VALUES(1,'" + id + "','a');":                                             "2 pnr=" + id,
		"COPY public.p (id, cprnummer) FROM stdin;\n1\t" + id + "\n2\t\\N\n\\.\n" + id + "\t" + id:                                                "2 cprnummer=" + id,
		"INSERT INTO t (id, foedt, lbnr) VALUES (1,'1936-03-12','3951');":                                                                         "1 foedt=120336-3951",
		"INSERT INTO t (id, dato, nr) VALUES (1,'1936-03-12','3951');":                                                                            "",
		"INSERT [T] ([Fdato], [Kontrolciffer]) VALUES (CAST(N'1936-03-12' AS Date), 3951)":                                                        "1 Fdato=120336-3951",
		"CREATE TABLE t (\n f date,\n foedt date,\n lbnr char(4)\n);\nINSERT INTO t VALUES (NULL,'1936-03-12','3951');":                           "6 foedt=120336-3951",
		"COPY p (foedt, navn, loebenr) FROM stdin;\n1936-03-12\tEva\t3951\n\\.\n":                                                                 "2 foedt=120336-3951",
		"UPDATE t SET foedt='1936-03-12', lbnr='3951' WHERE id=4;":                                                                                "1 foedt=120336-3951",
		"MEDARB  CPRNR      NAVN\n------  ---------- -----\n040044  " + id + " Karla\n":                                                           "3 CPRNR=" + id,
		"        cpr       navn\n0  " + id + "  Karla\n":                                                                                          "",
		"         cpr       navn\n0 " + id + "  Karla\n":                                                                                          "2 cpr=" + id,
		"MEDARB  CPRNR      NAVN\n" + id + "             Karla\n":                                                                                 "",
		"Husk cpr  når du skriver 1234\n          " + id:                                                                                          "",
	} {
		if got := said(text); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestBounds reads much of what could be endless.
func TestBounds(t *testing.T) {
	row := "('" + id + "'),"
	if n := len(Find("INSERT INTO t (cpr) VALUES " + strings.Repeat(row, maxFound+1))); n != maxFound {
		t.Errorf("%d numbers, want %d", n, maxFound)
	}
	for _, s := range []string{"INSERT INTO t (cpr) VALUES (((((", "CREATE TABLE a (", "COPY t (cpr) FROM stdin;", "  0\nSECTION\n  1\n", "MSH|", "UNB+"} {
		Find(strings.Repeat(s, 2000)) // ends
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"MSH|^~\\&|A\nPID|||" + id + "^^^CPR", "UNB+UNOC'PNA+PAT+" + id + ":CPR'", "000x1234\n001" + id, "  0\nSECTION\n  1\n{\\C1;" + id + "}\n  2\nCPR",
		"CREATE TABLE t (a int, cpr text);INSERT INTO t VALUES (1,'" + id + "')", "COPY t (cpr) FROM stdin;\n" + id, "A  CPR\nx  " + id} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, found := range Find(text) {
			if found.Text == "" || found.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%+v", found)
			}
		}
	})
}

// TestSieve holds the cheap look against the rule that it saves.
func TestSieve(t *testing.T) {
	for _, name := range []string{"CPR", "cprnr", "MinCprKolonne", "Person-nr", "personnummer", "PERS.NR", "pers_nr", "persnr", "Pnr", " pnr.", "xpnr", "pris", "navn", "sprog", "opera"} {
		if personColumn.MatchString(name) && !namesPerson(name) {
			t.Errorf("%q is never looked at", name)
		}
	}
	if namesPerson("Ordrenummer  Pris  Dato") {
		t.Error("a heading about nobody is looked at")
	}
}
