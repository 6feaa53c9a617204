/* SPDX-License-Identifier: Apache-2.0 */
/* A window on a list of any length: see list.h. */
#include "tui/list.h"

#define SCREENS_HELD 6

struct McList {
  McListFetch fetch;
  gpointer data;
  GPtrArray *rows; /* McItem */
  int top, selected, height;
  gint64 first, scroll, total;
  gboolean at_start, at_end, first_exact, total_exact;
  gboolean resting; /* reading ahead failed: not again before the rows are read anew */
  guint serial;
};

McList *
mc_list_new(McListFetch fetch, gpointer data)
{
  McList *list = g_new0(McList, 1);
  list->fetch = fetch;
  list->data = data;
  list->rows = g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
  list->height = 1;
  list->total = -1;
  list->at_start = list->at_end = list->first_exact = TRUE;
  return list;
}

void
mc_list_free(McList *list)
{
  if (!list)
    return;
  g_ptr_array_unref(list->rows);
  g_free(list);
}

static int
length(const McList *list)
{
  return (int)list->rows->len;
}

static const char *
anchor_of(const McList *list, int index)
{
  return ((McItem *)list->rows->pdata[index])->anchor;
}

/* One row more than is asked tells whether the list goes on. */
static GPtrArray *
fetch(McList *list, const char *anchor, gboolean forward, gboolean inclusive, int count, gboolean *more,
      GError **error)
{
  GPtrArray *rows = list->fetch(list->data, anchor, forward, inclusive, count + 1, error);
  if (!rows)
    return NULL;
  g_ptr_array_set_free_func(rows, (GDestroyNotify)mc_item_free);
  *more = (int)rows->len > count;
  if (*more)
    g_ptr_array_remove_index(rows, forward ? rows->len - 1 : 0);
  return rows;
}

static void
replace(McList *list, GPtrArray *rows)
{
  g_ptr_array_unref(list->rows);
  list->rows = rows;
  list->serial++;
  list->resting = FALSE;
}

/* Brings top and selected back into their bounds. */
static void
settle(McList *list)
{
  int before = list->top;
  list->selected = CLAMP(list->selected, 0, MAX(length(list) - 1, 0));
  if (list->selected < list->top)
    list->top = list->selected;
  if (list->selected >= list->top + list->height)
    list->top = list->selected - list->height + 1;
  if (list->at_end)
    list->top = MIN(list->top, MAX(length(list) - list->height, 0));
  list->top = MAX(list->top, 0);
  list->scroll += list->top - before;
}

static void
move_indexes(McList *list, int by)
{
  list->top += by;
  list->selected += by;
  if (list->first >= 0)
    list->first = MAX(list->first - by, 0);
}

/* Rows far above or below are given back. */
static void
trim(McList *list)
{
  int most = list->height * SCREENS_HELD, spare = list->height * 2;
  if (length(list) <= most)
    return;
  int above = MAX(list->top - spare, 0);
  if (above > 0) {
    g_ptr_array_remove_range(list->rows, 0, (guint)above);
    move_indexes(list, -above);
    list->at_start = FALSE;
  }
  int keep = MIN(length(list), list->top + list->height + spare);
  if (keep < length(list)) {
    g_ptr_array_set_size(list->rows, keep);
    list->at_end = FALSE;
  }
}

static gboolean
grow_below(McList *list, int need, GError **error)
{
  while (!list->at_end && length(list) < need) {
    gboolean more = FALSE;
    int count = MAX(need - length(list), list->height);
    const char *anchor = length(list) ? anchor_of(list, length(list) - 1) : NULL;
    g_autoptr(GPtrArray) rows = fetch(list, anchor, TRUE, FALSE, count, &more, error);
    if (!rows)
      return FALSE;
    list->at_end = !more;
    g_ptr_array_set_free_func(rows, NULL);
    g_ptr_array_extend_and_steal(list->rows, g_steal_pointer(&rows));
  }
  return TRUE;
}

static gboolean
grow_above(McList *list, int need, GError **error)
{
  while (!list->at_start && need > 0) {
    gboolean more = FALSE;
    int count = MAX(need, list->height);
    g_autoptr(GPtrArray) rows =
        fetch(list, length(list) ? anchor_of(list, 0) : NULL, FALSE, FALSE, count, &more, error);
    if (!rows)
      return FALSE;
    int added = (int)rows->len;
    for (int i = 0; i < added; i++) {
      g_ptr_array_insert(list->rows, i, rows->pdata[i]);
      rows->pdata[i] = NULL;
    }
    g_ptr_array_set_free_func(rows, NULL);
    move_indexes(list, added);
    list->at_start = !more;
    need -= added;
    if (list->at_start) {
      list->first = 0;
      list->first_exact = TRUE;
    } else if (list->first >= 0 && list->first < 1) { /* rows came in above since it was counted */
      list->first = 1;
      list->first_exact = FALSE;
    }
  }
  return TRUE;
}

void
mc_list_set_height(McList *list, int height)
{
  height = MAX(height, 1);
  if (height == list->height)
    return;
  list->height = height;
  list->serial++;
  if (grow_below(list, list->top + height, NULL))
    settle(list);
}

int
mc_list_height(const McList *list)
{
  return list->height;
}

