import type { Kong, Row } from '../../pdk/index.ts';
import { whenReady } from './when-ready.ts';

/**
 * Makes `consumer` and `credential` those of the request and tells the upstream of them: X-Consumer-ID,
 * X-Consumer-Custom-ID, X-Consumer-Username and X-Credential-Identifier, each taken away where there is no value, so
 * that a client cannot give itself a name. X-Anonymous-Consumer is set where there is no credential. `identifier` is what
 * the upstream is told of the credential, its id unless given.
 * @throws GibbonError `ERR_PDK_USE` when both are null.
 */
export function setIdentity(
  kong: Kong,
  consumer: Row | null,
  credential: Row | null,
  identifier: unknown = credential?.['id'],
): void {
  kong.client.authenticate(consumer, credential);
  setOrClear(kong, 'X-Consumer-ID', consumer?.['id']);
  setOrClear(kong, 'X-Consumer-Custom-ID', consumer?.['custom_id']);
  setOrClear(kong, 'X-Consumer-Username', consumer?.['username']);
  setOrClear(kong, 'X-Credential-Identifier', identifier);
  if (credential === null) kong.service.request.setHeader('X-Anonymous-Consumer', 'true');
  else kong.service.request.clearHeader('X-Anonymous-Consumer');
}

function setOrClear(kong: Kong, header: string, value: unknown): void {
  if (typeof value === 'string') kong.service.request.setHeader(header, value);
  else kong.service.request.clearHeader(header);
}

/** A row that belongs to a consumer, as all credentials do. */
export interface Credential extends Row {
  readonly consumer: { readonly id: string };
}

/**
 * Finds the consumer of a good credential and calls {@link setIdentity}. A credential whose consumer is gone is good all
 * the same, as in Kong: its row is on its way out.
 */
export function identify(kong: Kong, credential: Credential, identifier: unknown): undefined | Promise<undefined> {
  return whenReady(kong.client.loadConsumer(credential.consumer.id), (consumer) => {
    setIdentity(kong, consumer ?? null, credential, identifier);
    return undefined;
  });
}
