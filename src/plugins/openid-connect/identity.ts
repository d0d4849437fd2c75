import { type Refusal, setIdentity, whenReady } from '../../kits/credentials/index.ts';
import type { EntityReader, Kong, Row } from '../../pdk/index.ts';
import type { Admission, HeaderLine } from './admission.ts';
import { hideCredentials } from './find-credentials.ts';
import type { Refusals } from './refusals.ts';
import type { Config } from './schema/index.ts';

/** Makes an admission the identity of a request, and tells upstream and client of it. */
export interface Identities {
  /**
   * Consumer, credential, groups and headers. `token` is what the request itself carries, where it does; `isShown` tells
   * that it shows credentials to hide.
   */
  take(
    kong: Kong,
    admission: Admission,
    token: string | undefined,
    isShown: boolean,
  ): Refusal | undefined | Promise<Refusal | undefined>;
  /** Takes away the headers that only this plugin may set. */
  forget(kong: Kong): void;
}

const groupsHeader = 'X-Authenticated-Groups';

/** Creates the {@link Identities} of a configuration. */
export function createIdentities(config: Config, consumers: EntityReader, refusals: Refusals): Identities {
  const { consumer_by, consumer_optional, hide_credentials, authenticated_groups_claim } = config;
  const upstreamAccess = headerOf(config.upstream_access_token_header);
  const upstreamId = headerOf(config.upstream_id_token_header);
  const downstreamAccess = headerOf(config.downstream_access_token_header);
  const downstreamId = headerOf(config.downstream_id_token_header);
  const [userInfoHeader] = config.upstream_user_info_header?.split(':', 1) ?? [];
  const own = [
    ...(config.upstream_headers_names ?? []),
    ...[upstreamAccess, upstreamId].flatMap((header) => header?.name ?? []),
    ...(userInfoHeader === undefined ? [] : [userInfoHeader]),
    ...(authenticated_groups_claim === null ? [] : [groupsHeader]),
  ].filter((name) => name.toLowerCase() !== 'authorization');

  function find(kong: Kong, name: string, at: number): Row | undefined | Promise<Row | undefined> {
    const by = consumer_by[at];
    if (by === undefined) return undefined;
    const found = by === 'custom_id' ? consumers.findBy('custom_id', name) : findByName(kong, name, by);
    return whenReady(found, (consumer) => consumer ?? find(kong, name, at + 1));
  }

  function findByName(kong: Kong, name: string, by: 'id' | 'username'): Row | undefined | Promise<Row | undefined> {
    // The name may be that of one consumer and the id of another.
    return whenReady(kong.client.loadConsumer(name, true), (found) => (found?.[by] === name ? found : undefined));
  }

  function conclude(
    kong: Kong,
    admission: Admission,
    consumer: Row | undefined,
    token: string | undefined,
    isShown: boolean,
  ): void {
    const { grant, credential, groups } = admission;
    const { request } = kong.service;
    // Whom a plugin before this one knows stays known where claims name nobody.
    setIdentity(
      kong,
      consumer ?? kong.client.getConsumer() ?? null,
      credential,
      credential.id === '' ? null : credential.id,
    );
    if (hide_credentials && isShown) hideCredentials(kong, config);
    const accessToken = grant.accessToken ?? token;
    setAll(kong, admission.upstream);
    if (upstreamAccess !== undefined && accessToken !== undefined) {
      request.setHeader(upstreamAccess.name, upstreamAccess.prefix + accessToken);
    }
    if (upstreamId !== undefined && grant.idToken !== undefined) {
      request.setHeader(upstreamId.name, upstreamId.prefix + grant.idToken);
    }
    for (const [name, value] of admission.downstream) {
      if (value !== undefined) kong.response.setHeader(name, value);
    }
    if (downstreamAccess !== undefined && accessToken !== undefined) {
      kong.response.setHeader(downstreamAccess.name, downstreamAccess.prefix + accessToken);
    }
    if (downstreamId !== undefined && grant.idToken !== undefined) {
      kong.response.setHeader(downstreamId.name, downstreamId.prefix + grant.idToken);
    }
    if (groups !== undefined) {
      kong.ctx.shared['authenticated_groups'] = groups;
      if (groups.length > 0) request.setHeader(groupsHeader, groups.join(', '));
    }
  }

  return {
    take(kong, admission, token, isShown) {
      if (!admission.isAllowed) return refusals.forbidden;
      if (config.consumer_claim === null) {
        conclude(kong, admission, undefined, token, isShown);
        return undefined;
      }
      const found = admission.consumer === undefined ? undefined : find(kong, admission.consumer, 0);
      return whenReady(found, (consumer) => {
        if (consumer === undefined && !consumer_optional) return refusals.forbidden;
        conclude(kong, admission, consumer, token, isShown);
        return undefined;
      });
    },
    forget(kong) {
      for (const name of own) {
        if (kong.request.getHeader(name) !== undefined) kong.service.request.clearHeader(name);
      }
    },
  };
}

function setAll(kong: Kong, lines: readonly HeaderLine[]): void {
  for (const [name, value] of lines) {
    if (value !== undefined) kong.service.request.setHeader(name, value);
  }
}

/** A header as configurations name it: `name`, or `name:bearer` for the word before its value. */
function headerOf(given: string | null): { readonly name: string; readonly prefix: string } | undefined {
  if (given === null) return undefined;
  const [name = '', scheme] = given.split(':');
  return { name, prefix: scheme === undefined ? '' : 'Bearer ' };
}
