import type { Kong, Row } from '../../pdk/index.ts';

/**
 * Makes `consumer` and `credential` those of the request and tells the upstream of them: X-Consumer-ID,
 * X-Consumer-Custom-ID, X-Consumer-Username and X-Credential-Identifier, each taken away where there is no value, so
 * that a client cannot give itself a name. X-Anonymous-Consumer is set where there is no credential.
 * @throws GibbonError `ERR_PDK_USE` when both are null.
 */
export function setIdentity(kong: Kong, consumer: Row | null, credential: Row | null): void {
  kong.client.authenticate(consumer, credential);
  setOrClear(kong, 'X-Consumer-ID', consumer?.['id']);
  setOrClear(kong, 'X-Consumer-Custom-ID', consumer?.['custom_id']);
  setOrClear(kong, 'X-Consumer-Username', consumer?.['username']);
  setOrClear(kong, 'X-Credential-Identifier', credential?.['id']);
  if (credential === null) kong.service.request.setHeader('X-Anonymous-Consumer', 'true');
  else kong.service.request.clearHeader('X-Anonymous-Consumer');
}

function setOrClear(kong: Kong, header: string, value: unknown): void {
  if (typeof value === 'string') kong.service.request.setHeader(header, value);
  else kong.service.request.clearHeader(header);
}
