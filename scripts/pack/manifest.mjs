/**
 * The package.json of the published package, from that of the repository: exports lead to the compiled files and their
 * types, and what serves development alone is left out.
 */
export function publishedManifest({ scripts: _scripts, devDependencies: _tools, exports, ...rest }) {
  const compiled = Object.entries(exports).map(([path, file]) => [path, compiledEntry(file)]);
  return { ...rest, exports: Object.fromEntries(compiled) };
}

/** Node takes no types from packages, so they are JavaScript with declarations beside it. */
function compiledEntry(file) {
  const base = file.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
  return { types: `${base}.d.ts`, default: `${base}.js` };
}
