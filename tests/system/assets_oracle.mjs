// The peer of test_assets.py: each site of the JSON file that is the argument becomes a miniflare with the same
// directory and settings; prints `name port` for each, then `ready`, and ends with its standard input.
import { readFileSync } from 'node:fs';
import { Miniflare, convertV4MiniflareOptions } from 'miniflare';

const sites = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const running = [];
for (const site of sites) {
  const { assets, worker } = site;
  const flare = new Miniflare(convertV4MiniflareOptions({
    name: site.name,
    host: '127.0.0.1',
    port: 0,
    modules: true,
    script: worker ?? 'export default {}',
    compatibilityDate: site.compatibility_date,
    assets: {
      directory: assets.directory,
      binding: assets.binding,
      assetConfig: {
        html_handling: assets.html_handling,
        not_found_handling: assets.not_found_handling,
      },
      routerConfig: { has_user_worker: worker !== undefined },
      run_worker_first: assets.run_worker_first,
    },
  }));
  running.push(flare);
  console.log(site.name, (await flare.ready).port);
}
console.log('ready');
process.stdin.resume();
process.stdin.on('end', async () => {
  await Promise.all(running.map((flare) => flare.dispose()));
  process.exit(0);
});
