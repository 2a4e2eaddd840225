package config

import (
	"errors"
	"fmt"
	"net/netip"

	"go.yaml.in/yaml/v4"

	"brevvagt/internal/caller"
)

// Proxies is a list of networks, each written as its first address and a length,
// "10.1.2.3/32".
type Proxies caller.Proxies

// UnmarshalYAML reads the list, in place of the default, and names the line of what is none.
func (p *Proxies) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: trusted_proxies must be a list of networks such as [127.0.0.0/8, 10.1.2.3/32]", n.Line)
	}
	list := Proxies{}
	var errs []error
	for _, v := range n.Content {
		network, err := netip.ParsePrefix(v.Value)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("line %d: trusted_proxies: %q is no network such as 10.1.2.3/32 or 2001:db8::7/128", v.Line, v.Value))
		case network.Addr().Is4In6():
			errs = append(errs, fmt.Errorf("line %d: trusted_proxies: %q must be written as IPv4", v.Line, v.Value))
		case network != network.Masked():
			errs = append(errs, fmt.Errorf("line %d: trusted_proxies: %q has bits behind its length; the network is %s, the address alone %s", v.Line, v.Value, network.Masked(), netip.PrefixFrom(network.Addr(), network.Addr().BitLen())))
		case network.Bits() == 0:
			errs = append(errs, fmt.Errorf("line %d: trusted_proxies: %q is everybody: then anyone chooses under which address he is counted", v.Line, v.Value))
		}
		list = append(list, network)
	}
	*p = list
	return errors.Join(errs...)
}
