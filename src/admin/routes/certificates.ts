import { randomUUID } from 'node:crypto';
import { type Database, daoErrors } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import { conditionOf } from '../conditions.ts';
import { type AdminRequest, type Answer, answerError, type Endpoint, type Handler, noContent } from '../endpoint.ts';
import { childCollectionEndpoint } from '../endpoints/collection.ts';
import { answerRow, answerShown, childEndpoint } from '../endpoints/entity.ts';
import { writeArguments } from '../endpoints/given.ts';

/** Which certificate a path means. */
interface Named {
  readonly id: string;
  /** The SNI that stood in the path. */
  readonly sni?: string;
}

/** `/certificates/:certificates` and its SNIs: the key may also be the name of one of them. */
export function certificateEndpoints(database: Database): Endpoint[] {
  const certificates = database.dao('certificates');
  const snis = database.dao('snis');

  const named =
    (
      action: (named: Named, request: AdminRequest) => Promise<Answer>,
      options?: { readonly create: boolean },
    ): Handler =>
    async (request) => {
      const key = request.params.certificates ?? '';
      if (isUuid(key)) return action({ id: key }, request);
      const found = await snis.selectBy('name', key);
      if (!found.ok) return answerError(found.error);
      if (found.value !== undefined) {
        return action({ id: (found.value.certificate as { readonly id: string }).id, sni: key }, request);
      }
      if (options?.create === true) return action({ id: randomUUID(), sni: key }, request);
      return { status: 404, body: { message: 'SNI not found' } };
    };

  return [
    {
      path: '/certificates/:certificates',
      methods: {
        GET: named(async ({ id }) => {
          const found = await certificates.select(id);
          if (!found.ok) return answerError(found.error);
          return found.value === undefined
            ? answerError(daoErrors.notFound({ id }))
            : answerShown(certificates, found.value);
        }),
        PUT: named(
          async (target, request) => {
            const { given, options } = writeArguments(certificates, request);
            return answerRow(certificates, await certificates.upsert(target.id, replaced(given, target.sni), options));
          },
          { create: true },
        ),
        PATCH: named(async ({ id }, request) => {
          const { given, options } = writeArguments(certificates, request);
          const input = typeof given.snis === 'string' ? { ...given, snis: [given.snis] } : given;
          return answerRow(certificates, await certificates.update(id, input, options));
        }),
        DELETE: named(async ({ id }, { ifMatch }) => {
          const gone = await certificates.delete(id, conditionOf(ifMatch));
          return gone.ok ? noContent : answerError(gone.error);
        }),
      },
    },
    byId(childCollectionEndpoint(certificates, snis, 'certificate'), named),
    byId(childEndpoint(certificates, snis, 'certificate'), named),
  ];
}

/** A replacement without names clears them; with the name in its path it keeps that one. */
function replaced(given: { readonly [field: string]: unknown }, sni: string | undefined): unknown {
  const list: unknown = typeof given.snis === 'string' ? [given.snis] : given.snis;
  if (list === undefined || list === null) return { ...given, snis: null };
  if (!Array.isArray(list) || sni === undefined || list.includes(sni)) return { ...given, snis: list };
  return { ...given, snis: [...(list as readonly unknown[]), sni] };
}

/** A generated endpoint whose certificate may be named by an SNI. */
function byId(
  endpoint: Endpoint,
  named: (action: (named: Named, request: AdminRequest) => Promise<Answer>) => Handler,
): Endpoint {
  const methods: { [method: string]: Handler } = {};
  for (const [method, handler] of Object.entries(endpoint.methods) as [string, Handler][]) {
    methods[method] = named(({ id }, request) =>
      handler({ ...request, params: { ...request.params, certificates: id } }),
    );
  }
  return { path: endpoint.path, methods };
}
