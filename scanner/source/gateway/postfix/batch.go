package postfix

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
)

// MaxBatch is how many mails one command is given.
const MaxBatch = 500

// StillHeld returns those of ids that are in the hold queue now, in their order. It
// costs one command for all as long as none has left the queue altogether.
func (c *Control) StillHeld(ctx context.Context, ids []string) ([]string, error) {
	var all []string
	for batch := range slices.Chunk(ids, MaxBatch) {
		held, err := c.heldOf(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, id := range batch {
			if held[id] {
				all = append(all, id)
			}
		}
	}
	return all, nil
}

func (c *Control) heldOf(ctx context.Context, ids []string) (map[string]bool, error) {
	if err := checkAll(ids); err != nil {
		return nil, err
	}
	held := make(map[string]bool, len(ids))
	// postcat prints the queue of every mail it finds, and gives up at the first
	// one that is in none; then the listing tells.
	out, _, err := c.run(ctx, maxListing, "", c.Prefix, "postcat", append([]string{"-eq"}, ids...)...)
	if err == nil {
		for line := range bytes.Lines(out) {
			name, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("*** ENVELOPE RECORDS hold/"))
			if id, end, _ := strings.Cut(string(name), " "); ok && end == "***" {
				held[id] = true
			}
		}
		return held, nil
	}
	list, err := c.Held(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		held[m.ID] = true
	}
	return held, nil
}

// Contents reads several held mails with one command, each as Content gives it.
// ok is false when one of them is no longer held or the answer cannot be taken
// apart beyond doubt; then they must be looked up and read one by one. limit bounds
// all of them together, in bytes.
func (c *Control) Contents(ctx context.Context, ids []string, limit int64) (contents [][]byte, ok bool) {
	if checkAll(ids) != nil {
		return nil, false
	}
	out, _, err := c.run(ctx, limit, "", c.Prefix, "postcat", append([]string{"-ehbq"}, ids...)...)
	if err != nil {
		return nil, false
	}
	return takeApart(out, ids)
}

// takeApart splits what postcat printed. A mail may hold lines that look like
// postcat's own, but it cannot take those away: where each of ours stands exactly
// once and in order, none was forged.
func takeApart(out []byte, ids []string) ([][]byte, bool) {
	marks := func(id string) (list [4][]byte) {
		for i, name := range []string{"ENVELOPE RECORDS", "MESSAGE CONTENTS", "HEADER EXTRACTED", "MESSAGE FILE END"} {
			list[i] = []byte("*** " + name + " hold/" + id + " ***\n")
		}
		return list
	}
	contents := make([][]byte, 0, len(ids))
	rest := out
	for _, id := range ids {
		m := marks(id)
		for _, mark := range m {
			if bytes.Count(out, mark) != 1 {
				return nil, false
			}
		}
		if !bytes.HasPrefix(rest, m[0]) {
			return nil, false
		}
		_, rest, _ = bytes.Cut(rest, m[1])
		content, after, found := bytes.Cut(rest, m[2])
		if !found || len(content) > 0 && content[len(content)-1] != '\n' {
			return nil, false
		}
		contents = append(contents, crlf(content, bytes.Count(content, []byte("\n"))))
		if _, rest, found = bytes.Cut(after, m[3]); !found {
			return nil, false
		}
	}
	return contents, len(rest) == 0
}

// ReleaseAll takes mails from the hold queue and returns those that were there. A
// mail that is no longer held is no error. Flush then has them delivered. With an
// error some may have been released beside those returned.
func (c *Control) ReleaseAll(ctx context.Context, ids []string) (map[string]bool, error) {
	if err := checkAll(ids); err != nil {
		return nil, err
	}
	released := make(map[string]bool, len(ids))
	for batch := range slices.Chunk(ids, MaxBatch) {
		n, named, err := c.superNamed(ctx, releasedLine, strings.Join(batch, "\n")+"\n", "-H", "-")
		for _, id := range named {
			released[id] = true
		}
		if err == nil && n != len(named) {
			err = fmt.Errorf("postsuper counts %d mails and names %d", n, len(named))
		}
		if err != nil {
			return released, fmt.Errorf("release %d mails: %w", len(batch), err)
		}
	}
	return released, nil
}

// Flush has everything that is queued tried now. Mail for a next hop that is down
// is tried too, so it should not be asked for all the time.
func (c *Control) Flush(ctx context.Context) error {
	_, _, err := c.run(ctx, 1<<16, "", nil, "postqueue", "-f")
	return err
}

func checkAll(ids []string) error {
	for _, id := range ids {
		if err := CheckID(id); err != nil {
			return err
		}
	}
	return nil
}
