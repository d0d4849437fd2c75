import type { RouteRequest } from '../types.ts';
import { compatibleRank, notLiteral, type RankOf, traditionalRank } from './rank.ts';

/** Kong's flavours of a router whose routes are given by fields. */
export type FieldsFlavor = 'traditional' | 'traditional_compatible';

/** Where the flavours differ. */
export interface Flavor {
  readonly rankOf: RankOf;
  /** What is added to a rank for a host that is not the Host header letter for letter. */
  readonly offLiteral: number;
  /** Which values of a header condition `~*` makes a pattern of: one that stands alone, or any. */
  readonly headerPatterns: 'only' | 'any';
  /** The port of a request whose Host header has none. */
  readonly portOf: (request: RouteRequest) => number;
}

/** The differences, by flavour. */
export const flavors: { readonly [name in FieldsFlavor]: Flavor } = {
  traditional: {
    rankOf: traditionalRank,
    offLiteral: notLiteral,
    headerPatterns: 'only',
    portOf: (request) => (request.scheme === 'https' ? 443 : 80),
  },
  traditional_compatible: {
    rankOf: compatibleRank,
    offLiteral: 0,
    headerPatterns: 'any',
    portOf: (request) => request.port,
  },
};
