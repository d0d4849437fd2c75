import type { AnyPlugin } from '../pdk/index.ts';
export async function loadCustomPlugin(name: string, path: readonly string[]): Promise<AnyPlugin> { throw new Error(`no ${name} in ${path.join()}`); }
