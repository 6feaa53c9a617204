/* SPDX-License-Identifier: Apache-2.0 */
/* motcua attach: the files of an item. A file is fetched into the cache, where what came of it waits for the
 * next try when it breaks off, and leaves the cache whole. Giving one is an action like every other. */
#include "config.h"
#include "cli/act.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "motcua/file.h"

#define PUT_ACTION "attach"
#define PUT_FIELD  "file"

typedef struct {
  char *output;
  gboolean json, queue_only;
} Options;

static int
usage(const char *message)
{
  return mc_cli_usage(&mc_command_attach, "%s", message);
}

/* --- which files --- */

/* The item as the cache has it; `fresh`: after its list of files was read from its system. NULL: said,
 * *status. */
static McItem *
read_item(McCli *cli, McEngine *engine, const char *id, gboolean fresh, int *status)
{
  GError *error = NULL;
  if (fresh && !cli->offline && (*status = mc_cli_finish(cli, engine, mc_engine_detail(engine, id))) != 0)
    return NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  McItem *item = snapshot ? mc_snapshot_item(snapshot, id, &error) : NULL;
  if (!item)
    *status = mc_cli_fail(error);
  return item;
}

static cJSON *
file_json(const McItem *item, const McAttachment *file)
{
  cJSON *line = mc_cli_object("id", item->id, "key", file->key, "name", file->name, "type", file->type,
                              "sha256", file->sha256, NULL);
  if (file->size >= 0)
    cJSON_AddNumberToObject(line, "size", (double)file->size);
  return line;
}

static int
list(McCli *cli, McEngine *engine, const Options *options, const char *id)
{
  int status = 0;
  g_autoptr(McItem) item = read_item(cli, engine, id, TRUE, &status);
  const char *heads[] = {_("Key"), _("Name"), _("Size"), _("Type"), NULL};
  if (!item)
    return status;
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < item->attachments->len; i++) {
    const McAttachment *file = g_ptr_array_index(item->attachments, i);
    g_autofree char *size = mc_text_size(file->size);
    const char *cells[] = {file->key, file->name, size, file->type};
    if (options->json)
      mc_cli_put_json(file_json(item, file));
    else
      mc_table_add(table, cells);
  }
  if (!options->json && mc_table_rows(table) > 0)
    mc_table_print(table);
  if (!options->json && mc_table_rows(table) == 0 && isatty(STDOUT_FILENO))
    printf("%s\n", _("It has no files."));
  mc_table_free(table);
  return 0;
}

/* Those that `name` means: all for NULL, else the one of that key, or of that name. */
static GPtrArray *
choose(const McItem *item, const char *name)
{
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < item->attachments->len; i++) {
    McAttachment *file = g_ptr_array_index(item->attachments, i);
    if (name && g_str_equal(file->key, name)) {
      g_ptr_array_set_size(chosen, 0);
      g_ptr_array_add(chosen, file);
      return chosen;
    }
    if (!name || g_strcmp0(file->name, name) == 0)
      g_ptr_array_add(chosen, file);
  }
  return chosen;
}

static int
say_many(const McItem *item, const GPtrArray *chosen, const char *name)
{
  g_autoptr(GString) keys = g_string_new(NULL);
  for (guint i = 0; i < chosen->len; i++)
    g_string_append_printf(keys, "%s%s", i ? ", " : "", ((McAttachment *)g_ptr_array_index(chosen, i))->key);
  mc_cli_say(_("%s has %u files called “%s”; give one's key instead: %s"), item->id, chosen->len, name,
             keys->str);
  return 1;
}

/* --- out of the cache --- */

static gboolean
copy_to(int from, int to)
{
  g_autofree guint8 *block = g_malloc(128 * 1024);
  gssize got;
  while ((got = read(from, block, 128 * 1024)) > 0)
    for (gssize at = 0, n; at < got; at += n)
      if ((n = write(to, block + at, (gsize)(got - at))) <= 0)
        return FALSE;
  return got == 0;
}

