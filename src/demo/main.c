/* SPDX-License-Identifier: Apache-2.0 */
/*
 * motcua-demo: the demo province as a program. Its first line on stdout is its base address, the second its
 * systems as JSON. It ends on SIGTERM or SIGINT, and, when it is told of a pipe that its parent holds, as
 * soon as that parent is gone, however it went.
 */
#include "config.h"

#include "demo/data.h"
#include "demo/http.h"
#include "demo/lab.h"

#include "motcua/error.h"
#include "motcua/i18n.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

typedef struct {
  char *listen, *state, *tls;
  int port, items, latency, jitter, token_ttl, parent_fd;
  gint64 seed;
  gboolean lab, version;
} Options;

static const DemoSystem *const province_systems[] = {&demo_vanban,   &demo_onestop, &demo_hotich, &demo_dancu,
                                                     &demo_feedback, &demo_mail,    NULL};

static void
options_clear(Options *options)
{
  g_free(options->listen);
  g_free(options->state);
  g_free(options->tls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse_options(Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, N_("Address to listen on (127.0.0.1)"),
       N_("ADDR")},
      {"port", 0, 0, G_OPTION_ARG_INT, &options->port, N_("Port to listen on; 0: any free one"), N_("N")},
      {"seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, N_("Another seed makes another province"), N_("N")},
      {"items", 0, 0, G_OPTION_ARG_INT, &options->items, N_("Number of items in all systems together (120)"),
       N_("N")},
      {"state", 0, 0, G_OPTION_ARG_FILENAME, &options->state, N_("Keep the province in DIR from run to run"),
       N_("DIR")},
      {"latency", 0, 0, G_OPTION_ARG_INT, &options->latency,
       N_("Milliseconds before each request is worked on"), N_("MS")},
      {"jitter", 0, 0, G_OPTION_ARG_INT, &options->jitter, N_("Up to so many milliseconds more, at random"),
       N_("MS")},
      {"token-ttl", 0, 0, G_OPTION_ARG_INT, &options->token_ttl, N_("Seconds that a login lasts (3600)"),
       N_("S")},
      {"lab", 0, 0, G_OPTION_ARG_NONE, &options->lab,
       N_("Serve the workbench too: a small system for each manner of the connector language"), NULL},
      {"tls", 0, 0, G_OPTION_ARG_FILENAME, &options->tls,
       N_("Serve a second, encrypted port, and leave its certificates in DIR"), N_("DIR")},
      {"parent-fd", 0, 0, G_OPTION_ARG_INT, &options->parent_fd, N_("End when this inherited pipe is closed"),
       N_("FD")},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("Print the version"), NULL},
      {NULL, 0, 0, 0, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(_("[effects]"));

  g_option_context_set_translation_domain(context, "motcua");
  g_option_context_set_summary(context,
                               _("Serves the demo province: the counterpart of every built-in connector."));
  g_option_context_set_description(context, _("\"motcua-demo effects --state DIR\" prints what took place in "
                                              "a kept province, one JSON object a line."));
  g_option_context_add_main_entries(context, entries, "motcua");
  return g_option_context_parse(context, argc, argv, error);
}

static gboolean
check_range(const char *option, int value, int min, int max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--%s: %d is not between %d and %d"), option,
              value, min, max);
  return FALSE;
}

static gboolean
check_parent(const Options *options, GError **error)
{
  if (options->parent_fd < 0 || fcntl(options->parent_fd, F_GETFD) >= 0)
    return TRUE;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--parent-fd: %d is no open file"),
              options->parent_fd);
  return FALSE;
}

static gboolean
check_options(const Options *options, GError **error)
{
  return check_range("port", options->port, 0, 65535, error) &&
         check_range("items", options->items, 0, 5000000, error) &&
         check_range("latency", options->latency, 0, 600000, error) &&
         check_range("jitter", options->jitter, 0, 600000, error) &&
         check_range("token-ttl", options->token_ttl, 1, 86400, error) && check_parent(options, error);
}

/* --- effects of a kept province --- */

static void
print_effect(const DemoEffect *effect, gpointer data)
{
  g_autoptr(cJSON) json = demo_effect_json(effect);
  g_autofree char *text = demo_json_print(json);

  (void)data;
  puts(text);
}

static gboolean
print_effects(const Options *options, GError **error)
{
  if (!options->state) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("effects: --state DIR is needed"));
    return FALSE;
  }
  DemoState *state = demo_state_open_reader(options->state, error);
  if (!state)
    return FALSE;
  demo_state_begin(state);
  demo_state_each_effect(state, 0, NULL, print_effect, NULL);
  gboolean read = demo_state_commit(state, error);
  demo_state_close(state);
  return read;
}

/* --- serving --- */

static gboolean
quit(gpointer loop)
{
  g_main_loop_quit(loop);
  return G_SOURCE_CONTINUE;
}

