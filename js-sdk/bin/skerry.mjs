#!/usr/bin/env node
// Starts the skerry binary with this process's arguments, and ends as it ends.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as os } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

function fail(text) {
  process.stderr.write(`skerry: ${text}\n`);
  process.exit(1);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// What SKERRY_BIN names, else the binary that came with the package, else the build of a checkout.
function findBinary() {
  const named = process.env.SKERRY_BIN;
  if (named) {
    if (!isProgram(named)) fail(`SKERRY_BIN is "${named}", which is no program; correct it, or unset it`);
    return named;
  }
  const places = [
    join(packageFolder, 'platform', `${process.platform}-${process.arch}`, 'skerry'),
    join(packageFolder, '..', 'build', 'skerry'),
  ];
  const found = places.find(isProgram);
  if (!found) {
    fail(`there is no skerry binary for ${process.platform}-${process.arch}; looked for\n` +
      places.map((place) => `  ${place}\n`).join('') +
      'build it in a checkout of skerry (scripts/setup; ninja -C build) and set SKERRY_BIN to its build/skerry');
  }
  return found;
}

const child = spawn(findBinary(), process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => fail(`cannot start ${child.spawnfile}: ${error.message}`));
// Ctrl-C at a terminal reaches the child too, and a second one would cut its drain short.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + os.signals[signal] : code));
