import { type Claims, claimOf } from '../../kits/jwt/index.ts';
import { findClaim, textOf, wordsOf } from './claims.ts';
import type { Config } from './schema/index.ts';

/** What a client has shown to have: claims, in the order in which they are searched, and the tokens they came from. */
export interface Grant {
  readonly sources: readonly Claims[];
  /** Undefined where the request itself carries it. */
  readonly accessToken: string | undefined;
  readonly idToken: string | undefined;
  readonly userInfo: Claims | undefined;
}

/** A header with its value; undefined for one that must not be there. */
export type HeaderLine = readonly [name: string, value: string | undefined];

/** What a grant comes to under one configuration: found out once, used for each request. */
export interface Admission {
  readonly grant: Grant;
  /** False where the claims do not suffice. */
  readonly isAllowed: boolean;
  /** Whom `consumer_claim` names; undefined for nobody. */
  readonly consumer: string | undefined;
  /** Its id is "" where no claim tells one. */
  readonly credential: { readonly id: string };
  /** Undefined without `authenticated_groups_claim`. */
  readonly groups: readonly string[] | undefined;
  readonly upstream: readonly HeaderLine[];
  readonly downstream: readonly HeaderLine[];
}

/** Creates the function that finds out what a grant comes to. */
export function createAdmission(config: Config): (grant: Grant) => Admission {
  const isSufficient = createRequirements(config);
  const upstream = mappingOf(config.upstream_headers_claims, config.upstream_headers_names);
  const downstream = mappingOf(config.downstream_headers_claims, config.downstream_headers_names);
  const { consumer_claim, credential_claim, authenticated_groups_claim, upstream_user_info_header } = config;

  return (grant) => {
    const { sources, userInfo } = grant;
    const lines = (mapping: Mapping): HeaderLine[] =>
      mapping.map(([path, name]) => [name, textOf(findClaim(sources, path))]);
    const up = lines(upstream);
    if (upstream_user_info_header !== null) {
      const [name] = upstream_user_info_header.split(':', 1);
      const encoded = userInfo && Buffer.from(JSON.stringify(userInfo)).toString('base64');
      up.push([name!, encoded]);
    }
    return {
      grant,
      isAllowed: isSufficient(sources),
      consumer: consumer_claim === null ? undefined : nameOf(findClaim(sources, consumer_claim)),
      // A token of a client by itself need not say whom it is about (RFC 7662 section 2.2).
      credential: { id: textOf(findClaim(sources, credential_claim) ?? findClaim(sources, ['client_id'])) ?? '' },
      groups: authenticated_groups_claim === null ? undefined : wordsOf(findClaim(sources, authenticated_groups_claim)),
      upstream: up,
      downstream: lines(downstream),
    };
  };
}

type Mapping = readonly (readonly [path: readonly string[], header: string])[];

function mappingOf(claims: readonly string[] | null, names: readonly string[] | null): Mapping {
  return (names ?? []).map((name, at) => [claims![at]!.split('.'), name]);
}

/** Names of consumers are texts; a number may be a `custom_id`. */
function nameOf(claim: unknown): string | undefined {
  if (typeof claim === 'number') return String(claim);
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}

/** Creates the judgement whether claims suffice: required audiences, scopes, groups and roles, forbidden claims. */
function createRequirements(config: Config): (sources: readonly Claims[]) => boolean {
  const required = [
    [config.audience_required, config.audience_claim],
    [config.scopes_required, config.scopes_claim],
    [config.groups_required, config.groups_claim],
    [config.roles_required, config.roles_claim],
  ] as const;
  const rules = required.flatMap(([needed, path]) => {
    if (needed === null || needed.length === 0) return [];
    return [{ path: path as readonly string[], entries: needed.map(wordsOf) }];
  });
  const forbidden = config.claims_forbidden ?? [];

  return (sources) => {
    if (forbidden.some((name) => sources.some((claims) => claimOf(claims, name) !== undefined))) return false;
    return rules.every(({ path, entries }) => {
      const words = new Set(wordsOf(findClaim(sources, path)));
      return entries.some((entry) => entry.every((word) => words.has(word)));
    });
  };
}
