/** A page that shows an OpenAPI document from `openapi.json` beside it; it loads nothing else. */
export const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Admin API</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --get: #0a7d4f; --post: #0b62c4; --put: #a35c00; --delete: #b3261e; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .3rem; }
input { font: inherit; flex: 1; min-width: 12rem; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .25rem 0; }
summary { cursor: pointer; padding: .3rem .6rem; display: flex; gap: .6rem; align-items: baseline; }
summary:hover { background: var(--soft); }
summary b { font: 600 .8rem/1 ui-monospace, monospace; width: 4rem; }
.get b { color: var(--get); } .post b { color: var(--post); } .put b, .patch b { color: var(--put); } .delete b { color: var(--delete); }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
summary span { opacity: .7; margin-left: auto; text-align: right; }
.body { padding: .2rem .8rem .8rem; border-top: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); }
td:first-child { padding-left: calc(var(--depth, 0) * 1rem); }
button { font: inherit; padding: .15rem .7rem; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
pre { background: var(--soft); padding: .6rem; border-radius: 6px; overflow: auto; max-height: 24rem; }
</style>
<header><h1>Admin API</h1><input id="find" type="search" placeholder="Find a path or a word" aria-label="Find"><a href="openapi.json">openapi.json</a></header>
<main id="all">Loading</main>
<script>
const make = (tag, attributes, ...parts) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...parts);
  return element;
};
let api;
const follow = (part) => {
  let value = part;
  while (value && value.$ref) value = value.$ref.slice(2).split('/').reduce((at, key) => at[key], api);
  return value || {};
};
const typeOf = (schema) => {
  const type = [].concat(schema.type || 'any').join(' or ');
  return type.startsWith('array') ? 'list of ' + typeOf(follow(schema.items)) : schema.format ? type + ' (' + schema.format + ')' : type;
};
const rowsOf = (schema, depth, rows) => {
  const required = new Set(schema.required || []);
  for (const [name, given] of Object.entries(schema.properties || {})) {
    const field = follow(given);
    const facts = [];
    if (field.default !== undefined) facts.push('default ' + JSON.stringify(field.default));
    if (field.enum) facts.push('one of ' + field.enum.map((value) => JSON.stringify(value)).join(', '));
    if (field.minimum !== undefined) facts.push(field.minimum + ' to ' + field.maximum);
    if (field.description) facts.push(field.description);
    const cell = make('td', {}, make('code', {}, name + (required.has(name) ? ' *' : '')));
    cell.style.setProperty('--depth', depth);
    rows.push(make('tr', {}, cell, make('td', {}, typeOf(field)), make('td', {}, facts.join('; '))));
    if (depth < 4) rowsOf(field.properties ? field : follow(field.items), depth + 1, rows);
  }
  return rows;
};
const tableOf = (title, schema) => {
  const rows = rowsOf(follow(schema), 0, []);
  return rows.length === 0 ? '' : make('div', {}, make('h2', {}, title), make('table', {}, ...rows));
};
const tryOut = (path) => {
  const output = make('pre', { hidden: true });
  const ask = async () => {
    output.hidden = false;
    try {
      const answer = await fetch('.' + path);
      output.textContent = answer.status + '\\n' + JSON.stringify(await answer.json(), null, 2);
    } catch (fault) {
      output.textContent = String(fault);
    }
  };
  return make('div', {}, make('button', { type: 'button', onclick: ask }, 'Send'), output);
};
const bodyOf = (method, path, item, operation) => {
  const box = make('div', { className: 'body' });
  const parameters = [...(item.parameters || []), ...(operation.parameters || [])].map(follow);
  if (parameters.length > 0) {
    const rows = parameters.map((one) => make('tr', {}, make('td', {}, make('code', {}, one.name)), make('td', {}, one.in), make('td', {}, one.description || '')));
    box.append(make('h2', {}, 'Parameters'), make('table', {}, ...rows));
  }
  const content = operation.requestBody && operation.requestBody.content['application/json'];
  if (content) box.append(tableOf('Body', content.schema));
  const list = Object.entries(operation.responses).map(([status, given]) => make('tr', {}, make('td', {}, status), make('td', {}, follow(given).description)));
  box.append(make('h2', {}, 'Answers'), make('table', {}, ...list));
  if (method === 'get' && !path.includes('{')) box.append(tryOut(path));
  return box;
};
const show = (words) => {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[method];
      if (!operation) continue;
      const text = (method + ' ' + path + ' ' + operation.summary).toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      const box = make('details', { className: method }, make('summary', {}, make('b', {}, method.toUpperCase()), make('code', {}, path), make('span', {}, operation.summary)));
      box.addEventListener('toggle', () => box.children.length > 1 || box.append(bodyOf(method, path, item, operation)));
      const tag = operation.tags[0];
      groups.set(tag, [...(groups.get(tag) || []), box]);
    }
  }
  const parts = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([tag, boxes]) => [make('h2', {}, tag.replaceAll('_', ' ')), ...boxes]);
  document.getElementById('all').replaceChildren(...(parts.length > 0 ? parts : ['Nothing found']));
};
fetch('openapi.json').then((answer) => answer.json()).then((document_) => {
  api = document_;
  show([]);
  const find = document.getElementById('find');
  find.addEventListener('input', () => show(find.value.toLowerCase().split(/\\s+/)));
}).catch((fault) => { document.getElementById('all').textContent = String(fault); });
</script>
</html>
`;
