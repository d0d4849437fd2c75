import { type LogLevel, logLevels } from '../../kernel/index.ts';
import { type AdminRequest, type Answer, answerOk, badRequest, type Endpoint } from '../endpoint.ts';
import type { AdminOptions, LogLevelView } from '../types.ts';

/** Seconds after which a level goes back to what it was, unless told. */
const defaultSeconds = 60;

/** `/debug/...`: reads the level of the log, and changes it for a while. */
export function logLevelEndpoints({ database }: AdminOptions, view: LogLevelView): Endpoint[] {
  const change = async (request: AdminRequest): Promise<Answer> => {
    if (database.strategy === 'off') {
      return { status: 405, body: { message: 'cannot change log level when not using a database' } };
    }
    const asked = request.params.log_level ?? '';
    const seconds = secondsOf(request);
    const level = logLevels.find((name) => name === asked);
    if (level === undefined) return badRequest(`unknown log level: ${asked}`);
    if (seconds < 0) return badRequest('timeout must be greater than or equal to 0');
    if (view.current() === level) return answerOk({ message: `log level is already ${level}` });
    view.change(level satisfies LogLevel, seconds);
    return answerOk({ message: 'log level changed' });
  };
  return [
    {
      path: '/debug/node/log-level',
      methods: { GET: async () => answerOk({ message: `log level: ${view.current()}` }) },
    },
    { path: '/debug/node/log-level/:log_level', methods: { PUT: change } },
    { path: '/debug/cluster/log-level/:log_level', methods: { PUT: change } },
  ];
}

function secondsOf({ query, body }: AdminRequest): number {
  const asked = query.get('timeout') ?? body.values.timeout;
  const seconds = typeof asked === 'number' || (typeof asked === 'string' && asked.trim() !== '') ? Number(asked) : NaN;
  return Number.isNaN(seconds) ? defaultSeconds : Math.ceil(seconds);
}
