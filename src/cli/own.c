/* SPDX-License-Identifier: Apache-2.0 */
/* motcua note, tag: the person's own notes and tags; they stay on this desk. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NOTE (64 * 1024)

static McItem *
find(McCli *cli, const char *id, int *status)
{
  GError *error = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  McItem *item = snapshot ? mc_snapshot_item(snapshot, id, &error) : NULL;
  if (!item)
    *status = mc_cli_fail(error);
  return item;
}

static char *
read_note(void)
{
  GString *text = g_string_new(NULL);
  char buffer[4096];
  size_t got;
  while (text->len <= MAX_NOTE && (got = fread(buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len(text, buffer, (gssize)got);
  g_strchomp(text->str);
  return g_string_free(text, FALSE);
}

static int
run_note(McCli *cli, int argc, char **argv)
{
  int status = 0;
  if (!mc_cli_options(&mc_command_note, NULL, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return mc_cli_usage(&mc_command_note, _("give an item"));
  g_autoptr(McItem) item = find(cli, argv[1], &status);
  if (!item)
    return status;
  g_autofree char *piped = argc == 2 && !isatty(STDIN_FILENO) ? read_note() : NULL;
  if (argc == 2 && !(piped && *piped)) { /* asked for, and an empty pipe is nobody's wish to lose it */
    g_autofree char *clean = mc_text_clean_lines(item->note ? item->note : "", -1);
    printf("%s%s", clean, *clean ? "\n" : "");
    return 0;
  }
  g_autofree char *text = piped ? g_steal_pointer(&piped) : g_strjoinv(" ", argv + 2);
  if (strlen(text) > MAX_NOTE || !g_utf8_validate(text, -1, NULL))
    return mc_cli_usage(&mc_command_note, _("a note is UTF-8 text of at most 64 KiB"));
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  return engine ? mc_cli_finish(cli, engine, mc_engine_note(engine, item->id, text)) : status;
}

const McCommand mc_command_note = {.name = "note",
                                   .usage = "ID [TEXT]",
                                   .summary = N_("see or set a note of your own; an empty TEXT removes it"),
                                   .run = run_note};

/* +TAG or -TAG with something sensible in it. */
static gboolean
tag_is_right(const char *tag)
{
  return (tag[0] == '+' || tag[0] == '-') && tag[1] && !strpbrk(tag + 1, " ,\t\n\"") && strlen(tag) <= 64 &&
         g_utf8_validate(tag, -1, NULL);
}

static int
run_tag(McCli *cli, int argc, char **argv)
{
  int status = 0;
  for (int i = 1; i < argc; i++) /* -TAG is no option: only help is looked for */
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      char *help[] = {argv[0], (char *)"--help", NULL}, **pointer = help;
      int two = 2;
      mc_cli_options(&mc_command_tag, NULL, &two, &pointer, &status);
      return status;
    }
  if (argc < 2)
    return mc_cli_usage(&mc_command_tag, _("give an item"));
  for (int i = 2; i < argc; i++)
    if (!tag_is_right(argv[i]))
      return mc_cli_usage(&mc_command_tag, _("“%s” is neither +TAG nor -TAG"), argv[i]);
  g_autoptr(McItem) item = find(cli, argv[1], &status);
  if (!item)
    return status;
  for (guint i = 0; argc == 2 && item->tags[i]; i++) {
    mc_cli_print(item->tags[i]);
    putchar('\n');
  }
  g_autoptr(McEngine) engine = argc > 2 ? mc_cli_engine(cli, &status) : NULL;
  for (int i = 2; engine && i < argc && !status; i++)
    status = mc_cli_finish(cli, engine, mc_engine_tag(engine, item->id, argv[i] + 1, argv[i][0] == '+'));
  return status;
}

const McCommand mc_command_tag = {.name = "tag",
                                  .usage = "ID [+TAG|-TAG]...",
                                  .summary = N_("see or set tags of your own"),
                                  .run = run_tag};
