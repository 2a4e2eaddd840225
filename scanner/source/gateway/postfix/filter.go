package postfix

import (
	"context"
	"fmt"
	"strings"
)

// Filter is the transport that a queued mail itself says it will be handed to, "" when
// it says none.
func (c *Control) Filter(ctx context.Context, id string) (string, error) {
	if err := CheckID(id); err != nil {
		return "", err
	}
	out, _, err := c.run(ctx, 16<<20, "", c.Prefix, "postcat", "-eq", id)
	if err != nil {
		return "", fmt.Errorf("read the envelope of mail %s: %w", id, err)
	}
	for line := range strings.Lines(string(out)) {
		if filter, ok := strings.CutPrefix(line, "content_filter:"); ok {
			return strings.TrimSpace(filter), nil
		}
	}
	return "", nil
}
