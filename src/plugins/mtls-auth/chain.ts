import type { Certificate } from './certificate.ts';

/** A CA certificate that a configuration trusts. */
export interface Authority {
  /** Id of its row. */
  readonly id: string;
  readonly certificate: Certificate;
}

/** What a chain has to end in, and when. */
export interface Trust {
  readonly authorities: readonly Authority[];
  readonly allowsPartialChain: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What comes of looking for a chain. */
export type ChainVerdict =
  | {
      readonly ok: true;
      /** The authorities of the configuration that the chain runs through, the nearest first. */
      readonly authorities: readonly string[];
      /** When the first certificate of the chain is over, in milliseconds since the epoch. */
      readonly until: number;
    }
  | { readonly ok: false; readonly reason: string };

/** Authorities that a chain may run through, and signatures that are looked at for one: a client sends what it likes. */
const maxDepth = 10;
const maxSignatures = 40;

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

/**
 * Looks for a chain from a client's certificate, by way of those that it sent with it, to an authority that is trusted (RFC
 * 5280 section 6): signatures, names, validity, authority and its path length, key usage. Without `allowsPartialChain`
 * it has to end in a root. Certificates with critical extensions that are not looked into are refused.
 */
export function findChain(leaf: Certificate, sent: readonly Certificate[], trust: Trust): ChainVerdict {
  const { authorities, allowsPartialChain, now } = trust;
  let reason = 'no chain leads to a trusted authority';
  let signatures = 0;

  function problemOf(certificate: Certificate): string | undefined {
    if (now < certificate.from) return 'a certificate is not valid yet';
    if (now > certificate.to) return 'a certificate has expired';
    return certificate.hasUnknownDemands ? 'a certificate has an unknown critical extension' : undefined;
  }

  /** `below` counts the authorities between the client's certificate and the next one. */
  function climb(
    current: Certificate,
    below: number,
    path: readonly string[],
    until: number,
  ): ChainVerdict | undefined {
    if (below > maxDepth) return undefined;
    const candidates = [
      ...authorities.map(({ id, certificate }) => ({ id, certificate })),
      ...sent.map((certificate) => ({ id: undefined, certificate })),
    ];
    for (const { id, certificate } of candidates) {
      if (!certificate.x509.ca || certificate.pathLength < below || !current.x509.checkIssued(certificate.x509))
        continue;
      signatures += 1;
      if (signatures > maxSignatures) return undefined;
      if (!current.x509.verify(certificate.x509.publicKey)) continue;
      const problem = problemOf(certificate);
      if (problem !== undefined) {
        reason = problem;
        continue;
      }
      const end = Math.min(until, certificate.to);
      const next = id === undefined ? path : [...path, id];
      const isRoot = certificate.x509.checkIssued(certificate.x509);
      if (id !== undefined && (isRoot || allowsPartialChain)) return { ok: true, authorities: next, until: end };
      // Roots that a client sends are nobody's.
      if (isRoot) continue;
      const found = climb(certificate, below + 1, next, end);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  const problem = problemOf(leaf);
  if (problem !== undefined) return { ok: false, reason: problem };
  // Node's types do not say that it is undefined for a certificate without the extension.
  const usage = leaf.x509.keyUsage as string[] | undefined;
  if (usage !== undefined && !usage.includes(clientAuth) && !usage.includes(anyUsage)) {
    return { ok: false, reason: 'the certificate is not for clients' };
  }
  return climb(leaf, 0, [], leaf.to) ?? { ok: false, reason };
}
