import { httpEntries, streamEntries } from '../expressions/entries.ts';
import type { RouteRequest } from '../types.ts';
import { type CompileEntries, compileEntries } from './entry.ts';
import { compatibleRank, notLiteral, type RankOf, traditionalRank } from './rank.ts';

/** Kong's flavours of a router whose routes are given by fields. */
export type FieldsFlavor = 'traditional' | 'traditional_compatible';

/** Kong's flavours of a router. */
export type RouterFlavor = FieldsFlavor | 'expressions';

/** Where the flavours differ. */
export interface Flavor {
  readonly entriesOf: CompileEntries;
  /** True when sources and destinations count among a route's attributes. */
  readonly weighsNets: boolean;
  readonly rankOf: RankOf;
  /** What is added to a rank for a host that is not the Host header letter for letter. */
  readonly offLiteral: number;
  /** Which values of a header condition `~*` makes a pattern of: one that stands alone, or any. */
  readonly headerPatterns: 'only' | 'any';
  /** The port of a request whose Host header has none. */
  readonly portOf: (request: RouteRequest) => number;
}

const compatible: Flavor = {
  entriesOf: compileEntries,
  weighsNets: false,
  rankOf: compatibleRank,
  offLiteral: 0,
  headerPatterns: 'any',
  portOf: (request) => request.port,
};

/** The differences, by flavour; `stream` is for connections of raw streams, whatever the flavour. */
export const flavors: { readonly [name in RouterFlavor | 'stream']: Flavor } = {
  traditional: {
    entriesOf: compileEntries,
    weighsNets: false,
    rankOf: traditionalRank,
    offLiteral: notLiteral,
    headerPatterns: 'only',
    portOf: (request) => (request.scheme === 'https' ? 443 : 80),
  },
  traditional_compatible: compatible,
  expressions: { ...compatible, entriesOf: httpEntries, weighsNets: true },
  stream: { ...compatible, entriesOf: streamEntries },
};
