/** A host that a route lists. */
export interface RouteHost {
  /** `suffix` for `*.example.com`, `prefix` for `example.*`. */
  readonly kind: 'plain' | 'suffix' | 'prefix';
  /**
   * What it is found by: the name for `plain`, what follows the star for `suffix`, what precedes it for `prefix`; with
   * the port at the end if it has one, as in `.example.com:8080` and `example.:8080`.
   */
  readonly key: string;
  readonly hasPort: boolean;
}

/** A host taken apart. */
export interface HostParts {
  /** Without port and without brackets. */
  readonly name: string;
  /** Digits; undefined when there is none. */
  readonly port: string | undefined;
}

/**
 * Takes a port and the brackets of an IPv6 address off a host, as Kong's traditional router does: a port must be
 * digits, an address with several colons and no brackets has none.
 */
export function splitHost(host: string): HostParts {
  const bracket = host.startsWith('[') ? host.indexOf(']') : -1;
  const colon = bracket < 0 ? host.indexOf(':') : bracket + 1;
  const name = bracket < 0 ? host.slice(0, colon < 0 ? host.length : colon) : host.slice(1, bracket);
  if (colon < 0 || colon >= host.length) return { name, port: undefined };
  if (host.charCodeAt(colon) !== 0x3a) return { name: host, port: undefined };
  if (colon === host.length - 1) return { name, port: undefined };
  for (let i = colon + 1; i < host.length; i++) {
    const unit = host.charCodeAt(i);
    if (unit < 0x30 || unit > 0x39) return { name: host, port: undefined };
  }
  return { name, port: host.slice(colon + 1) };
}

/** A name with a port, with brackets around an IPv6 address: the form in which hosts with a port are listed. */
export function joinPort(name: string, port: string | number): string {
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

/** Reads an entry of a route's `hosts`. */
export function parseRouteHost(text: string): RouteHost {
  const { name, port } = splitHost(text.toLowerCase());
  const hasPort = port !== undefined;
  const withPort = (key: string): string => (hasPort ? `${key}:${port}` : key);
  if (name.startsWith('*')) return { kind: 'suffix', key: withPort(name.slice(1)), hasPort };
  if (name.endsWith('*')) return { kind: 'prefix', key: withPort(name.slice(0, -1)), hasPort };
  return { kind: 'plain', key: hasPort ? joinPort(name, port) : name, hasPort };
}
