import type { Check } from '../draft.ts';

/** What each role of hybrid mode needs. */
export const checkRole: Check = ({ draft }) => {
  const errors: string[] = [];
  const { role } = draft;
  if (role === 'traditional') {
    if (draft.cluster_dp_labels.length > 0) {
      errors.push('cluster_dp_labels can only be used when role = "data_plane"');
    }
    return errors;
  }
  if (draft.cluster_cert === undefined || draft.cluster_cert_key === undefined) {
    errors.push('cluster certificate and key must be provided to use Hybrid mode');
  }
  if (role === 'control_plane') {
    if (draft.admin_listen.length === 0) errors.push('admin_listen must be specified when role = "control_plane"');
    if (draft.cluster_mtls === 'pki' && draft.cluster_ca_cert === undefined) {
      errors.push('cluster_ca_cert must be specified when cluster_mtls = "pki"');
    }
    if (draft.cluster_listen.length === 0) errors.push('cluster_listen must be specified when role = "control_plane"');
    if (draft.database === 'off') errors.push('in-memory storage can not be used when role = "control_plane"');
    if (draft.cluster_use_proxy) errors.push('cluster_use_proxy can not be used when role = "control_plane"');
    if (draft.cluster_dp_labels.length > 0) {
      errors.push('cluster_dp_labels can not be used when role = "control_plane"');
    }
    return errors;
  }
  if (draft.proxy_listen.length === 0) errors.push('proxy_listen must be specified when role = "data_plane"');
  if (draft.database !== 'off') {
    errors.push(
      'only in-memory storage can be used when role = "data_plane"\nHint: set database = off in your kong.conf',
    );
  }
  if (draft.cluster_use_proxy && draft.proxy_server === undefined) {
    errors.push('cluster_use_proxy is turned on but no proxy_server is configured');
  }
  return [...errors, ...labelErrors(draft.cluster_dp_labels)];
};

/** Roles that this release serves; anything else is refused rather than run as something it is not. */
export const checkServed: Check = ({ draft }) => {
  const errors: string[] = [];
  if (draft.role !== 'traditional') {
    errors.push(`role = ${draft.role} is not served by this release: use role = traditional`);
  }
  return errors;
};

const labelPattern = '[a-z0-9]([\\w\\.:-]*[a-z0-9]|)$';
const reserved = ['kong', 'konnect', 'insomnia', 'mesh', 'kic'];

function labelErrors(labels: readonly string[]): string[] {
  if (labels.length > 10) return ['labels validation failed: count exceeded 10 max elements'];
  for (const label of labels) {
    const colon = label.indexOf(':');
    const parts = { key: label.slice(0, Math.max(colon, 0)), value: colon === -1 ? '' : label.slice(colon + 1) };
    for (const part of ['key', 'value'] as const) {
      const text = parts[part];
      if (text === '' || text.length > 63) {
        return [`label ${part} validation failed: ${text} must have between 1 and 63 characters`];
      }
      const isReserved = part === 'key' && reserved.some((word) => text.toLowerCase().startsWith(word));
      if (isReserved || !/^[a-z0-9](?:[\w.:-]*[a-z0-9])?$/i.test(text)) {
        const forbidden = part === 'key' ? reserved.map((word) => `(?!${word})`).join('') : '';
        return [`label ${part} validation failed: ${text} is invalid. Must match pattern: ${forbidden}${labelPattern}`];
      }
    }
  }
  return [];
}
