// Before `npm pack`: takes the declarations and the binary of the build into the package. SKERRY_PACK_BINARY=0 leaves
// the binary out, for a package that finds it through SKERRY_BIN.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const build = join(here, '..', 'build');
const types = join(build, 'src', 'cli', 'skerry.d.ts');
if (!existsSync(types)) {
  console.error(`pack: ${types} is not there; build skerry first: ninja -C build`);
  process.exit(1);
}
copyFileSync(types, join(here, 'skerry.d.ts'));
const platform = join(here, 'platform');
rmSync(platform, { recursive: true, force: true });
if (process.env.SKERRY_PACK_BINARY !== '0') {
  const folder = join(platform, `${process.platform}-${process.arch}`);
  mkdirSync(folder, { recursive: true });
  for (const name of ['skerry', 'geo.mmdb']) copyFileSync(join(build, name), join(folder, name));
}
