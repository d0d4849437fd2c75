import { randomString } from '../../kernel/index.ts';
import { isSameSecret } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';
import { addToUri, neverStored } from './answers.ts';
import { findClient, redirectUriOf } from './client.ts';
import { checkHttps } from './https.ts';
import { type Parameters, readParameters, stateOf, textOf } from './parameters.ts';
import { needsProof, readChallenge } from './pkce.ts';
import { challengeRequired, type Problem, problems } from './problem.ts';
import type { Client, Scope } from './rows.ts';
import { readScope } from './scopes.ts';
import { createToken, serviceIdOf, type TokenAnswer } from './tokens.ts';

/** Seconds for which a code is good. */
const codeTtl = 300;

/** What becomes of a request for a code, and where the client's user is sent with it. */
interface Outcome {
  readonly answer: Problem | TokenAnswer | { readonly code: string };
  readonly redirectUri?: string | undefined;
  /** The answer is for the browser alone, and goes where no server sees it. */
  readonly inFragment?: boolean;
}

/** Answers `POST /oauth2/authorize`: a code, or with the implicit grant a token, for a user who was asked. */
export async function authorize(kong: Kong, scope: Scope): Promise<void> {
  const parameters = await readParameters(kong);
  const { answer, redirectUri, inFragment = false } = await judge(kong, scope, parameters);
  const state = stateOf(parameters);
  const told = state === undefined ? answer : { ...answer, state };
  const body = redirectUri === undefined ? told : { redirect_uri: addToUri(redirectUri, told, inFragment) };
  kong.response.exit('error' in answer ? 400 : 200, body, neverStored);
}

async function judge(kong: Kong, scope: Scope, parameters: Parameters): Promise<Outcome> {
  const { config } = scope;
  const insecure = checkHttps(kong, config.accept_http_if_already_terminated);
  if (insecure !== undefined) return { answer: insecure };
  if (!isSameSecret(textOf(parameters, 'provision_key') ?? '', config.provision_key)) {
    return { answer: problems.provisionKey };
  }
  const userId = textOf(parameters, 'authenticated_userid');
  if (userId === undefined || userId.trim() === '') return { answer: problems.userId };

  const client = await findClient(scope.rows, textOf(parameters, 'client_id'));
  const uris = client?.redirect_uris;
  // Nobody is sent to a place that no client has named.
  if (client === undefined || uris == null)
    return { answer: challengeProblem(scope, client, parameters) ?? problems.client };
  const redirectUri = redirectUriOf(uris, parameters);
  const fault = findProblem(scope, client, redirectUri, parameters);
  if (fault !== undefined) return { answer: fault, redirectUri: redirectUri ?? uris[0] };

  const asked = readScope(parameters, config);
  const granted = 'text' in asked ? asked.text : null;
  if (textOf(parameters, 'response_type') === 'code') {
    return { answer: { code: await createCode(kong, scope, client, userId, granted, parameters) }, redirectUri };
  }
  const grant = { clientId: client.id, userId, scope: granted, hasRefreshToken: false };
  return { answer: await createToken(kong, scope, grant), redirectUri, inFragment: true };
}

/** What a known client did wrong; of several things the one that Kong finds last. */
function findProblem(
  scope: Scope,
  client: Client,
  redirectUri: string | undefined,
  parameters: Parameters,
): Problem | undefined {
  const { config } = scope;
  const challenge = challengeProblem(scope, client, parameters);
  if (challenge !== undefined) return challenge;
  if (redirectUri === undefined) return problems.redirectUri;
  const asked = readScope(parameters, config);
  if ('problem' in asked) return asked.problem;
  const type = textOf(parameters, 'response_type');
  const isKnown =
    (type === 'code' && config.enable_authorization_code) || (type === 'token' && config.enable_implicit_grant);
  return isKnown ? undefined : problems.responseType;
}

function challengeProblem({ config }: Scope, client: Client | undefined, parameters: Parameters): Problem | undefined {
  const challenge = readChallenge(parameters);
  if ('problem' in challenge) return challenge.problem;
  if (challenge.text !== undefined || client === undefined) return undefined;
  return needsProof(config.pkce as 'lax', client.client_type) ? challengeRequired(client.client_type) : undefined;
}

async function createCode(
  kong: Kong,
  { config, rows, pluginId }: Scope,
  client: Client,
  userId: string,
  scope: string | null,
  parameters: Parameters,
): Promise<string> {
  const serviceId = serviceIdOf(kong, config);
  const challenge = readChallenge(parameters);
  const text = 'text' in challenge ? challenge.text : undefined;
  const code = randomString();
  await rows.codeWriter.insert(
    {
      service: serviceId === null ? null : { id: serviceId },
      credential: { id: client.id },
      code,
      authenticated_userid: userId,
      scope,
      challenge: text ?? null,
      challenge_method: text === undefined ? null : 'S256',
      plugin: { id: pluginId },
    },
    codeTtl,
  );
  return code;
}
