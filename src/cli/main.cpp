#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/commands.h"

namespace {

void add_dev(CLI::App& app, skerry::server::DevOptions& options) {
  CLI::App* dev = app.add_subcommand("dev", "Run a project locally, with reload on change");
  dev->add_option("path", options.path,
                  "Folder with a wrangler configuration or index.mjs, or one file");
  dev->add_option("--config,-c", options.config, "Configuration file");
  dev->add_option("--port,-p", options.port, "Port (0: any)")->check(CLI::Range(0, 65535));
  dev->add_option("--host", options.host, "Address to listen on");
  dev->add_option("--geo", options.geo, "Place of every client, for instance DE/Berlin");
  dev->add_option("--geo-db", options.geo_db, "MMDB file for geolocation");
  dev->add_option("--env,-e", options.environment, "Environment of the configuration");
  dev->add_option("--persist-to", options.persist_to,
                  "Folder for KV data (default: .skerry in the project)");
}

void add_serve(CLI::App& app, skerry::server::ServeOptions& options) {
  CLI::App* serve = app.add_subcommand("serve", "Serve a folder of workers");
  serve->add_option("--workers", options.workers, "Folder; each sub-folder is a worker")
      ->required();
  serve->add_option("--listen", options.listen, "ADDRESS:PORT or unix:PATH; may be repeated");
  serve->add_option("--data", options.data, "Folder for KV data and caches");
  serve->add_option("--geo-db", options.geo_db, "MMDB file for geolocation");
  serve->add_option("--colo", options.colo, "Name of this place, as request.cf.colo");
  serve->add_option("--trusted-proxy", options.trusted_proxies,
                    "Address or CIDR block whose x-forwarded-for is believed; may be repeated");
  serve->add_option("--max-body-mb", options.max_body_mb,
                    "Largest request body in MiB (default: 100)");
  serve->add_flag("--allow-private-origins", options.allow_private_origins,
                  "Let fetch() reach private and loopback addresses");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("skerry: an edge isolate runtime");
  app.set_version_flag("--version", "skerry 0.1.0");
  app.require_subcommand(1);
  skerry::server::DevOptions dev;
  skerry::server::ServeOptions serve;
  add_dev(app, dev);
  add_serve(app, serve);
  const bool known =
      app.get_subcommands([&](CLI::App* each) { return argc > 1 && each->check_name(argv[1]); })
          .size() == 1;
  if (argc > 1 && argv[1][0] != '-' && !known) {
    std::fprintf(stderr, "skerry: there is no command \"%s\"; see skerry --help\n", argv[1]);
    return 1;
  }
  CLI11_PARSE(app, argc, argv);
  if (app.got_subcommand("dev")) return skerry::server::run_dev(dev);
  if (serve.listen.empty()) serve.listen.push_back("127.0.0.1:8787");
  return skerry::server::run_serve(serve);
}
