import { GibbonError } from '../kernel/index.ts';

/** The failure `ERR_BALANCER_NO_PEER`, status 503: no target of an upstream may get traffic. The text is Kong's. */
export function noPeer(): GibbonError {
  return new GibbonError('failure to get a peer from the ring-balancer', {
    code: 'ERR_BALANCER_NO_PEER',
    status: 503,
    source: 'upstream',
  });
}

/**
 * What a client is told when the host of a service has no address, in Kong's texts: 503 when there is no such name, else 500
 * with what the resolver says.
 */
export function unresolvedHost(name: string, fault: GibbonError | undefined): GibbonError {
  const cause = fault ?? new Error(`Cannot resolve "${name}": no answer`);
  const isGone = fault === undefined || fault.code === 'ERR_DNS_NOT_FOUND';
  return new GibbonError(
    isGone
      ? 'name resolution failed'
      : `failed the initial dns/balancer resolve for '${name}' with: ${withoutName(fault.message, name)}`,
    { code: isGone ? 'ERR_DNS_NOT_FOUND' : 'ERR_DNS_FAILED', status: isGone ? 503 : 500, source: 'upstream', cause },
  );
}

/** The resolver's failures begin with the name, which Kong's text has already. */
function withoutName(message: string, name: string): string {
  const opening = `Cannot resolve "${name.toLowerCase()}": `;
  return message.startsWith(opening) ? message.slice(opening.length) : message;
}
