// node build.mjs FOLDER: bundles the page into FOLDER/index.html and FOLDER/assets, names hashed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = resolve(process.argv[2] ?? 'built');
const source = fileURLToPath(new URL('.', import.meta.url));

const settings = {
  absWorkingDir: source,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  outdir: join(folder, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
};

async function bundle(name, entry, more) {
  const { metafile } = await build({ ...settings, ...more, entryPoints: { [name]: entry } });
  const outputs = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return basename(outputs.find(([path]) => basename(path).startsWith(`${name}-`))[0]);
}

function story(file) {
  const variables = join(source, 'stories', file.replace(/\.graphql$/, '.json'));
  return {
    query: readFileSync(join(source, 'stories', file), 'utf8'),
    variables: existsSync(variables) ? readFileSync(variables, 'utf8') : null,
  };
}

const stories = readdirSync(join(source, 'stories'))
  .filter(file => file.endsWith('.graphql'))
  .sort()
  .map(story);

const workers = {
  editor: await bundle('editor.worker', 'monaco-editor/esm/vs/editor/editor.worker.js'),
  json: await bundle('json.worker', 'monaco-editor/esm/vs/language/json/json.worker.js'),
  graphql: await bundle('graphql.worker', 'monaco-graphql/esm/graphql.worker.js'),
};

const style = await bundle('style', './style.css');

const main = await bundle('main', './main.jsx', {
  format: 'esm',
  splitting: true,
  jsx: 'automatic',
  // Monaco's style sheets are part of graphiql/style.css, which is bundled above.
  loader: { '.css': 'empty' },
  // The old names lead to CommonJS copies, in which Prettier doesn't find its parsers once bundled.
  alias: { 'prettier/parser-graphql': 'prettier/plugins/graphql', 'prettier/parser-babel': 'prettier/plugins/babel' },
  define: { ...settings.define, WORKERS: JSON.stringify(workers), STORIES: JSON.stringify(stories) },
});

const page = readFileSync(join(source, 'index.html'), 'utf8');
writeFileSync(join(folder, 'index.html'), page.replace('{style}', style).replace('{main}', main));
