import { registerHooks } from 'node:module';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** What plugins of others may import of the gateway, and the modules that this is. */
const offered: Readonly<Record<string, string>> = {
  'gibbon-gateway/pdk': new URL(`../pdk/index${extension}`, import.meta.url).href,
  'gibbon-gateway/pdk/testing': new URL(`../pdk/testing${extension}`, import.meta.url).href,
};

let isOffered = false;

/**
 * Lets modules of this thread import `gibbon-gateway/pdk` wherever they are: a plugin may lie in a folder without a
 * package around it, and one that has a gateway of its own installed still gets the PDK of the gateway that runs it.
 */
export function offerPdk(): void {
  if (isOffered) return;
  isOffered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const url = Object.hasOwn(offered, specifier) ? offered[specifier] : undefined;
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
    },
  });
}
