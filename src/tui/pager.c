/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to be read: see pager.h. */
#include "tui/pager.h"

#include <string.h>

#include "motcua/text.h"

struct McPager {
  GPtrArray *lines;
  int top, height, found; /* found: line of the last hit, -1 none */
  char *sought;
};

McPager *
mc_pager_new(void)
{
  McPager *pager = g_new0(McPager, 1);
  pager->lines = g_ptr_array_new_with_free_func((GDestroyNotify)mc_line_free);
  pager->height = 1;
  pager->found = -1;
  pager->sought = g_strdup("");
  return pager;
}

void
mc_pager_free(McPager *pager)
{
  if (!pager)
    return;
  g_ptr_array_unref(pager->lines);
  g_free(pager->sought);
  g_free(pager);
}

static void
go(McPager *pager, int top)
{
  pager->top = CLAMP(top, 0, MAX((int)pager->lines->len - pager->height, 0));
}

void
mc_pager_set(McPager *pager, GPtrArray *lines)
{
  g_ptr_array_unref(pager->lines);
  pager->lines = lines;
  pager->found = -1;
  go(pager, pager->top);
}

McReaction
mc_pager_run(McPager *pager, McCommand command)
{
  switch (command) {
  case MC_CMD_DOWN:
    go(pager, pager->top + 1);
    return MC_REACT_ROWS;
  case MC_CMD_UP:
    go(pager, pager->top - 1);
    return MC_REACT_ROWS;
  case MC_CMD_PAGE_DOWN:
    go(pager, pager->top + pager->height);
    return MC_REACT_ROWS;
  case MC_CMD_PAGE_UP:
    go(pager, pager->top - pager->height);
    return MC_REACT_ROWS;
  case MC_CMD_HALF_DOWN:
    go(pager, pager->top + pager->height / 2);
    return MC_REACT_ROWS;
  case MC_CMD_HALF_UP:
    go(pager, pager->top - pager->height / 2);
    return MC_REACT_ROWS;
  case MC_CMD_FIRST:
    go(pager, 0);
    return MC_REACT_ROWS;
  case MC_CMD_LAST:
    go(pager, (int)pager->lines->len);
    return MC_REACT_ROWS;
  case MC_CMD_FIND_NEXT:
  case MC_CMD_FIND_PREVIOUS:
    mc_pager_find(pager, NULL, command == MC_CMD_FIND_NEXT ? 1 : -1);
    return MC_REACT_ROWS;
  default:
    return MC_REACT_UNHANDLED;
  }
}

static gboolean
line_has(const McPager *pager, int index, const char *folded)
{
  g_autofree char *text = mc_line_text(pager->lines->pdata[index], 0);
  g_autofree char *plain = mc_text_fold(text);
  return strstr(plain, folded) != NULL;
}

gboolean
mc_pager_find(McPager *pager, const char *text, int direction)
{
  int count = (int)pager->lines->len, from = pager->found >= 0 ? pager->found : pager->top - direction;
  if (text) {
    char *old = pager->sought; /* text may be it */
    pager->sought = g_strdup(text);
    g_free(old);
  }
  g_autofree char *folded = mc_text_fold(pager->sought);
  for (int i = 1; *folded && i <= count; i++) {
    int index = ((from + i * direction) % count + count) % count;
    if (!line_has(pager, index, folded))
      continue;
    pager->found = index;
    if (index < pager->top || index >= pager->top + pager->height)
      go(pager, index - pager->height / 3);
    return TRUE;
  }
  pager->found = -1;
  return FALSE;
}

const char *
mc_pager_sought(const McPager *pager)
{
  return pager->sought;
}

void
mc_pager_draw(McPager *pager, McScreen *screen, McArea area)
{
  pager->height = area.height;
  go(pager, pager->top);
  for (int row = 0; row < area.height; row++) {
    int index = pager->top + row;
    const McLine *line = index < (int)pager->lines->len ? pager->lines->pdata[index] : NULL;
    mc_screen_line(screen, area.row + row, line, index == pager->found && line);
  }
  mc_screen_cursor(screen, area.row + (pager->found >= pager->top ? pager->found - pager->top : 0), 0);
}

int
mc_pager_count(const McPager *pager)
{
  return (int)pager->lines->len;
}

char *
mc_pager_place(const McPager *pager)
{
  int count = (int)pager->lines->len;
  if (count <= pager->height)
    return g_strdup("");
  return g_strdup_printf("%d-%d/%d", pager->top + 1, MIN(pager->top + pager->height, count), count);
}
