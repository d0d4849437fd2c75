import { definePlugin, kongVersion } from '../../pdk/index.ts';
import { createRelocation } from './location.ts';
import { config } from './schema.ts';

/** redirect: answers every request by sending the client elsewhere. */
export const redirect = definePlugin({
  name: 'redirect',
  version: kongVersion,
  priority: 779,
  config,
  setup:
    () =>
    ({ status_code: status, location, keep_incoming_path: keepsPath }) => {
      if (keepsPath !== true) {
        const headers = Object.freeze({ Location: location });
        return { access: (kong) => kong.response.exit(status, body, headers) };
      }
      const relocate = createRelocation(location);
      return {
        access({ request, response }) {
          response.exit(status, body, { Location: relocate(request.getPath(), request.getRawQuery()) });
        },
      };
    },
});

const body = 'redirecting';
