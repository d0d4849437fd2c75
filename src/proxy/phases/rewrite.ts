import { phaseBits } from '../../pdk/support.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { runAccess } from './access.ts';
import { answerFailure, answerOwn, answerWithFault, goOnAfter } from './answer.ts';
import { runHandler } from './handlers.ts';

/** Begins the life of an exchange: the rewrite handlers of global configurations, then routing and access. */
export function begin(x: Exchange): void {
  try {
    if (x.plan.rewrite.length === 0) runAccess(x);
    else runFrom(x, 0);
  } catch (fault) {
    answerWithFault(x, fault);
  }
}

function runFrom(x: Exchange, from: number): void {
  const list = x.plan.rewrite;
  x.phase = phaseBits.rewrite;
  for (let at = from; at < list.length; at += 1) {
    const instance = list[at]!;
    const outcome = runHandler(x, instance, instance.rewrite!);
    if (typeof outcome !== 'string') {
      goOnAfter(x, outcome, (settled) => {
        if (settled === 'answered') answerOwn(x);
        else if (settled === 'failed') answerFailure(x);
        else runFrom(x, at + 1);
      });
      return;
    }
    if (outcome === 'answered') return answerOwn(x);
    if (outcome === 'failed') return answerFailure(x);
  }
  runAccess(x);
}
