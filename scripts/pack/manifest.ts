/** The parts of a package.json that {@link publishedManifest} changes. */
export interface Manifest {
  readonly exports: { readonly [path: string]: string };
  readonly scripts?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
  readonly [key: string]: unknown;
}

/**
 * The package.json of the published package, from that of the repository: exports lead to the compiled files and their
 * types, and what serves development alone is left out.
 */
export function publishedManifest({ scripts: _scripts, devDependencies: _tools, exports, ...rest }: Manifest): {
  readonly [key: string]: unknown;
} {
  const compiled = Object.entries(exports).map(([path, file]) => [path, compiledEntry(file)]);
  return { ...rest, exports: Object.fromEntries(compiled) };
}

/** Node strips no types in packages, so they are JavaScript with declarations beside it. */
function compiledEntry(file: string): { readonly types: string; readonly default: string } {
  const base = file.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
  return { types: `${base}.d.ts`, default: `${base}.js` };
}
