import { type EntityCheck, f, typedefs } from '../../schema/index.ts';

/** Configuration of ldap-auth. */
export const config = {
  ldap_host: typedefs.host({ required: true, description: 'Where the directory is.' }),
  ldap_port: typedefs.port({ required: true, default: 389, description: 'Its port; 636 is usual with `ldaps`.' }),
  ldaps: f.boolean({ required: true, default: false, description: 'True speaks TLS from the first byte on.' }),
  start_tls: f.boolean({
    required: true,
    default: false,
    description: 'True begins without TLS and asks the directory to go on with it, before any password is sent.',
  }),
  verify_ldap_host: f.boolean({
    required: true,
    default: false,
    description: "True checks the directory's certificate, by `lua_ssl_trusted_certificate` where that is set.",
  }),
  base_dn: f.string({
    required: true,
    description: 'Below which entries are users, such as `ou=people,dc=example,dc=com`.',
  }),
  attribute: f.string({
    required: true,
    description: "What a user name is the value of, such as `cn`: `cn=ann,ou=people,dc=example,dc=com` is ann's entry.",
  }),
  cache_ttl: f.number({
    required: true,
    default: 60,
    description: 'Seconds for which the word of the directory is remembered, a refusal too; 0 for not at all.',
  }),
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Takes the credentials out of the request before it goes to the upstream.',
  }),
  timeout: f.number({
    default: 10_000,
    description: 'Milliseconds that the directory has for each: a connection, TLS, an answer.',
  }),
  keepalive: f.number({
    default: 60_000,
    description: 'Milliseconds for which an idle connection to the directory is kept.',
  }),
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its credentials are missing or wrong. Without one such ' +
      'a request is refused with 401.',
  }),
  header_type: f.string({
    default: 'ldap',
    description:
      'Name of the scheme in the header, in any case; with `basic` browsers and client libraries know what to do.',
  }),
  realm: f.string({ required: false, description: 'Realm named in the `WWW-Authenticate` header of a refusal.' }),
};

/** TLS begins once. */
export const configChecks: readonly EntityCheck[] = [
  {
    conditional: {
      if_field: 'ldaps',
      if_match: { eq: true },
      then_field: 'start_tls',
      then_match: { eq: false },
      then_err: "'ldaps' and 'start_tls' cannot be enabled simultaneously",
    },
  },
];