static gboolean
place_failed(const char *target, GError **error)
{
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s could not be written: %s"), target, g_strerror(errno));
  return FALSE;
}

/* To another file system: beside the target first, so that it is there whole or not at all. */
static gboolean
copy_over(const char *path, const char *target, GError **error)
{
  g_autofree char *beside = g_strconcat(target, ".XXXXXX", NULL);
  int from = open(path, O_RDONLY | O_CLOEXEC), to = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0600);
  gboolean copied =
      from >= 0 && to >= 0 && copy_to(from, to) && fsync(to) == 0 && rename(beside, target) == 0;
  if (!copied)
    place_failed(target, error);
  if (!copied && to >= 0)
    unlink(beside);
  if (from >= 0)
    close(from);
  if (to >= 0)
    close(to);
  return copied;
}

static gboolean
print_out(const char *path, GError **error)
{
  int from = open(path, O_RDONLY | O_CLOEXEC);
  gboolean copied = from >= 0 && copy_to(from, STDOUT_FILENO);
  if (!copied)
    place_failed(_("standard output"), error);
  if (from >= 0)
    close(from);
  return copied;
}

/* `target` NULL is stdout. Nothing stays in the cache. */
static gboolean
take_out(const char *path, const char *target, GError **error)
{
  g_autofree char *own = g_path_get_dirname(path), *dir = g_path_get_dirname(own);
  gboolean moved = target && rename(path, target) == 0;
  if (!moved && !(target ? copy_over(path, target, error) : print_out(path, error)))
    return FALSE;
  if (!moved)
    unlink(path);
  g_autofree char *part = g_build_filename(dir, "part", NULL);
  unlink(part);
  rmdir(own);
  rmdir(dir);
  return TRUE;
}

/* Where a file goes; NULL: to stdout. With an error where something stands there that was not named. */
static char *
target_of(const Options *options, const McAttachment *file, GError **error)
{
  g_autofree char *name = mc_file_safe_name(file->name);
  if (g_strcmp0(options->output, "-") == 0)
    return NULL;
  if (options->output && !g_file_test(options->output, G_FILE_TEST_IS_DIR))
    return g_strdup(options->output);
  char *target = options->output ? g_build_filename(options->output, name, NULL) : g_strdup(name);
  if (g_file_test(target, G_FILE_TEST_EXISTS))
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("“%s” is there already; -o %s replaces it"), target,
                target);
  return target;
}

/* --- getting --- */

static void
tell(const Options *options, const McItem *item, const McAttachment *file, const char *target,
     const GError *error)
{
  if (options->json && g_strcmp0(options->output, "-") != 0) {
    cJSON *line = file_json(item, file);
    cJSON_AddStringToObject(line, "outcome", error ? "failed" : "done");
    if (target && !error)
      cJSON_AddStringToObject(line, "path", target);
    if (error)
      cJSON_AddStringToObject(line, "message", error->message);
    mc_cli_put_json(line);
  } else if (!error && target) {
    mc_cli_line("%s", target);
  }
}

static int
get_one(McCli *cli, McEngine *engine, const Options *options, const McItem *item, const McAttachment *file)
{
  GError *error = NULL;
  g_autofree char *target = target_of(options, file, &error);
  if (!error) {
    mc_cli_expect(cli, MC_EVENT_FILE, 1);
    g_autoptr(McEvent) reply =
        mc_cli_wait(cli, engine, mc_engine_fetch(engine, item->id, file->key), NULL, NULL);
    if (!reply)
      return 130;
    if (reply->error)
      error = g_steal_pointer(&reply->error);
    else
      take_out(reply->text, target, &error);
  }
  tell(options, item, file, target, error);
  return error ? mc_cli_fail(error) : 0;
}

