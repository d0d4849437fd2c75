import type { Row } from '../schema/index.ts';

const factors: { readonly [unit: string]: number } = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const names: { readonly [unit: string]: string } = { k: 'KiB', m: 'MiB', g: 'GiB' };

/** Memory in the shape of `kong.node.get_memory_stats`: bytes as numbers, other units as texts such as `0.99 MiB`. */
export function memoryReport(unit: string, scale: number, heaps: readonly number[]): Row {
  const shown = (bytes: number): number | string => {
    const key = unit.toLowerCase();
    return key === 'b' ? bytes : `${(bytes / (factors[key] ?? 1)).toFixed(scale)} ${names[key] ?? ''}`;
  };
  return {
    lua_shared_dicts: {},
    workers_lua_vms: heaps.map((bytes) => ({ pid: process.pid, http_allocated_gc: shown(bytes) })),
  };
}
