package state

import (
	"context"

	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/register/desk"
)

// Desk is where the register is worked on, on the page and on the terminal.
func (s *State) Desk(svc *quarantine.Service) *desk.Desk {
	return desk.New(desk.Config{Store: s.DB, Register: svc.Register(), Ledger: svc.Ledger()})
}

// Deciders are the accounts that a case can be handed to.
func (s *State) Deciders(ctx context.Context) ([]string, error) {
	accounts, err := s.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, a := range accounts {
		if MayDecide(a.Role) && !a.Disabled {
			list = append(list, a.Name)
		}
	}
	return list, nil
}

// MayDecide reports whether a role may release and reject; the page holds the
// same rule in its access table.
func MayDecide(r account.Role) bool { return r == account.DPO || r == account.Reviewer }
