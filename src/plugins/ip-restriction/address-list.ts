import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Addresses and ranges of both families. */
export interface AddressList {
  /** True for an address that is one of them, or within one of them. IPv6 ranges hold no IPv4 addresses. */
  has(address: string): boolean;
}

/** Creates an {@link AddressList} of entries such as `10.0.0.1`, `10.0.0.0/8` and `2001:db8::/32`. */
export function createAddressList(entries: readonly string[]): AddressList {
  // Node takes ::ffff:0:0/96 for IPv4, so that ::/0 would hold everybody.
  const four = new BlockList();
  const six = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const list = family === 'ipv6' ? six : four;
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return { has: (address) => (isIPv4(address) ? four.check(address, 'ipv4') : six.check(address, 'ipv6')) };
}
