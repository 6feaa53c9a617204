/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching a file goes on whatever view is on top; one at a time. It comes into the cache, where a part of it
 * waits for the next try; its path is told. */
#include "tui/files.h"

#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/views.h"

void
mc_fetching_free(McFetching *fetching)
{
  if (!fetching)
    return;
  g_free(fetching->id);
  g_free(fetching->key);
  g_free(fetching->name);
  g_free(fetching->path);
  g_free(fetching->fault);
  g_free(fetching);
}

static McReaction
fetched(McTui *tui, McView *view, const McEvent *event)
{
  McFetching *fetching = tui->fetching;
  (void)view;
  fetching->ticket = 0;
  if (event->error)
    fetching->fault = g_strdup(event->error->message);
  else
    fetching->path = g_strdup(event->text);
  mc_detail_refresh(tui);
  if (event->error)
    return mc_tui_fail(tui, event->error) | MC_REACT_ALL;
  return mc_tui_say(tui, _("“%s” was fetched."), fetching->name) | MC_REACT_ALL;
}

static McReaction
start(McTui *tui, const char *id, const McAttachment *file)
{
  mc_fetching_free(tui->fetching);
  McFetching *fetching = tui->fetching = g_new0(McFetching, 1);
  fetching->id = g_strdup(id);
  fetching->key = g_strdup(file->key);
  fetching->name = g_strdup(file->name ? file->name : file->key);
  fetching->total = file->size;
  fetching->ticket = mc_engine_fetch(tui->engine, id, file->key);
  mc_tui_await(tui, fetching->ticket, NULL, fetched);
  mc_detail_refresh(tui);
  return MC_REACT_ALL;
}

static gboolean
is_on_its_way(const McTui *tui, const char *id, const McAttachment *file)
{
  const McFetching *fetching = tui->fetching;
  return fetching && fetching->ticket && g_str_equal(fetching->id, id) &&
         g_strcmp0(fetching->key, file->key) == 0;
}

static McReaction
chosen(McTui *tui, gpointer value, gpointer data)
{
  const McItem *item = data;
  const McAttachment *file = value;
  if (is_on_its_way(tui, item->id, file)) {
    mc_engine_fetch_stop(tui->engine, tui->fetching->ticket);
    return MC_REACT_ALL;
  }
  if (tui->fetching && tui->fetching->ticket)
    return mc_tui_say(tui, _("“%s” is still on its way; one file at a time."), tui->fetching->name);
  return start(tui, item->id, file);
}

static void
item_free(gpointer item)
{
  mc_item_free(item);
}

McReaction
mc_files_open(McTui *tui, const McItem *item)
{
  if (!item->attachments || !item->attachments->len)
    return mc_tui_say(tui, _("It has no files."));
  if (!tui->engine)
    return mc_tui_say(tui, _("One moment: the systems are being opened."));
  McItem *copy = mc_item_copy(item); /* the rows point into it */
  g_autoptr(GPtrArray) rows = mc_menu_rows();
  for (guint i = 0; i < copy->attachments->len; i++) {
    McAttachment *file = copy->attachments->pdata[i];
    g_autofree char *size = mc_text_size(file->size);
    g_autofree char *clean = mc_text_clean(file->name ? file->name : file->key, -1);
    g_autofree char *label = g_strdup_printf(
        is_on_its_way(tui, item->id, file) ? _("Stop fetching %s  %s") : _("Fetch %s  %s"), clean, size);
    mc_menu_row(rows, label, NULL, file, NULL);
  }
  return mc_menu_open(tui, _("Files"), g_steal_pointer(&rows), chosen, copy, item_free);
}

char *
mc_files_status(const McTui *tui, const char *id, McRole *role)
{
  const McFetching *fetching = tui->fetching;
  if (!fetching || !g_str_equal(fetching->id, id))
    return NULL;
  *role = fetching->fault ? MC_ROLE_WARN : MC_ROLE_STRONG;
  if (fetching->fault)
    return g_strdup(fetching->fault);
  if (fetching->path)
    return g_strdup_printf(_("%s is here: %s"), fetching->name, fetching->path);
  g_autofree char *done = mc_text_size(fetching->done), *total = mc_text_size(fetching->total);
  return fetching->total > 0
             ? g_strdup_printf(_("Fetching %s: %s of %s (f to stop)"), fetching->name, done, total)
             : g_strdup_printf(_("Fetching %s: %s (f to stop)"), fetching->name, done);
}

McReaction
mc_files_moved(McTui *tui, const McEvent *event)
{
  McFetching *fetching = tui->fetching;
  if (!fetching || fetching->ticket != event->ticket)
    return MC_REACT_NONE;
  fetching->done = event->done;
  fetching->total = event->total;
  mc_detail_refresh(tui);
  return MC_REACT_ROWS;
}