gboolean
mc_list_first(McList *list, GError **error)
{
  if (list->at_start && length(list) > 0) { /* held already: let the window slide there */
    list->selected = 0;
    settle(list);
    return TRUE;
  }
  gboolean more = FALSE;
  GPtrArray *rows = fetch(list, NULL, TRUE, FALSE, list->height, &more, error);
  if (!rows)
    return FALSE;
  replace(list, rows);
  list->at_start = TRUE;
  list->at_end = !more;
  list->top = list->selected = 0;
  list->first = 0;
  list->first_exact = TRUE;
  return TRUE;
}

gboolean
mc_list_last(McList *list, GError **error)
{
  if (!list->at_end) {
    gboolean more = FALSE;
    GPtrArray *rows = fetch(list, NULL, FALSE, FALSE, list->height, &more, error);
    if (!rows)
      return FALSE;
    replace(list, rows);
    list->at_end = TRUE;
    list->at_start = !more;
    list->top = 0;
    list->first = !more ? 0 : list->total_exact && list->total >= 0 ? list->total - length(list) : -1;
    list->first_exact = list->first >= 0;
  }
  list->selected = length(list) - 1;
  settle(list);
  return TRUE;
}

gboolean
mc_list_move(McList *list, int lines, GError **error)
{
  int target = list->selected + lines;
  if (target < 0 && !grow_above(list, -target, error))
    return FALSE;
  target = list->selected + lines;
  if (!grow_below(list, target + 1, error))
    return FALSE;
  list->selected = target;
  settle(list);
  trim(list);
  return TRUE;
}

gboolean
mc_list_page(McList *list, int lines, GError **error)
{
  if (list->top + lines < 0 && !grow_above(list, -(list->top + lines), error))
    return FALSE;
  if (!grow_below(list, list->top + lines + list->height, error))
    return FALSE;
  int before = list->top, most = MAX(length(list) - list->height, 0);
  int moved = CLAMP(list->top + lines, 0, most) - before;
  list->top += moved;
  list->scroll += moved;
  /* Where the window cannot move the bar goes to the edge. */
  list->selected = moved == 0 ? list->selected + lines : list->selected + moved;
  settle(list);
  trim(list);
  return TRUE;
}

static gboolean
wants_below(const McList *list)
{
  return !list->at_end && length(list) < list->top + 2 * list->height;
}

static gboolean
wants_above(const McList *list)
{
  return !list->at_start && list->top < list->height;
}

gboolean
mc_list_wants_prefetch(const McList *list)
{
  return length(list) > 0 && !list->resting && (wants_below(list) || wants_above(list));
}

void
mc_list_prefetch(McList *list)
{
  if (length(list) > 0 && wants_below(list))
    list->resting = !grow_below(list, list->top + 3 * list->height, NULL);
  if (length(list) > 0 && !list->resting && wants_above(list))
    list->resting = !grow_above(list, 2 * list->height - list->top, NULL);
}

static int
index_of(const McList *list, const char *id)
{
  for (int i = 0; id && i < length(list); i++)
    if (g_strcmp0(((McItem *)list->rows->pdata[i])->id, id) == 0)
      return i;
  return -1;
}

gboolean
mc_list_select(McList *list, const char *id)
{
  int index = index_of(list, id);
  if (index < 0)
    return FALSE;
  list->selected = index;
  settle(list);
  return TRUE;
}

gboolean
mc_list_refresh(McList *list, GError **error)
{
  gboolean from_start = list->top == 0 && list->at_start, more = FALSE;
  const McItem *selected = mc_list_selected(list);
  g_autofree char *id = g_strdup(selected ? selected->id : NULL);
  const char *anchor = from_start || !length(list) ? NULL : anchor_of(list, list->top);
  GPtrArray *rows = fetch(list, anchor, TRUE, TRUE, list->height * 2, &more, error);
  if (!rows)
    return FALSE;
  int row = list->selected - list->top;
  gint64 first = list->first >= 0 ? list->first + list->top : -1;
  replace(list, rows);
  list->at_start = anchor == NULL;
  list->at_end = !more;
  list->first = anchor ? first : 0;
  list->first_exact = anchor == NULL;
  list->top = 0;
  int index = index_of(list, id);
  list->selected = index >= 0 ? index : row;
  /* The list grew shorter than the window: fill it from above. */
  if (length(list) < list->height && !grow_above(list, list->height - length(list), error))
    return FALSE;
  settle(list);
  return TRUE;
}

McItem *
mc_list_row(const McList *list, int row)
{
  int index = list->top + row;
  return row >= 0 && row < list->height && index < length(list) ? list->rows->pdata[index] : NULL;
}

McItem *
mc_list_selected(const McList *list)
{
  return list->selected < length(list) ? list->rows->pdata[list->selected] : NULL;
}

int
mc_list_selected_row(const McList *list)
{
  return length(list) ? list->selected - list->top : -1;
}

guint
mc_list_serial(const McList *list)
{
  return list->serial;
}

gint64
mc_list_scroll(const McList *list)
{
  return list->scroll;
}

void
mc_list_set_total(McList *list, gint64 total, gboolean exact)
{
  list->total = total;
  list->total_exact = exact;
  if (list->at_end && list->first < 0 && exact && total >= length(list)) {
    list->first = total - length(list);
    list->first_exact = TRUE;
  }
}

gint64
mc_list_position(const McList *list, gboolean *exact)
{
  *exact = list->first_exact;
  if (!length(list))
    return 0;
  return list->first < 0 ? -1 : list->first + list->selected + 1;
}
