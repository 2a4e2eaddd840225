// Package passkey lets people sign in with a passkey (WebAuthn) in place of the
// passphrase: kept on the device, with its user verified there, bound to our address.
// It says who somebody is; the vault key stays locked until the passphrase is given.
package passkey

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"brevvagt/quarantine/account"
)

// ErrRefused says that an answer of a browser does not hold; why is for the log.
var ErrRefused = errors.New("the passkey was refused")

// ErrCopied says that a passkey's counter ran backwards: there may be two of it.
var ErrCopied = fmt.Errorf("its counter ran backwards, there may be a copy: %w", ErrRefused)

// Keys are the passkeys of an installation.
type Keys struct {
	accounts *account.Accounts
	party    *webauthn.WebAuthn
}

// Trip is what must be remembered between the two halves of a ceremony.
type Trip struct {
	Session webauthn.SessionData
	Name    string // whose passkey is being made
	Label   string // what it is to be called
}

// New makes the passkeys for a page at an address, "https://brevvagt.kommune.example":
// browsers know them for that host alone. organisation is shown by authenticators.
func New(accounts *account.Accounts, page, organisation string) (*Keys, error) {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, fmt.Errorf("passkeys need an address that begins with https, not %.80q", page)
	}
	yes := true
	party, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Brevvagt " + organisation, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &yes, UserVerification: protocol.VerificationRequired},
		// Password managers send extensions that nobody asked for; none is read here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", u.Host, err)
	}
	return &Keys{accounts: accounts, party: party}, nil
}

// person is an account as the library wants it.
type person struct {
	account *account.Account
	handle  []byte
	keys    []account.Passkey
}

// WebAuthnID implements webauthn.User.
func (p person) WebAuthnID() []byte { return p.handle }

// WebAuthnName implements webauthn.User.
func (p person) WebAuthnName() string { return p.account.Name }

// WebAuthnDisplayName implements webauthn.User.
func (p person) WebAuthnDisplayName() string {
	if p.account.Display == "" {
		return p.account.Name
	}
	return p.account.Display
}

// WebAuthnCredentials implements webauthn.User.
func (p person) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, k := range p.keys {
		var c webauthn.Credential
		if json.Unmarshal(k.Credential, &c) == nil {
			list = append(list, c)
		}
	}
	return list
}

// List gives the passkeys of an account.
func (k *Keys) List(ctx context.Context, name string) ([]account.Passkey, error) {
	return k.accounts.Passkeys(ctx, name)
}

// Remove takes one of an account's own passkeys away.
func (k *Keys) Remove(ctx context.Context, name, id string) error {
	return k.accounts.RemovePasskey(ctx, name, id, name)
}

// BeginAdd gives what a browser needs to make a passkey for an account.
func (k *Keys) BeginAdd(ctx context.Context, name, label string) (options any, t Trip, err error) {
	if label, err = account.GoodLabel(label); err != nil {
		return nil, Trip{}, err
	}
	p, err := k.person(ctx, name)
	if err != nil {
		return nil, Trip{}, err
	}
	if len(p.keys) >= account.MaxPasskeys {
		return nil, Trip{}, account.ErrManyPasskeys
	}
	creation, session, err := k.party.BeginRegistration(p, webauthn.WithExclusions(webauthn.Credentials(p.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, Trip{}, fmt.Errorf("cannot begin a passkey: %w", err)
	}
	return creation.Response, Trip{Session: *session, Name: name, Label: label}, nil
}

func (k *Keys) person(ctx context.Context, name string) (person, error) {
	acc, err := k.accounts.Get(ctx, name)
	if err != nil {
		return person{}, err
	}
	handle, err := k.accounts.Handle(ctx, name)
	if err != nil {
		return person{}, err
	}
	keys, err := k.accounts.Passkeys(ctx, name)
	return person{acc, handle, keys}, err
}

// FinishAdd keeps the passkey that a browser made for a trip.
func (k *Keys) FinishAdd(ctx context.Context, t Trip, answer []byte) error {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return refused(err)
	}
	p, err := k.person(ctx, t.Name)
	if err != nil {
		return err
	}
	c, err := k.party.CreateCredential(p, t.Session, parsed)
	if err != nil {
		return refused(err)
	}
	// The library asks for it by the session; a passkey without it must not slip in.
	if !c.Flags.UserVerified {
		return fmt.Errorf("%w: the user was not verified", ErrRefused)
	}
	text, err := keep(c)
	if err != nil {
		return err
	}
	return k.accounts.AddPasskey(ctx, account.Passkey{ID: name(c.ID), Account: t.Name, Label: t.Label, Credential: text})
}

// keep is what is stored of a credential; how it was attested is not, nobody asked.
func keep(c *webauthn.Credential) ([]byte, error) {
	slim := *c
	slim.Attestation = webauthn.CredentialAttestation{}
	return json.Marshal(&slim)
}

func name(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// BeginLogin gives what a browser needs to sign somebody in; who, the passkey tells.
func (k *Keys) BeginLogin() (options any, t Trip, err error) {
	assertion, session, err := k.party.BeginDiscoverableLogin()
	if err != nil {
		return nil, Trip{}, fmt.Errorf("cannot begin a sign-in: %w", err)
	}
	return assertion.Response, Trip{Session: *session}, nil
}

// FinishLogin checks a browser's answer and gives the account, whose key stays locked.
func (k *Keys) FinishLogin(ctx context.Context, t Trip, answer []byte) (*account.Account, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, refused(err)
	}
	who, c, err := k.party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		acc, err := k.accounts.ByHandle(ctx, handle)
		if err != nil {
			return nil, err
		}
		return k.person(ctx, acc.Name)
	}, t.Session, parsed)
	if err != nil {
		return nil, refused(err)
	}
	text, err := keep(c)
	if err != nil {
		return nil, err
	}
	acc, err := k.accounts.LoginPasskey(ctx, account.Passkey{ID: name(c.ID), Account: who.WebAuthnName(), Credential: text, Copied: c.Authenticator.CloneWarning})
	if errors.Is(err, account.ErrLogin) && c.Authenticator.CloneWarning {
		return nil, ErrCopied
	}
	return acc, err
}

// refused keeps the library's reason for the log; it quotes nothing of a person.
func refused(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %s", ErrRefused, e.Details)
	}
	return ErrRefused
}
