import { f } from '../../schema/index.ts';
import { compileOrigin } from './origin.ts';

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const;

/** Configuration of cors. */
export const config = {
  origins: f.array(f.string({ custom_validator: checkOrigin }), {
    description:
      'Origins that may read answers: `*` for all, whole origins such as `https://shop.test:8443`, or regular ' +
      'expressions, which must match a whole origin, or its host when they have no colon. All when absent.',
  }),
  headers: f.array(f.string(), {
    description: 'Value of `Access-Control-Allow-Headers`; what the client asks for when absent.',
  }),
  exposed_headers: f.array(f.string(), { description: 'Value of `Access-Control-Expose-Headers`.' }),
  methods: f.array(f.string({ one_of: methods }), {
    default: methods,
    description: 'Value of `Access-Control-Allow-Methods`.',
  }),
  max_age: f.number({ description: 'Seconds for which a client may keep the answer to a preflight.' }),
  credentials: f.boolean({
    required: true,
    default: false,
    description: 'True sends `Access-Control-Allow-Credentials: true`.',
  }),
  private_network: f.boolean({
    required: true,
    default: false,
    description: 'True answers preflights for private networks with `Access-Control-Allow-Private-Network: true`.',
  }),
  preflight_continue: f.boolean({
    required: true,
    default: false,
    description: 'True sends preflights to the upstream, which has to answer them.',
  }),
};

function checkOrigin(value: string): string | undefined {
  if (value === '*') return undefined;
  try {
    compileOrigin(value);
    return undefined;
  } catch {
    return `'${value}' is not a valid regex`;
  }
}
