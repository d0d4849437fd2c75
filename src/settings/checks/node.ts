import type { Check } from '../draft.ts';

const spans = [
  'all',
  'off',
  'request',
  'db_query',
  'dns_query',
  'router',
  'http_client',
  'balancer',
  'plugin_rewrite',
  'plugin_access',
  'plugin_header_filter',
];

/** Identity of the node, and the page of the browser admin. */
export const checkNode: Check = ({ draft }) => {
  const errors: string[] = [];
  const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (draft.node_id !== undefined && !uuid.test(draft.node_id)) errors.push('node_id must be a valid UUID');

  const path = draft.admin_gui_path;
  if (!path.startsWith('/')) errors.push("admin_gui_path must start with a slash ('/')");
  if (path.length > 1 && path.endsWith('/')) errors.push("admin_gui_path must not end with a slash ('/')");
  if (/[^A-Za-z\d\-_/]/.test(path)) {
    errors.push("admin_gui_path can only contain letters, digits, hyphens ('-'), underscores ('_'), and slashes ('/')");
  }
  if (path.includes('//')) errors.push("admin_gui_path must not contain continuous slashes ('/')");
  return errors;
};

/** Files that error pages are made from. */
export const checkErrorTemplates: Check = ({ draft, exists }) =>
  (['error_template_html', 'error_template_json', 'error_template_xml', 'error_template_plain'] as const)
    .filter((name) => draft[name] !== undefined && !exists(draft[name]))
    .map((name) => `${name}: no such file at ${draft[name]}`);

/** Which spans are made. */
export const checkTracing: Check = ({ draft }) => {
  const wanted = draft.tracing_instrumentations;
  const errors = wanted.filter((name) => !spans.includes(name)).map((name) => `invalid tracing type: ${name}`);
  if (wanted.length > 1 && wanted.includes('off')) {
    errors.push('invalid tracing types: off, other types are mutually exclusive');
  }
  return errors;
};

/** The proxy towards the control plane. */
export const checkProxyServer: Check = ({ draft }) => {
  const text = draft.proxy_server;
  if (text === undefined) return [];
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return ['proxy_server missing scheme'];
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return ['proxy_server missing host'];
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return [`proxy_server only supports "http" and "https", got ${url.protocol.slice(0, -1)}`];
  }
  if (url.hash === '' && url.search === '') return [];
  return ['fragments, query strings or parameters are meaningless in proxy configuration'];
};
