import { isSameSecret } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';
import { neverStored } from './answers.ts';
import { checkSecret, findClient, readClaim, redirectUriOf } from './client.ts';
import { checkHttps } from './https.ts';
import { type Parameters, readParameters, stateOf, textOf } from './parameters.ts';
import { checkVerifier, needsProof } from './pkce.ts';
import { type Problem, problems } from './problem.ts';
import { type Client, isAlive, type Scope } from './rows.ts';
import { isStillKnown, readScope } from './scopes.ts';
import { createToken, renewToken, serviceIdOf, type TokenAnswer } from './tokens.ts';

type Answer = Problem | TokenAnswer;

/** What is told of a client that is not known, or not to be trusted, when it came with an Authorization header. */
const challenge = 'Basic realm="OAuth2.0"';

/** Answers `POST /oauth2/token`. */
export async function issueToken(kong: Kong, scope: Scope): Promise<void> {
  const parameters = await readParameters(kong);
  const { answer, isChallenged } = await judge(kong, scope, parameters);
  const state = stateOf(parameters);
  kong.response.exit(
    'error' in answer ? (isChallenged ? 401 : 400) : 200,
    state === undefined ? answer : { ...answer, state },
    isChallenged ? { ...neverStored, 'www-authenticate': challenge } : neverStored,
  );
}

async function judge(
  kong: Kong,
  scope: Scope,
  parameters: Parameters,
): Promise<{ readonly answer: Answer; readonly isChallenged: boolean }> {
  const { config, rows } = scope;
  const plainly = (answer: Answer) => ({ answer, isChallenged: false });
  const insecure = checkHttps(kong, config.accept_http_if_already_terminated);
  if (insecure !== undefined) return plainly(insecure);

  const type = textOf(parameters, 'grant_type');
  const claim = readClaim(kong, parameters, config.auth_header_name ?? 'authorization');
  const client = await findClient(rows, claim.id);
  // Kong looks at everything, and tells what it finds last.
  const wrongSecret = client === undefined ? undefined : await checkSecret(client, claim.secret);
  const isUnknown = type !== 'client_credentials' && client?.redirect_uris == null;
  if (wrongSecret === problems.client || (wrongSecret === undefined && isUnknown)) {
    return { answer: problems.client, isChallenged: claim.isFromHeader };
  }
  if (wrongSecret !== undefined) return { answer: wrongSecret, isChallenged: isUnknown && claim.isFromHeader };
  if (type !== 'client_credentials' && redirectUriOf(client?.redirect_uris ?? [], parameters) === undefined) {
    return plainly(problems.redirectUri);
  }

  switch (type) {
    case 'authorization_code':
      return plainly(await redeemCode(kong, scope, client!, parameters));
    case 'refresh_token':
      return plainly(await refresh(kong, scope, client!, parameters));
    case 'client_credentials':
      return plainly(
        config.enable_client_credentials ? await forClient(kong, scope, client, parameters) : problems.grantType,
      );
    case 'password':
      return plainly(
        config.enable_password_grant ? await forUser(kong, scope, client!, parameters) : problems.grantType,
      );
    default:
      return plainly(problems.grantType);
  }
}

async function redeemCode(kong: Kong, scope: Scope, client: Client, parameters: Parameters): Promise<Answer> {
  const { config, rows, pluginId } = scope;
  const given = textOf(parameters, 'code');
  const serviceId = serviceIdOf(kong, config);
  const code = given === undefined || given === '' ? undefined : await rows.codes.findBy('code', given);
  if (!isAlive(code) || code.credential.id !== client.id) return problems.code;
  if (serviceId !== null && code.service?.id !== serviceId) return problems.code;
  if (code.challenge_method !== null || needsProof(config.pkce as 'lax', client.client_type)) {
    const fault = checkVerifier(parameters, code.challenge);
    if (fault !== undefined) return fault;
  }
  if (serviceId === null && code.plugin !== null && code.plugin.id !== pluginId) return problems.code;
  // Of several that bring the same code, even at once, only the one that takes it away gets a token.
  if (!(await rows.codeWriter.delete(code.id))) return problems.code;
  const grant = { clientId: client.id, userId: code.authenticated_userid, scope: code.scope, hasRefreshToken: true };
  return await createToken(kong, scope, grant);
}

async function refresh(kong: Kong, scope: Scope, client: Client, parameters: Parameters): Promise<Answer> {
  const { config, rows } = scope;
  const given = textOf(parameters, 'refresh_token');
  const serviceId = serviceIdOf(kong, config);
  const token = given === undefined || given === '' ? undefined : await rows.tokens.findBy('refresh_token', given);
  if (!isAlive(token) || (serviceId !== null && token.service?.id !== serviceId)) return problems.refreshToken;
  if (token.credential.id !== client.id) return problems.client;
  if (!isStillKnown(token.scope, config)) return problems.scopeMismatch;
  if (config.reuse_refresh_token) return (await renewToken(scope, token)) ?? problems.refreshToken;
  if (!(await rows.tokenWriter.delete(token.id))) return problems.refreshToken;
  const grant = { clientId: client.id, userId: token.authenticated_userid, scope: token.scope, hasRefreshToken: true };
  return await createToken(kong, scope, grant);
}

async function forClient(
  kong: Kong,
  scope: Scope,
  client: Client | undefined,
  parameters: Parameters,
): Promise<Answer> {
  const { config } = scope;
  // Who names a user has to show that the user was asked.
  if (parameters.has('authenticated_userid') && !hasProvisionKey(scope, parameters)) return problems.provisionKey;
  if (client === undefined) return problems.client;
  const asked = readScope(parameters, config);
  if ('problem' in asked) return asked.problem;
  const userId = textOf(parameters, 'authenticated_userid') ?? null;
  const grant = {
    clientId: client.id,
    userId: userId === '' ? null : userId,
    scope: asked.text,
    hasRefreshToken: false,
  };
  return await createToken(kong, scope, grant);
}

async function forUser(kong: Kong, scope: Scope, client: Client, parameters: Parameters): Promise<Answer> {
  if (!hasProvisionKey(scope, parameters)) return problems.provisionKey;
  const userId = textOf(parameters, 'authenticated_userid');
  if (userId === undefined || userId.trim() === '') return problems.userId;
  const asked = readScope(parameters, scope.config);
  if ('problem' in asked) return asked.problem;
  return await createToken(kong, scope, { clientId: client.id, userId, scope: asked.text, hasRefreshToken: true });
}

function hasProvisionKey({ config }: Scope, parameters: Parameters): boolean {
  return isSameSecret(textOf(parameters, 'provision_key') ?? '', config.provision_key);
}
