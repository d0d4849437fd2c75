import type { Property } from '../property.ts';

/** The browser admin. */
export const adminGuiProperties = {
  admin_gui_url: {
    kind: 'list',
    description: 'Origins under which browsers see the browser admin; they are allowed to call the Admin API.',
    since: '3.4',
  },
  admin_gui_path: {
    kind: 'string',
    default: '/',
    inert: true,
    description: 'Path under which the browser admin is served.',
    since: '3.4',
  },
  admin_gui_api_url: {
    kind: 'string',
    inert: true,
    description: 'Address of the Admin API as the browser sees it.',
    since: '3.4',
  },
  admin_gui_ssl_cert: {
    kind: 'list',
    certificate: 'certificate',
    inert: true,
    description: 'Certificates of the TLS listeners of the browser admin.',
    since: '3.4',
  },
  admin_gui_ssl_cert_key: {
    kind: 'list',
    certificate: 'key',
    sensitive: true,
    inert: true,
    description: 'Their keys.',
    since: '3.4',
  },
} as const satisfies Record<string, Property>;
