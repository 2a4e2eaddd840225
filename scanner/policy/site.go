package policy

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"net/textproto"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"brevvagt/detectors/custom"
	"brevvagt/document"
	"brevvagt/internal/domainname"
	"brevvagt/internal/fault"
	"brevvagt/scanner/policy/setting"
)

// Site is what a municipality tells brevvagt about itself: the section "site" of
// the configuration, or a file of its own for scan --site.
type Site struct {
	Organisation string `yaml:"organisation"`
	// InternalDomains are our own, subdomains included; everyone else is outside.
	InternalDomains []string `yaml:"internal_domains"`
	// PartnerDomains are reached over encryption that an enforced policy proves.
	// They match exactly; ".example.dk" adds the subdomains.
	PartnerDomains []string `yaml:"partner_domains_with_enforced_tls"`
	// DomesticSuffixes default to ".dk"; another country's code is foreign.
	DomesticSuffixes []string `yaml:"domestic_suffixes"`
	// OrdinarySuffixes look like a country's code but stand for none.
	OrdinarySuffixes []string `yaml:"ordinary_suffixes_beside"`
	// Lists gives the number of members of a distribution list's address.
	Lists map[string]int `yaml:"lists"`
	// SecureMarker is "Name: value", a header that the site's own gateway turns
	// into encrypted delivery.
	SecureMarker string `yaml:"secure_marker_header"`
	// BulkLimitInternal is how many colleagues may get one citizen's matter.
	BulkLimitInternal int      `yaml:"bulk_limit_internal"`
	PublicFolders     []string `yaml:"public_folders"`
	PlaceholderNames  []string `yaml:"placeholder_names"`
	// Uninspectable is what happens to a mail that could not be read whole:
	// "warn" (default) or "hold".
	Uninspectable Action `yaml:"uninspectable"`
	// Routes are secure ways out, see docs/sikker-vej.md.
	Routes []setting.Route `yaml:"routes"`
	// Rules change shipped rules or add the site's own.
	Rules []setting.Rule `yaml:"rules"`
	// Custom are the site's own detectors.
	Custom []custom.Definition `yaml:"custom"`
	// KnownCitizens are files with the CPR numbers of citizens whom the site knows,
	// see detectors/known.
	KnownCitizens []string    `yaml:"known_citizens"`
	CPR           setting.CPR `yaml:"cpr"`
}

// DefaultSite has the defaults of every key.
func DefaultSite() Site {
	return Site{
		DomesticSuffixes:  []string{".dk"},
		OrdinarySuffixes:  []string{".eu"},
		BulkLimitInternal: 20,
		Uninspectable:     Warn,
	}
}

// ParseSite reads a site file (YAML, or JSON, which is YAML too). An unknown key
// or a wrong value is an error that names its line.
func ParseSite(data []byte) (Site, error) {
	site := DefaultSite()
	if len(bytes.TrimSpace(data)) == 0 {
		return site, nil
	}
	if err := yaml.Load(data, &site, yaml.WithKnownFields()); err != nil {
		return Site{}, err
	}
	return site, site.Check()
}

// Check reports every value that cannot be meant, joined into one error.
func (s Site) Check() error {
	var errs []error
	if s.BulkLimitInternal < 1 {
		errs = append(errs, fault.In("bulk_limit_internal", fmt.Errorf("bulk_limit_internal is %d, must be at least 1", s.BulkLimitInternal)))
	}
	for list, n := range s.Lists {
		if n < 0 {
			errs = append(errs, fault.In("lists."+list, fmt.Errorf("lists: %s has %d members, must be 0 or more", list, n)))
		}
	}
	if s.SecureMarker != "" && !strings.Contains(s.SecureMarker, ":") {
		errs = append(errs, fault.In("secure_marker_header", fmt.Errorf("secure_marker_header %q must be \"Name: value\"", s.SecureMarker)))
	}
	if s.Uninspectable != Warn && s.Uninspectable != Hold {
		errs = append(errs, fault.In("uninspectable", fmt.Errorf("uninspectable is %q, must be warn or hold", s.Uninspectable)))
	}
	errs = append(errs, checkDomains("internal_domains", s.InternalDomains), checkDomains("partner_domains_with_enforced_tls", s.PartnerDomains))
	seen := map[string]bool{}
	for i, r := range s.Routes {
		at := fmt.Sprintf("routes.%d", i)
		errs = append(errs, fault.In(at, r.Check()))
		if seen[r.Name] {
			errs = append(errs, fault.In(at+".name", fmt.Errorf("route %s is set twice", r.Name)))
		}
		seen[r.Name] = true
	}
	for i, r := range s.Rules {
		if r.Route != "" && !seen[r.Route] {
			errs = append(errs, fault.In(fmt.Sprintf("rules.%d.route", i), fmt.Errorf("rule %q: there is no route %q; the routes are %s", r.ID, r.Route, strings.Join(slices.Sorted(maps.Keys(seen)), ", "))))
		}
	}
	return errors.Join(errs...)
}

