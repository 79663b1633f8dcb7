#!/usr/bin/env node
// npm create skerry my-app: copies the template into a new folder and gives it its name.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const USAGE = `usage: npm create skerry [folder] [-- options]
  --skerry SPEC   where npm finds the package skerry: a version, file:PATH, a tarball
`;

function fail(text) {
  process.stderr.write(`create-skerry: ${text}\n`);
  process.exit(1);
}

function read(path) {
  return readFileSync(path, 'utf8');
}

// A worker's name is a label of a host name, and npm's rules are no narrower.
function nameOf(folder) {
  const name = basename(folder).toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
  return name || 'worker';
}

// In a checkout the package lies beside this one; its declarations come from the build.
function defaultSpec() {
  const sdk = resolve(here, '..');
  const found = existsSync(join(sdk, 'package.json')) && JSON.parse(read(join(sdk, 'package.json')));
  if (!found || found.name !== 'skerry') return `^${JSON.parse(read(join(here, 'package.json'))).version}`;
  spawnSync(process.execPath, [join(sdk, 'pack.mjs')], { stdio: 'inherit', env: { ...process.env, SKERRY_PACK_BINARY: '0' } });
  return `file:${sdk}`;
}

function options() {
  try {
    return parseArgs({ allowPositionals: true, options: { skerry: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`);
  }
}

const { values, positionals } = options();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (positionals.length > 1) fail(`one folder, please, and not ${positionals.length}\n${USAGE}`);
const folder = resolve(positionals[0] ?? 'my-worker');
if (existsSync(folder) && readdirSync(folder).some((name) => name !== '.git')) {
  fail(`${folder} is not empty; name another folder`);
}
const name = nameOf(folder);
const spec = values.skerry ?? defaultSpec();

mkdirSync(folder, { recursive: true });
cpSync(join(here, 'template'), folder, { recursive: true });
// npm leaves files called .gitignore out of packages.
renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
for (const file of ['package.json', 'wrangler.jsonc', 'README.md']) {
  const path = join(folder, file);
  writeFileSync(path, read(path).replaceAll('{{name}}', name).replaceAll('{{skerry}}', spec));
}

const short = relative(process.cwd(), folder) || '.';
process.stdout.write(`${name} is in ${short}. Now:

    cd ${short}
    npm install
    npm run dev      # http://127.0.0.1:8787, reloads when you save
    npm test
`);
