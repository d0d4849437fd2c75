import { identify, type Refusal, whenReady } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';
import { readParameters, textOf } from './parameters.ts';
import { type Problem, problems } from './problem.ts';
import { type Client, isAlive, type Scope, type Token } from './rows.ts';
import { secondsLeft } from './tokens.ts';

type Verdict = Refusal | undefined | Promise<Refusal | undefined>;

/** Makes the check of access tokens (RFC 6750) for one configuration. */
export function createTokenCheck({ config, rows }: Scope): (kong: Kong) => Verdict {
  const realm = config.realm === null ? '' : ` realm="${config.realm}"`;
  const headerName = config.auth_header_name ?? 'authorization';
  const isGlobal = config.global_credentials;
  const missing = refusal(problems.tokenMissing, `Bearer${realm}`);
  const invalidToken = `Bearer${realm} error="invalid_token" error_description="${problems.token.error_description}"`;
  const invalid = refusal(problems.token, invalidToken);

  function judge(kong: Kong, token: Token | undefined): Verdict {
    if (!isAlive(token)) return invalid;
    const serviceId = token.service?.id;
    if (serviceId === undefined) {
      if (!isGlobal) {
        // Kong answers this at once, anonymous consumer or not.
        kong.response.exit(401, problems.globalToken, { 'WWW-Authenticate': invalidToken });
        return undefined;
      }
    } else if (serviceId !== kong.router.getService()?.['id']) return invalid;
    if (secondsLeft(token, rows.clock.now()) < 0) return invalid;
    return whenReady(rows.clients.findById(token.credential.id), (client) => admit(kong, token, client));
  }

  function admit(kong: Kong, token: Token, client: Client | undefined): Verdict {
    if (client === undefined) return invalid;
    tellUpstream(kong, token);
    return identify(kong, client, client.client_id);
  }

  function find(kong: Kong, text: string | undefined): Verdict {
    if (text === undefined || text === '') return missing;
    return whenReady(rows.tokens.find(text), (token) => judge(kong, token));
  }

  async function findInParameters(kong: Kong): Promise<Refusal | undefined> {
    const text = textOf(await readParameters(kong), 'access_token');
    if (text !== undefined && config.hide_credentials) await hideParameter(kong);
    return await find(kong, text);
  }

  return (kong) => {
    const header = kong.request.getHeader(headerName);
    if (header === undefined) return findInParameters(kong);
    const text = tokenOf(header);
    if (!config.hide_credentials) return find(kong, text ?? header);
    if (text === undefined) return hideParameter(kong).then(() => find(kong, header));
    kong.service.request.clearHeader(headerName);
    return find(kong, text);
  };
}

/** Tells the upstream what a token allows and for whom; without a token what the client itself says is taken away. */
export function tellUpstream(kong: Kong, token: Token | undefined): void {
  setOrClear(kong, 'X-Authenticated-Scope', token?.scope);
  setOrClear(kong, 'X-Authenticated-UserId', token?.authenticated_userid);
}

function setOrClear(kong: Kong, header: string, value: string | null | undefined): void {
  if (value == null) kong.service.request.clearHeader(header);
  else kong.service.request.setHeader(header, value);
}

/** The token behind the word Bearer, or Token as Kong has it too; undefined where the header is neither. */
function tokenOf(header: string): string | undefined {
  const parts = header.split(/[ \t]+/).filter((part) => part !== '');
  const scheme = parts.length === 2 ? parts[0]!.toLowerCase() : '';
  return scheme === 'bearer' || scheme === 'token' ? parts[1] : undefined;
}

/** Takes the argument that carries the token out of the query, and out of a form. */
async function hideParameter(kong: Kong): Promise<void> {
  const { request } = kong;
  if (request.getRawQuery() !== '') kong.service.request.clearQueryArg('access_token');
  if (request.getMethod() === 'GET') return;
  if (request.getHeader('content-type')?.includes('application/x-www-form-urlencoded') !== true) return;
  const body = await request.getBody();
  if (!body.ok || !Object.hasOwn(body.body, 'access_token')) return;
  kong.service.request.setBody(
    Object.fromEntries(Object.entries(body.body).filter(([name]) => name !== 'access_token')),
  );
}

function refusal(body: Problem, challenge: string): Refusal {
  return Object.freeze({
    status: 401,
    message: body.error_description,
    headers: Object.freeze({ 'WWW-Authenticate': challenge }),
    body,
  });
}
