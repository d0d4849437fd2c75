import { afterScheme, decodeBase64, isSameSecret, utf8OfBytes, whenReady } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';
import { type Parameters, textOf } from './parameters.ts';
import { type Problem, problems } from './problem.ts';
import type { Client, Rows } from './rows.ts';
import { isSecretOf } from './secret.ts';

/** How a client names itself in a request for a token. */
export interface ClientClaim {
  readonly id: string | undefined;
  readonly secret: string | undefined;
  /** The request has an Authorization header and no credentials among its parameters. */
  readonly isFromHeader: boolean;
}

/** Reads id and secret of a client (RFC 6749 section 2.3.1): from the parameters, else from the header. */
export function readClaim(kong: Kong, parameters: Parameters, headerName: string): ClientClaim {
  const id = textOf(parameters, 'client_id');
  if (parameters.has('client_id') && parameters.has('client_secret')) {
    return { id, secret: textOf(parameters, 'client_secret'), isFromHeader: false };
  }
  const header = kong.request.getHeader(headerName);
  if (header === undefined) return { id, secret: undefined, isFromHeader: false };
  const encoded = afterScheme(header, 'basic');
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  const pair = bytes === undefined ? undefined : utf8OfBytes(bytes);
  if (pair === undefined) return { id: undefined, secret: undefined, isFromHeader: true };
  const colon = pair.indexOf(':');
  if (colon === -1) return { id: pair, secret: undefined, isFromHeader: true };
  return { id: pair.slice(0, colon), secret: pair.slice(colon + 1), isFromHeader: true };
}

/** Finds a client by its public id. */
export function findClient(rows: Rows, id: string | undefined): Client | undefined | Promise<Client | undefined> {
  return id === undefined || id === '' ? undefined : whenReady(rows.clients.find(id), (row) => row);
}

/** What is wrong with the secret that came with a client's id; undefined when it is right. */
export async function checkSecret(client: Client, secret: string | undefined): Promise<Problem | undefined> {
  if (client.client_type === 'public') {
    return secret === undefined || secret.trim() === '' ? undefined : problems.publicSecret;
  }
  const stored = client.client_secret;
  if (secret === undefined || stored === null) return problems.client;
  const isRight = client.hash_secret ? await isSecretOf(secret, stored) : isSameSecret(secret, stored);
  return isRight ? undefined : problems.client;
}

/** The URI to send a client back to: the one that it asks for, if it is registered, else the first; undefined for neither. */
export function redirectUriOf(uris: readonly string[], parameters: Parameters): string | undefined {
  if (!parameters.has('redirect_uri')) return uris[0];
  const wanted = textOf(parameters, 'redirect_uri');
  return wanted !== undefined && uris.includes(wanted) ? wanted : undefined;
}
