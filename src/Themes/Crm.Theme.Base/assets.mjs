// Copies the files that pages load from node_modules to wwwroot/lib, and writes the map of icons that the
// server reads (name -> inner SVG markup). Run by assets.targets after `npm ci`.
import { copyFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';

const modules = 'node_modules/';
const lib = 'wwwroot/lib/';
const now = Math.floor(Date.now() / 1000);
const files = {
  'echarts.min.js': 'echarts/dist/echarts.common.min.js',
  'sortable.min.js': 'sortablejs/Sortable.min.js',
  'tabler.min.css': '@tabler/core/dist/css/tabler.min.css',
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'tom-select.min.css': 'tom-select/dist/css/tom-select.bootstrap5.min.css',
  'tom-select.min.js': 'tom-select/dist/js/tom-select.complete.min.js',
};

rmSync(lib, { recursive: true, force: true });
mkdirSync(lib, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  // The maps are not shipped, so neither is the comment that sends browsers looking for them.
  const text = readFileSync(modules + source, 'utf8').replace(/\n?(\/\/#|\/\*#) sourceMappingURL=[^\n]*\n?$/, '\n');
  writeFileSync(lib + name, text);
  // Whole seconds: run from the build's output, MapStaticAssets takes a file whose time has a fraction for changed
  // (HTTP dates have none) and sends it uncompressed.
  utimesSync(lib + name, now, now);
}
for (const name of ['@tabler/core', '@tabler/icons', 'echarts', 'htmx.org', 'sortablejs', 'tom-select']) {
  const licence = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].find(file => exists(modules + name + '/' + file));
  if (licence) copyFileSync(`${modules}${name}/${licence}`, `${lib}LICENSE-${name.replace('@', '').replace('/', '-')}.txt`);
}

const nodes = JSON.parse(readFileSync(modules + '@tabler/icons/tabler-nodes-outline.json', 'utf8'));
const attributes = values => Object.entries(values).map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
const icons = Object.fromEntries(Object.entries(nodes).map(([name, shapes]) =>
  [name, shapes.map(([tag, values]) => `<${tag}${attributes(values)}/>`).join('')]));
mkdirSync(modules + '.crm', { recursive: true });
writeFileSync(modules + '.crm/icons.json', JSON.stringify(icons));

function escape(value) {
  return String(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

function exists(path) {
  try { readFileSync(path); return true; } catch { return false; }
}
