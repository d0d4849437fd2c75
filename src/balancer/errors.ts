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
 * What a client is told when the host of a service has no address: Kong's text with status 503 when there is no such
 * name, else the resolver's own failure with its status 500.
 */
export function unresolvedHost(name: string, fault: GibbonError | undefined): GibbonError {
  if (fault !== undefined && fault.code !== 'ERR_DNS_NOT_FOUND') return fault;
  return new GibbonError('name resolution failed', {
    code: 'ERR_DNS_NOT_FOUND',
    status: 503,
    source: 'upstream',
    cause: fault ?? new Error(`Cannot resolve "${name}": no answer`),
  });
}
