#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/commands.h"
#include "server/doctor.h"
#include "server/test_runner.h"

namespace {

void add_log(CLI::App* command, skerry::server::LogChoice& log) {
  command->add_option("--log-level", log.level, "Least level that is logged (default: debug)")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  command->add_flag("--json", log.json, "Log a JSON object on each line");
}

void add_dev(CLI::App& app, skerry::server::DevOptions& options) {
  CLI::App* dev = app.add_subcommand("dev", "Run a project locally, with reload on change");
  dev->add_option("path", options.path,
                  "Folder with a wrangler configuration or index.mjs, or one file");
  dev->add_option("--config,-c", options.configs,
                  "Configuration file; may be repeated: the first worker answers, the others are "
                  "reached by service bindings");
  dev->add_option("--port,-p", options.port,
                  "Port (0: any; default: 8787, or the next that is free)")
      ->check(CLI::Range(0, 65535));
  dev->add_option("--host", options.host, "Address to listen on");
  dev->add_option("--geo", options.geo, "Place of every client, for instance DE/Berlin");
  dev->add_option("--geo-db", options.geo_db, "MMDB file for geolocation");
  dev->add_option_function<int>(
         "--inspect,--inspector-port", [&options](const int& port) { options.inspect = port; },
         "Let Chrome DevTools in, on this port (default: 9229, or the next that is free)")
      ->expected(0, 1)
      ->default_str("9229")
      ->check(CLI::Range(0, 65535));
  dev->add_option("--env,-e", options.environment, "Environment of the configuration");
  add_log(dev, options.log);
  dev->add_option("--persist-to", options.persist_to,
                  "Folder for KV data (default: .skerry in the project)");
  dev->add_option("--local-protocol", options.local_protocol,
                  "http or https (with a self-signed certificate)")
      ->check(CLI::IsMember({"http", "https"}));
  dev->add_option("--ca", options.ca,
                  "PEM file with roots that fetch() trusts too; may be repeated");
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
  add_log(serve, options.log);
  serve->add_option("--max-body-mb", options.max_body_mb,
                    "Largest request body in MiB (default: 100)");
  serve->add_option("--listen-tls", options.listen_tls,
                    "ADDRESS:PORT for https; may be repeated (default with a certificate: "
                    "127.0.0.1:8443)");
  serve->add_option("--tls-cert", options.tls_cert,
                    "PEM file: a certificate, then its chain; may be repeated, chosen by SNI");
  serve->add_option("--tls-key", options.tls_key, "PEM file with its private key");
  serve->add_option("--ca", options.ca,
                    "PEM file with roots that fetch() trusts too; may be repeated");
  serve->add_option("--allow-origin", options.allow_origins,
                    "Private address or CIDR block that fetch() may reach; may be repeated");
  serve->add_flag("--allow-private-origins", options.allow_private_origins,
                  "Let fetch() reach private and loopback addresses");
}

void add_test(CLI::App& app, skerry::server::TestOptions& options) {
  CLI::App* test = app.add_subcommand("test", "Run *.any.js files and Workers test() modules");
  test->add_option("paths", options.paths, "Files and folders (default: here)");
  test->add_option("--root", options.root, "Root of an external checkout of web-platform-tests");
  test->add_option("--filter", options.filter, "Only files and tests whose name contains this");
  test->add_option("--json", options.json_file, "File for the results as JSON");
  test->add_option("--expectations", options.expectations, "File that names expected failures");
  test->add_flag("--update-expectations", options.update_expectations,
                 "Write what failed into the expectations");
  test->add_option("--threads", options.threads, "Files at once")->check(CLI::Range(1, 64));
}

void add_doctor(CLI::App& app, skerry::server::DoctorOptions& options) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "Say what this machine lacks, and how to mend it");
  doctor->add_option("--data", options.data, "Folder for data whose speed is measured");
  doctor->add_option("--host", options.host, "Address to listen on");
  doctor->add_option("--port,-p", options.port, "Port to listen on")->check(CLI::Range(0, 65535));
  doctor->add_option("--geo-db", options.geo_db, "MMDB file for geolocation");
  doctor->add_flag("--json", options.json, "Print JSON");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("skerry: an edge isolate runtime");
  app.set_version_flag("--version", "skerry 0.1.0");
  app.require_subcommand(1);
  skerry::server::DevOptions dev;
  skerry::server::ServeOptions serve;
  add_dev(app, dev);
  skerry::server::TestOptions test;
  add_serve(app, serve);
  add_test(app, test);
  skerry::server::DoctorOptions doctor;
  add_doctor(app, doctor);
  const bool known =
      app.get_subcommands([&](CLI::App* each) { return argc > 1 && each->check_name(argv[1]); })
          .size() == 1;
  if (argc > 1 && argv[1][0] != '-' && !known) {
    std::fprintf(stderr, "skerry: there is no command \"%s\"; see skerry --help\n", argv[1]);
    return 1;
  }
  CLI11_PARSE(app, argc, argv);
  if (app.got_subcommand("doctor")) return skerry::server::run_doctor(doctor);
  if (app.got_subcommand("dev")) return skerry::server::run_dev(dev);
  if (app.got_subcommand("test")) {
    if (test.paths.empty()) test.paths.push_back(".");
    return skerry::server::run_tests(test);
  }
  return skerry::server::run_serve(serve);
}
