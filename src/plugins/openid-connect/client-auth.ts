import { createHmac, createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { type AlgorithmName, signToken } from '../../kits/jwt/index.ts';
import type { Config } from './schema/index.ts';

/** What a client adds to a request to show who it is. */
export interface ClientProof {
  readonly headers: { readonly [name: string]: string };
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Makes a {@link ClientProof} for a request; `audience` is the issuer, `now` in seconds since the epoch. */
export type ProveClient = (audience: string, now: number) => ClientProof;

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds for which an assertion is good. */
const assertionLife = 60;

/** Creates the proof of a configuration's client (RFC 6749 section 2.3, RFC 7523); undefined without a client. */
export function createClientProof(config: Config): ProveClient | undefined {
  const id = config.client_id?.[0];
  if (id === undefined) return undefined;
  const secret = config.client_secret?.[0];
  const jwk = config.client_jwk?.[0];
  const way = config.client_auth?.[0] ?? (secret === undefined ? 'none' : 'client_secret_basic');
  switch (way) {
    case 'client_secret_basic': {
      const proof = basicProof(id, secret!);
      return () => proof;
    }
    case 'client_secret_post': {
      const fields = [
        ['client_id', id],
        ['client_secret', secret!],
      ] as const;
      return () => ({ headers: {}, fields });
    }
    case 'client_secret_jwt':
      return byAssertion(id, { alg: 'HS256' }, (signed) =>
        createHmac('sha256', secret!).update(signed).digest('base64url'),
      );
    case 'private_key_jwt': {
      let key: KeyObject | undefined;
      const alg = algorithmOf(jwk!);
      const header = { alg, ...(jwk!.kid === null ? {} : { kid: jwk!.kid }) };
      return byAssertion(id, header, (signed) => {
        key ??= createPrivateKey({ key: withoutNulls(jwk!) as never, format: 'jwk' });
        return signToken(signed, alg, key);
      });
    }
    case 'none':
      return () => ({ headers: {}, fields: [['client_id', id]] });
  }
}

/** Id and secret as Basic credentials; each is encoded as in a form before (RFC 6749 section 2.3.1). */
export function basicProof(id: string, secret: string): ClientProof {
  const pair = `${formEncode(id)}:${formEncode(secret)}`;
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, fields: [] };
}

function byAssertion(id: string, header: object, sign: (signed: string) => string): ProveClient {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const encodedHeader = encode({ typ: 'JWT', ...header });
  return (audience, now) => {
    const claims = { iss: id, sub: id, aud: audience, jti: randomUUID(), iat: now, exp: now + assertionLife };
    const signed = `${encodedHeader}.${encode(claims)}`;
    return {
      headers: {},
      fields: [
        ['client_id', id],
        ['client_assertion_type', assertionType],
        ['client_assertion', `${signed}.${sign(signed)}`],
      ],
    };
  };
}

type Jwk = NonNullable<Config['client_jwk']>[number];

function algorithmOf({ alg, kty, crv }: Jwk): AlgorithmName {
  if (alg !== null) return alg as AlgorithmName;
  if (kty === 'RSA') return 'RS256';
  if (kty === 'OKP') return 'EdDSA';
  return crv === 'P-384' ? 'ES384' : crv === 'P-521' ? 'ES512' : 'ES256';
}

function withoutNulls(jwk: Jwk): object {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null));
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