static int
get(McCli *cli, McEngine *engine, const Options *options, const char *id, const char *name)
{
  int status = 0;
  g_autoptr(McItem) item = read_item(cli, engine, id, FALSE, &status);
  g_autoptr(GPtrArray) chosen = item ? choose(item, name) : NULL;
  if (item && chosen->len == 0) { /* what the cache has may be old, or nothing yet */
    g_clear_pointer(&item, mc_item_free);
    g_clear_pointer(&chosen, g_ptr_array_unref);
    item = read_item(cli, engine, id, TRUE, &status);
    chosen = item ? choose(item, name) : NULL;
  }
  if (!item)
    return status;
  if (chosen->len == 0) {
    mc_cli_say(name ? _("%s has no file “%s”") : _("%s has no files"), item->id, name);
    return 1;
  }
  if (name && chosen->len > 1)
    return say_many(item, chosen, name);
  gboolean one = options->output && !g_file_test(options->output, G_FILE_TEST_IS_DIR);
  if (one && chosen->len > 1)
    return usage(_("it has several files: name one, or give a directory to -o"));
  for (guint i = 0; i < chosen->len && status != 130; i++)
    status = mc_exit_status_merge(status, get_one(cli, engine, options, item, g_ptr_array_index(chosen, i)));
  return status;
}

/* --- giving --- */

static int
put(McCli *cli, McEngine *engine, const Options *options, const char *id, char **files)
{
  GError *error = NULL;
  g_autofree char *preview = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  if (!snapshot)
    return mc_cli_fail(error);
  McActRun run = {.cli = cli,
                  .engine = engine,
                  .snapshot = snapshot,
                  .json = options->json || !isatty(STDOUT_FILENO),
                  .queue_only = options->queue_only};
  g_autoptr(GPtrArray) acts = g_ptr_array_new_with_free_func((GDestroyNotify)mc_cli_act_free);
  for (; *files; files++) {
    McCliAct *act = mc_cli_act_new(id, PUT_ACTION);
    act->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(act->fields, g_strdup(PUT_FIELD), g_strdup(*files));
    g_ptr_array_add(acts, act);
  }
  if (!mc_act_check(&run, acts, &preview))
    return 130;
  for (guint i = 0; i < acts->len; i++) {
    const McCliAct *act = g_ptr_array_index(acts, i);
    if (!act->error || mc_error_exit_status(act->error) != 2)
      continue;
    mc_cli_say("%s", act->error->message);
    run.status = 2;
  }
  if (run.status)
    return run.status;
  mc_act_execute(&run, acts);
  return run.status;
}

/* --- the command --- */

static int
attach(McCli *cli, const Options *options, int argc, char **argv)
{
  static const char *const words[] = {"list", "get", "put", NULL};
  int status = 0;
  if (argc < 2)
    return usage(_("give list, get or put"));
  const char *verb = argv[1];
  if (!g_strv_contains(words, verb))
    return mc_cli_none_of(&mc_command_attach, verb, words);
  gboolean puts_one = g_str_equal(verb, "put"), gets = g_str_equal(verb, "get");
  if (argc < 3)
    return usage(_("give one item"));
  if (puts_one ? argc < 4 : argc > (gets ? 4 : 3))
    return usage(puts_one ? _("give the files to attach") : _("too many arguments"));
  if (options->output && !gets)
    return usage(_("-o belongs to get"));
  if (options->queue_only && !puts_one)
    return usage(_("--queue belongs to put"));
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  return puts_one ? put(cli, engine, options, argv[2], argv + 3)
         : gets   ? get(cli, engine, options, argv[2], argc > 3 ? argv[3] : NULL)
                  : list(cli, engine, options, argv[2]);
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {0};
  int status = 0;
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
       N_("where a file goes: a name, a directory, or - for stdout"), "FILE"},
      {"queue", 0, 0, G_OPTION_ARG_NONE, &options.queue_only, N_("leave delivery to the next sync"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("as NDJSON"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (mc_cli_options(&mc_command_attach, entries, &argc, &argv, &status))
    status = attach(cli, &options, argc, argv);
  g_free(options.output);
  return status;
}

const McCommand mc_command_attach = {.name = "attach",
                                     .usage = "list|get|put ID [NAME|FILE...] [-o FILE] [--queue] [--json]",
                                     .summary = N_("the files of an item: see, fetch and give them"),
                                     .run = run};
