import type { Kong } from '../../pdk/index.ts';
import type { Calls } from './calls.ts';
import type { Provider } from './provider.ts';
import type { Config } from './schema/index.ts';
import { withArguments } from './urls.ts';
import type { UserSessions, UserTokens } from './user-session.ts';

/** Creates the question whether a request wants the user to be signed out. */
export function createLogoutSearch(config: Config): (kong: Kong) => boolean {
  const { logout_path: path, logout_uri_suffix: suffix, logout_query_arg: arg } = config;
  const methods = new Set<string>(config.logout_methods);
  if (path === null && suffix === null && arg === null) return () => false;
  return (kong) => {
    const { request } = kong;
    if (!methods.has(request.getMethod())) return false;
    const own = request.getPath();
    if (path !== null && own === path) return true;
    if (suffix !== null && own.endsWith(suffix)) return true;
    return arg !== null && request.getRawQuery() !== '' && request.getQueryArg(arg) !== undefined;
  };
}

/**
 * Ends the session here, and has the browser end the one at the provider (OpenID Connect RP-Initiated Logout 1.0). Without
 * a place to go to the answer is 200.
 */
export async function signOut(
  kong: Kong,
  options: {
    readonly config: Config;
    readonly clientId: string;
    readonly provider: Provider;
    readonly calls: Calls;
    readonly sessions: UserSessions;
  },
): Promise<void> {
  const { config, clientId, provider, calls, sessions } = options;
  const opened = await sessions.open(kong);
  const metadata = await provider.metadata();
  const after = config.logout_redirect_uri?.[0];
  let goal = after;
  if (opened !== undefined) {
    await sessions.end(kong, opened.session);
    if (config.logout_revoke) await revokeAll(calls, opened.tokens);
    const url = config.end_session_endpoint ?? metadata?.endSessionEndpoint;
    if (url !== undefined) {
      goal = withArguments(url, [
        ['id_token_hint', opened.tokens.idToken],
        ['client_id', clientId],
        ...(after === undefined ? [] : [['post_logout_redirect_uri', after] as const]),
      ]);
    }
  }
  const headers = { 'Cache-Control': 'no-store' };
  if (goal === undefined) kong.response.exit(200, null, headers);
  // 303: what comes next is a GET, whatever this was.
  else kong.response.exit(303, null, { ...headers, Location: goal });
}

async function revokeAll(calls: Calls, { accessToken, refreshToken }: UserTokens): Promise<void> {
  if (refreshToken !== undefined) await calls.revoke(refreshToken, 'refresh_token');
  await calls.revoke(accessToken, 'access_token');
}
