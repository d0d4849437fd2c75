import { createHttpClient } from '../../kits/remote/index.ts';
import { defineJwt } from './define.ts';

/** jwt: lets a request through when it carries a token that was signed with the secret, or by a key, of a consumer. */
export const jwt = defineJwt(createHttpClient);