// checkDomains reports what is no domain in a list of them.
func checkDomains(key string, list []string) error {
	var errs []error
	for i, d := range list {
		if strings.ContainsAny(d, "@ /") || strings.Trim(d, ".*") == "" {
			errs = append(errs, fault.In(fmt.Sprintf("%s.%d", key, i), fmt.Errorf("%q is no domain such as kommune.example", d)))
		}
	}
	return errors.Join(errs...)
}

// Domain is the lower-case domain of an address, "" if it has none. The last @
// counts: the local part may hold quoted ones.
func Domain(address string) string {
	address = strings.TrimSpace(address)
	if a, err := mail.ParseAddress(address); err == nil {
		address = a.Address
	}
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return ""
	}
	return domainname.Canonical(strings.Trim(address[i+1:], "<> "))
}

// Internal reports whether an address is one of our own.
func (s Site) Internal(address string) bool {
	d := Domain(address)
	for _, own := range s.InternalDomains {
		own = strings.TrimPrefix(domainname.Canonical(own), ".")
		if d == own || strings.HasSuffix(d, "."+own) {
			return true
		}
	}
	return false
}

// Partner reports whether delivery to an address is encrypted by enforced policy.
func (s Site) Partner(address string) bool {
	d := Domain(address)
	for _, p := range s.PartnerDomains {
		p = domainname.Canonical(strings.TrimPrefix(p, "*"))
		if d == strings.TrimPrefix(p, ".") || strings.HasPrefix(p, ".") && strings.HasSuffix(d, p) {
			return true
		}
	}
	return false
}

// Foreign reports whether an address belongs to another country: its domain ends
// in a country's code (two letters, or an internationalised one) that is neither
// domestic nor ordinary.
func (s Site) Foreign(address string) bool {
	d := Domain(address)
	if d == "" || s.Internal(address) {
		return false
	}
	for _, suffix := range append(append([]string(nil), s.DomesticSuffixes...), s.OrdinarySuffixes...) {
		suffix = "." + strings.TrimPrefix(strings.ToLower(suffix), ".")
		if strings.HasSuffix("."+d, suffix) {
			return false
		}
	}
	tld := d[strings.LastIndexByte(d, '.')+1:]
	return len(tld) == 2 && isLetters(tld) || strings.HasPrefix(tld, "xn--")
}

func isLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

// members counts the people behind recipients, with lists at their size.
func (s Site) members(to []string) int {
	n := 0
	for _, a := range to {
		n += max(1, s.listSize(a))
	}
	return n
}

func (s Site) listSize(address string) int {
	for list, size := range s.Lists {
		if strings.EqualFold(list, address) {
			return size
		}
	}
	return 0
}

// marked reports whether a mail carries the header that the site's own gateway
// turns into encrypted delivery.
func (s Site) marked(m *document.Envelope) bool {
	name, value, ok := strings.Cut(s.SecureMarker, ":")
	if !ok || m == nil {
		return false
	}
	for _, v := range m.Header[textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))] {
		if strings.EqualFold(strings.TrimSpace(v), strings.TrimSpace(value)) {
			return true
		}
	}
	return false
}

// Public reports whether a file lies in a folder that is published.
func (s Site) Public(path string) bool {
	path = "/" + strings.Trim(filepath.ToSlash(filepath.Clean(path)), "/") + "/"
	for _, folder := range s.PublicFolders {
		folder = "/" + strings.Trim(filepath.ToSlash(filepath.Clean(folder)), "/") + "/"
		if strings.HasPrefix(path, folder) || strings.Contains(path, folder) {
			return true
		}
	}
	return false
}