/* The parent never writes; what ends the wait is the pipe's other end closing. */
static gboolean
parent_gone(gint fd, GIOCondition condition, gpointer loop)
{
  char byte;

  if (condition & G_IO_IN && read(fd, &byte, 1) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit(loop);
  return G_SOURCE_REMOVE;
}

static void
watch_parent(const Options *options, GMainLoop *loop)
{
  if (options->parent_fd < 0)
    return;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  g_unix_fd_add(options->parent_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, parent_gone, loop);
}

/* A kept province is filled once: when its tables are new. */
static gboolean
fill(DemoProvince *province, const Options *options, GError **error)
{
  demo_state_begin(province->state);
  demo_state_sweep_sessions(province->state, g_get_real_time() / 1000 - DEMO_DAY);
  if (!demo_state_count(province->state, "filled")) {
    demo_data_fill(province, (guint64)options->seed, options->items);
    demo_state_set_count(province->state, "filled", 1);
  }
  return demo_state_commit(province->state, error);
}

/* Its address, and on the next line its systems, as /demo/systems gives them: who starts it needs no HTTP to
 * know. */
static void
announce(const DemoProvince *province)
{
  g_autoptr(cJSON) systems = demo_systems_json(province);
  g_autofree char *text = demo_json_print(systems);

  puts(province->base);
  puts(text);
  fflush(stdout);
}

static gboolean
serve_until_told(DemoProvince *province, const Options *options, const DemoTls *tls, GError **error)
{
  const DemoHttpOptions http_options = {.listen = options->listen ? options->listen : "127.0.0.1",
                                        .port = (guint16)options->port,
                                        .latency = (guint)options->latency,
                                        .jitter = (guint)options->jitter,
                                        .seed = (guint32)options->seed,
                                        .tls = tls};
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

  watch_parent(options, loop);
  g_unix_signal_add(SIGTERM, quit, loop);
  g_unix_signal_add(SIGINT, quit, loop);
  DemoHttp *http = demo_http_start(province, &http_options, error);
  if (!http)
    return FALSE;
  announce(province);
  g_main_loop_run(loop);
  demo_http_stop(http);
  return TRUE;
}

static void
add_systems(GPtrArray *all, const DemoSystem *const *systems)
{
  for (; *systems; systems++)
    g_ptr_array_add(all, (gpointer)*systems);
}

static gboolean
serve(const Options *options, GError **error)
{
  g_autoptr(GPtrArray) systems = g_ptr_array_new_null_terminated(0, NULL, TRUE);
  DemoProvince province = {.token_ttl = options->token_ttl * DEMO_SECOND};
  gboolean served = FALSE;
  DemoTls *tls = options->tls ? demo_tls_new(options->tls, error) : NULL;

  if (options->tls && !tls)
    return FALSE;

  add_systems(systems, province_systems);
  if (options->lab)
    add_systems(systems, demo_lab_systems);
  province.systems = (const DemoSystem *const *)systems->pdata;
  province.clock = demo_clock_new(error);
  province.state = province.clock ? demo_state_open(options->state, error) : NULL;
  province.faults = demo_faults_new((guint32)options->seed);
  province.in_flight = g_hash_table_new(g_str_hash, g_str_equal);
  province.requests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (province.state && fill(&province, options, error))
    served = serve_until_told(&province, options, tls, error);
  g_hash_table_unref(province.in_flight);
  g_hash_table_unref(province.requests);
  demo_faults_free(province.faults);
  demo_state_close(province.state);
  demo_clock_free(province.clock);
  g_free(province.base);
  g_free(province.encrypted_base);
  demo_tls_free(tls);
  return served;
}

static gboolean
run(const Options *options, int argc, char **argv, GError **error)
{
  if (!check_options(options, error))
    return FALSE;
  if (argc == 1)
    return serve(options, error);
  if (argc == 2 && g_strcmp0(argv[1], "effects") == 0)
    return print_effects(options, error);
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
              _("\"%s\": the only command is \"effects\""), argv[argc - 1]);
  return FALSE;
}

int
main(int argc, char **argv)
{
  g_auto(Options) options = {.items = 120, .seed = 1, .token_ttl = 3600, .parent_fd = -1};
  g_autoptr(GError) error = NULL;

  mc_i18n_init(NULL);
  signal(SIGPIPE, SIG_IGN);
  gboolean parsed = parse_options(&options, &argc, &argv, &error);
  if (parsed && options.version) {
    puts(PACKAGE_STRING);
    return 0;
  }
  if (parsed && run(&options, argc, argv, &error))
    return 0;
  g_printerr("motcua-demo: %s\n", error->message);
  gboolean usage = error->domain == G_OPTION_ERROR || g_error_matches(error, MC_ERROR, MC_ERROR_USAGE);
  return usage ? EXIT_USAGE : EXIT_FAILURE;
}
