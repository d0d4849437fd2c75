import type { Kong } from '../../pdk/index.ts';
import { neverStored } from './answers.ts';
import { checkSecret, findClient, readClaim } from './client.ts';
import { checkHttps } from './https.ts';
import { readParameters, textOf } from './parameters.ts';
import { problems } from './problem.ts';
import { isAlive, type Scope } from './rows.ts';
import { secondsLeft, serviceIdOf } from './tokens.ts';

/** Answers `POST /oauth2/introspect` (RFC 7662): what an access token stands for, told to confidential clients. */
export async function introspect(kong: Kong, scope: Scope): Promise<void> {
  const { config, rows } = scope;
  const parameters = await readParameters(kong);
  const insecure = checkHttps(kong, config.accept_http_if_already_terminated);
  if (insecure !== undefined) return kong.response.exit(400, insecure, neverStored);
  const claim = readClaim(kong, parameters, config.auth_header_name ?? 'authorization');
  const asking = await findClient(rows, claim.id);
  // A public client has nothing that would show who it is (RFC 7662 section 2.1).
  const isTrusted = asking?.client_type === 'confidential' && (await checkSecret(asking, claim.secret)) === undefined;
  if (!isTrusted) {
    return kong.response.exit(401, problems.client, { ...neverStored, 'www-authenticate': 'Basic realm="OAuth2.0"' });
  }
  kong.response.exit(200, await describe(kong, scope, textOf(parameters, 'token')), neverStored);
}

async function describe(kong: Kong, { config, rows }: Scope, given: string | undefined): Promise<object> {
  const inactive = { active: false };
  if (given === undefined || given === '') return inactive;
  const serviceId = serviceIdOf(kong, config);
  const token = await rows.tokens.find(given);
  if (!isAlive(token) || (token.service?.id ?? null) !== serviceId) return inactive;
  const left = secondsLeft(token, rows.clock.now());
  if (left <= 0) return inactive;
  const client = await rows.clients.findById(token.credential.id);
  if (client === undefined) return inactive;
  return {
    active: true,
    token_type: token.token_type,
    client_id: client.client_id,
    ...(token.scope !== null && { scope: token.scope }),
    ...(token.authenticated_userid !== null && { sub: token.authenticated_userid }),
    iat: token.created_at,
    ...(token.expires_in > 0 && { exp: (token.created_at ?? 0) + token.expires_in }),
  };
}
