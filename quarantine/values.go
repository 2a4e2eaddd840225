package quarantine

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"
)

// The bounds of one value in clear and of all of a case, in bytes.
const (
	maxValue  = 200
	maxValues = maxEvidence * (maxValue*6 + 4)
)

// sealValues seals what was found in clear and forgets it.
func (s *Service) sealValues(ctx context.Context, c *Case) (*vault.Sealed, error) {
	values := c.Clear[:min(len(c.Clear), len(c.Evidence))]
	c.Clear = nil
	if len(values) == 0 {
		return nil, nil
	}
	short := make([]string, len(values))
	for i, v := range values {
		short[i] = strings.ToValidUTF8(v[:min(len(v), maxValue)], "")
	}
	text, err := json.Marshal(short)
	if err != nil {
		return nil, errors.New("cannot write what was found") // the error could quote it
	}
	sealed, err := s.vault.Seal(ctx, c.ID+"-v", bytes.NewReader(text))
	return &sealed, err
}

// HasValues reports whether single findings of a case can be opened.
func (s *Service) HasValues(ctx context.Context, id string) (bool, error) {
	_, err := s.values(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *Service) values(ctx context.Context, id string) (vault.Sealed, error) {
	var v vault.Sealed
	err := s.db.Read().QueryRowContext(ctx, `SELECT object, plain_sha256, cipher_sha256, size FROM case_values WHERE case_id = $1`, id).
		Scan(&v.Object, &v.PlainSHA256, &v.CipherSHA256, &v.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("values of case %.40q: %w", id, ErrNotFound)
	}
	if err != nil {
		return v, fmt.Errorf("cannot read the values of case %s: %w", id, err)
	}
	if caseOf(v.Object) != id {
		return v, fmt.Errorf("values of case %s: %w", id, vault.ErrChanged)
	}
	return v, nil
}

// Unmask notes for which reason somebody opens finding n (from 0) of a case, and tries
// that it can be opened; Value then gives it. The ledger line is written before anything
// is given out.
func (s *Service) Unmask(ctx context.Context, id string, n int, by, reason string, o *vault.Opener) error {
	if err := s.reasoned(by, reason); err != nil {
		return err
	}
	c, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if _, err := s.Value(ctx, id, n, o); err != nil {
		return err
	}
	if n >= len(c.Evidence) {
		return fmt.Errorf("finding %d of case %s: %w", n, id, ErrNotFound)
	}
	e := c.Evidence[n]
	return s.tell(ctx, ledger.Entry{Actor: by, Verb: "field-shown", Case: id,
		Detail: map[string]string{"reason": strings.TrimSpace(reason), "finding": strconv.Itoa(n), "field": e.Value, "document": e.Path}})
}

// Value is finding n of a case in clear. Call Unmask before.
func (s *Service) Value(ctx context.Context, id string, n int, o *vault.Opener) (string, error) {
	list, err := s.clear(ctx, id, o)
	if err != nil {
		return "", err
	}
	if n < 0 || n >= len(list) || list[n] == "" {
		return "", fmt.Errorf("finding %d of case %s: %w", n, id, ErrNotFound)
	}
	return list[n], nil
}

// clear are the values of a case, one for each finding.
func (s *Service) clear(ctx context.Context, id string, o *vault.Opener) (Values, error) {
	if o == nil {
		return nil, ErrLocked
	}
	r, err := s.opened(ctx, o, func() (vault.Sealed, error) {
		v, err := s.values(ctx, id)
		if err == nil && v.Size > maxValues {
			err = fmt.Errorf("values of case %s: %w", id, vault.ErrChanged)
		}
		return v, err
	})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var list Values
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("values of case %s: %w", id, vault.ErrChanged)
	}
	return list, nil
}
