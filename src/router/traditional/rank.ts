import type { RouteHost } from './host-name.ts';

/**
 * What a route may ask of a request, as Kong weighs it: more of them win, then the larger sum. Sources and destinations
 * count in the expressions flavour only, where the sum does not.
 */
export const attribute = { destination: 64, source: 32, host: 16, header: 8, path: 4, method: 2, sni: 1 } as const;

/** What decides in which order the gateway asks its routes, before paths are compared. */
export interface RouteTraits {
  /** Sum of {@link attribute}. */
  readonly attributes: number;
  readonly hosts: readonly RouteHost[];
  readonly headerCount: number;
  readonly isRegex: boolean;
}

/** Gives a route's place in the order; lower is asked first, equal ones are told apart by path and age. */
export type RankOf = (traits: RouteTraits) => number;

/**
 * Added to the rank of a route whose hosts do not have the request's Host header letter for letter. It stands between
 * the category and the rest: Kong's traditional router looks among the routes that list the Host header first.
 */
export const notLiteral = 1 << 11;

/** Place of each combination of attributes: by their number, then by their sum, both descending. */
const categoryPlaces: readonly number[] = (() => {
  const order = Array.from({ length: 32 }, (_, bits) => bits).sort((a, b) => countBits(b) - countBits(a) || b - a);
  return Array.from({ length: 32 }, (_, bits) => order.indexOf(bits));
})();

/**
 * Kong's flavour `traditional`: category; wildcard host with a port, then plain hosts only, then regex path; number of
 * headers.
 */
export const traditionalRank: RankOf = ({ attributes, hosts, headerCount, isRegex }) => {
  const hasWildcardPort = hosts.some((host) => host.kind !== 'plain' && host.hasPort);
  const isPlainOnly = hosts.length > 0 && hosts.every((host) => host.kind === 'plain');
  const weight = (hasWildcardPort ? 4 : 0) + (isPlainOnly ? 2 : 0) + (isRegex ? 1 : 0);
  return (categoryPlaces[attributes]! << 12) + ((7 - weight) << 8) + 255 - Math.min(headerCount, 255);
};

/** Kong's flavour `traditional_compatible`: number of attributes; plain hosts only; number of headers; regex path. */
export const compatibleRank: RankOf = ({ attributes, hosts, headerCount, isRegex }) => {
  const isPlainOnly = hosts.length > 0 && hosts.every((host) => host.kind === 'plain');
  const headers = 255 - Math.min(headerCount, 255);
  return ((7 - countBits(attributes)) << 10) + ((isPlainOnly ? 0 : 1) << 9) + (headers << 1) + (isRegex ? 0 : 1);
};

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
