import { daoErrors } from '../../db/index.ts';
import type { AuditLog } from '../audit.ts';
import { answerError, answerOk, type Endpoint } from '../endpoint.ts';

const maxSize = 1000;

/** `/audit`: who wrote what through this API of late, newest first. */
export function auditEndpoint(log: AuditLog): Endpoint {
  return {
    path: '/audit',
    methods: {
      async GET({ query }) {
        const size = numberOf(query.get('size') ?? '100');
        if (size === undefined || size < 1 || size > maxSize) {
          return answerError(daoErrors.invalidSize(`size must be an integer between 1 and ${maxSize}`));
        }
        const offset = query.get('offset');
        const before = offset === undefined ? undefined : numberOf(offset);
        if (offset !== undefined && before === undefined) {
          return answerError(daoErrors.invalidOffset(String(offset), 'bad number'));
        }
        const data = log.page(size, before);
        const last = data.at(-1);
        if (last === undefined || log.page(1, last.serial).length === 0) return answerOk({ data, next: null });
        const next = `/audit?offset=${last.serial}${size === 100 ? '' : `&size=${size}`}`;
        return answerOk({ data, offset: String(last.serial), next });
      },
    },
  };
}

function numberOf(text: string | true): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
