import { algorithmNames, parsePublicKey } from '../../kits/jwt/index.ts';
import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** The keys and secrets with which tokens of consumers are signed. */
export const jwtSecrets = defineEntity({
  name: 'jwt_secrets',
  primary_key: ['id'],
  cache_key: ['key'],
  endpoint_key: 'key',
  workspaceable: true,
  admin_api_name: 'jwts',
  admin_api_nested_name: 'jwt',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    key: f.string({ required: false, unique: true, auto: true }),
    secret: f.string({ auto: true }),
    rsa_public_key: f.string(),
    algorithm: f.string({ default: 'HS256', one_of: algorithmNames }),
    tags: typedefs.tags(),
  },
  entity_checks: [
    {
      conditional: {
        if_field: 'algorithm',
        // The ECDSA algorithms are not among them, as in Kong: a key that is missing there shows when it is needed.
        if_match: {
          match_any: { patterns: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'].map(exactly) },
        },
        then_field: 'rsa_public_key',
        then_match: {
          required: true,
          custom_validator: (key: string) => (parsePublicKey(key) === undefined ? 'invalid key' : undefined),
        },
      },
    },
  ],
});

function exactly(name: string): { readonly pattern: RegExp; readonly lua: string } {
  return { pattern: new RegExp(`^${name}$`), lua: `^${name}$` };
}
