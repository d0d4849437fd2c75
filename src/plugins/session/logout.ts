import type { Kong } from '../../pdk/index.ts';

/** What ends a session. */
export interface LogoutConfig {
  readonly logout_methods: readonly string[] | null;
  readonly logout_query_arg: string | null;
  readonly logout_post_arg: string | null;
  readonly read_body_for_logout: boolean | null;
}

/** Methods whose bodies are looked at. */
const withBody = new Set(['DELETE', 'PATCH', 'POST', 'PUT']);

/** Tells whether a request wants its session to end: by an argument in the query or, when that is wanted, in the body. */
export function isLogout(kong: Kong, config: LogoutConfig): boolean | Promise<boolean> {
  const method = kong.request.getMethod();
  if (config.logout_methods?.includes(method) !== true) return false;
  const { logout_query_arg: queryArg, logout_post_arg: postArg } = config;
  if (queryArg !== null && kong.request.getQueryArg(queryArg) !== undefined) return true;
  if (config.read_body_for_logout !== true || postArg === null || !withBody.has(method)) return false;
  return kong.request
    .getBody()
    .then((body) => body.ok && Object.hasOwn(body.body, postArg) && body.body[postArg] !== false);
}
