import { createHttpClient } from '../../kits/remote/index.ts';
import { defineOpenidConnect } from './define.ts';

/** openid-connect: lets through who an OpenID provider vouches for: users with a browser, and holders of tokens. */
export const openidConnect = defineOpenidConnect(createHttpClient);
