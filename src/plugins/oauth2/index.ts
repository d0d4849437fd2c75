import { createAuthenticator } from '../../kits/credentials/index.ts';
import { definePlugin, type Handler, type Kong, kongVersion } from '../../pdk/index.ts';
import { authorize } from './authorize.ts';
import { createTokenCheck, tellUpstream } from './bearer.ts';
import { oauth2AuthorizationCodes, oauth2Credentials, oauth2Tokens } from './entities.ts';
import { introspect } from './introspect.ts';
import { issueToken } from './issue-token.ts';
import { invalidMethod } from './problem.ts';
import { openRows, type Scope } from './rows.ts';
import { checkConfig, config, configChecks } from './schema.ts';

/** oauth2: gives out access tokens, and lets a request through when it carries one. */
export const oauth2 = definePlugin({
  name: 'oauth2',
  version: kongVersion,
  priority: 1400,
  config,
  config_checks: configChecks,
  custom_validator: checkConfig,
  not_on: ['consumer'],
  entities: [oauth2Credentials, oauth2AuthorizationCodes, oauth2Tokens],
  setup(host) {
    const rows = openRows(host);
    return (stored, instance) => ({ access: createAccess({ config: stored, rows, pluginId: instance.id }) });
  },
});

function createAccess(scope: Scope): Handler {
  const { anonymous, realm, enable_introspection: introspects } = scope.config;
  const checkToken = createTokenCheck(scope);
  const authenticate = createAuthenticator({
    anonymous,
    runOnPreflight: true,
    authenticate: checkToken,
  });

  /** Takes a request to one of our own endpoints, which are for POST alone. */
  function serve(
    kong: Kong,
    name: string,
    work: (kong: Kong, scope: Scope) => Promise<void>,
  ): Promise<void> | undefined {
    const method = kong.request.getMethod();
    if (method === 'POST') return work(kong, scope);
    const problem = invalidMethod(method, name);
    const challenge = `Bearer${realm === null ? '' : ` realm="${realm}"`} error="${problem.error}"`;
    kong.response.exit(405, problem, {
      'WWW-Authenticate': `${challenge} error_description="${problem.error_description}"`,
    });
    return undefined;
  }

  return (kong) => {
    const path = kong.request.getPath();
    if (path.includes('/oauth2/')) {
      const end = path.endsWith('/') ? path.slice(0, -1) : path;
      if (end.endsWith('/oauth2/token')) return serve(kong, 'token', issueToken);
      if (end.endsWith('/oauth2/authorize')) return serve(kong, 'authorization', authorize);
      if (introspects && end.endsWith('/oauth2/introspect')) return serve(kong, 'introspection', introspect);
    }
    // What a client itself says of scope and user goes in any case: a good token sets both anew.
    if (anonymous !== null) tellUpstream(kong, undefined);
    return authenticate(kong);
  };
}
