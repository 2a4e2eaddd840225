package postfix

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brevvagt/internal/postfixtest"
)

// printed is what postcat -ehbq prints for one held mail.
func printed(id, content string) string {
	return fmt.Sprintf("*** ENVELOPE RECORDS hold/%[1]s ***\nsender: a@b.example\n*** MESSAGE CONTENTS hold/%[1]s ***\n%[2]s*** HEADER EXTRACTED hold/%[1]s ***\n*** MESSAGE FILE END hold/%[1]s ***\n", id, content)
}

func TestTakeApart(t *testing.T) {
	ids := []string{"AAAAAA1", "AAAAAA2"}
	whole := printed(ids[0], "X: 1\n\nhej\n") + printed(ids[1], "")
	got, ok := takeApart([]byte(whole), ids)
	if !ok || len(got) != 2 || string(got[0]) != "X: 1\r\n\r\nhej\r\n" || len(got[1]) != 0 {
		t.Fatalf("%q, %v", got, ok)
	}
	for name, out := range map[string]string{
		"nothing":             "",
		"one missing":         printed(ids[0], "x\n"),
		"another order":       printed(ids[1], "x\n") + printed(ids[0], "x\n"),
		"left the hold queue": strings.ReplaceAll(whole, "hold/"+ids[1], "active/"+ids[1]),
		"a mail that ends itself and gives another's content": printed(ids[0],
			"x\n*** HEADER EXTRACTED hold/AAAAAA1 ***\n*** MESSAGE FILE END hold/AAAAAA1 ***\n"+printed(ids[1], "ren\n")) + printed(ids[1], "CPR\n"),
		"a mail that holds another's marks": printed(ids[0], printed(ids[1], "ren\n")) + printed(ids[1], "CPR\n"),
		"cut short":                         whole[:len(whole)-10],
		"more behind":                       whole + "x\n",
	} {
		if got, ok := takeApart([]byte(out), ids); ok {
			t.Errorf("%s: taken for %q", name, got)
		}
	}
}

// FuzzTakeApart: a mail's text never becomes another mail's.
func FuzzTakeApart(f *testing.F) {
	f.Add("hej\n", "ren\n")
	f.Add("*** MESSAGE CONTENTS hold/AAAAAA2 ***\n", "*** MESSAGE FILE END hold/AAAAAA2 ***\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		got, ok := takeApart([]byte(printed("AAAAAA1", a)+printed("AAAAAA2", b)), []string{"AAAAAA1", "AAAAAA2"})
		if ok && (!bytes.Equal(got[0], crlf([]byte(a), 0)) || !bytes.Equal(got[1], crlf([]byte(b), 0))) {
			t.Errorf("%q and %q became %q", a, b, got)
		}
	})
}

// TestBatchOfRealMails reads real held mails one by one and together.
func TestBatchOfRealMails(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	p := postfixtest.Start(t, postfixtest.Config{Milter: "unix:" + filepath.Join(postfixtest.Dir(t), "none.sock")})
	c, err := postfixtest.Dial(p.Addr, "pc.example")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var ids []string
	for _, text := range []string{"Subject: a\r\n\r\nhej\r\n", "Subject: b\r\n\r\n" + strings.Repeat("lang ", 2000) + "\r\n.\r\n\r\n",
		"no header at all\r\n", "Subject: c\r\n\r\n\xe6\xf8\xe5 *** MESSAGE CONTENTS hold/ABC ***\r\n", "Subject: d\r\n\r\n"} {
		code, msg, err := c.Send("a@kommune.example", []string{"b@firma.example", "c@firma.example"}, []byte(text))
		if err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, msg, err)
		}
		ids = append(ids, postfixtest.QueueID(msg))
	}
	control := &Control{ConfigDir: p.ConfigDir}
	all, ok := control.Contents(t.Context(), ids, 1<<20)
	if !ok {
		t.Fatal("not taken apart")
	}
	for i, id := range ids {
		one, err := control.Content(t.Context(), id, 1<<20)
		if err != nil || !bytes.Equal(one, all[i]) {
			t.Errorf("mail %d: %v, alone\n%q\ntogether\n%q", i, err, one, all[i])
		}
	}
	if _, ok := control.Contents(t.Context(), ids, 1000); ok {
		t.Error("the limit is not kept")
	}
	held := func(want ...string) {
		t.Helper()
		if got, err := control.StillHeld(t.Context(), ids); err != nil || !slices.Equal(got, want) {
			t.Errorf("held %v, %v, want %v", got, err, want)
		}
	}
	held(ids...)
	if n, err := control.ReleaseAll(t.Context(), ids[:2]); len(n) != 2 || !n[ids[0]] || err != nil {
		t.Errorf("released %v, %v", n, err)
	}
	held(ids[2:]...)
	if err := control.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := control.ReleaseAll(t.Context(), ids[:3]); len(n) != 1 || !n[ids[2]] || err != nil {
		t.Errorf("released again: %v, %v", n, err)
	}
	if _, ok := control.Contents(t.Context(), ids, 1<<20); ok {
		t.Error("released mail was read as held")
	}
	if _, err := control.ReleaseAll(t.Context(), []string{"ALL"}); err == nil {
		t.Error("ALL was taken for an id")
	}
	held(ids[3:]...)
}
