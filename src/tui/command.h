/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a key can do: one list makes the enum, the names for `:` and keys.ini, the default keys and the
 * help.
 *
 * No command has a chord: an input method left on would compose dd, aa, ow and their like. */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <glib.h>

/* Where a command applies. */
typedef enum {
  MC_IN_INBOX = 1,
  MC_IN_DETAIL = 2,
  MC_IN_OUTBOX = 4,
  MC_IN_SYSTEMS = 8,
  MC_IN_HELP = 16,
  MC_IN_MENU = 32,
  MC_IN_FORM = 64,
  MC_IN_PROMPT = 128,
  MC_IN_CONFIRM = 256,
  MC_IN_ANSWER = 512,
  MC_IN_SIGNIN = 1024,
  MC_IN_COUNT = 11,
  MC_IN_LISTS = MC_IN_INBOX | MC_IN_OUTBOX | MC_IN_SYSTEMS | MC_IN_MENU,
  MC_IN_TEXTS = MC_IN_DETAIL | MC_IN_HELP | MC_IN_ANSWER,
  MC_IN_VIEWS = MC_IN_INBOX | MC_IN_DETAIL | MC_IN_OUTBOX | MC_IN_SYSTEMS | MC_IN_HELP,
  MC_IN_EDITS = MC_IN_FORM | MC_IN_PROMPT,
} McContext;

/* id, name, default keys, where, help */
#define MC_COMMANDS(X)                                                                                       \
  X(DOWN, "down", "j down", MC_IN_LISTS | MC_IN_TEXTS, N_("one line down"))                                  \
  X(UP, "up", "k up", MC_IN_LISTS | MC_IN_TEXTS, N_("one line up"))                                          \
  X(PAGE_DOWN, "page-down", "pagedown ctrl-f", MC_IN_LISTS | MC_IN_TEXTS, N_("one page down"))               \
  X(PAGE_UP, "page-up", "pageup ctrl-b", MC_IN_LISTS | MC_IN_TEXTS, N_("one page up"))                       \
  X(HALF_DOWN, "half-down", "ctrl-d", MC_IN_LISTS | MC_IN_TEXTS, N_("half a page down"))                     \
  X(HALF_UP, "half-up", "ctrl-u", MC_IN_LISTS | MC_IN_TEXTS, N_("half a page up"))                           \
  X(FIRST, "first", "g home", MC_IN_LISTS | MC_IN_TEXTS, N_("to the first line"))                            \
  X(LAST, "last", "G end", MC_IN_LISTS | MC_IN_TEXTS, N_("to the last line"))                                \
  X(OPEN, "open", "enter right", MC_IN_INBOX | MC_IN_OUTBOX | MC_IN_SYSTEMS, N_("open the selected line"))   \
  X(CHOOSE, "choose", "enter", MC_IN_MENU, N_("take the selected choice"))                                   \
  X(BACK, "back", "esc q left",                                                                              \
    MC_IN_DETAIL | MC_IN_OUTBOX | MC_IN_SYSTEMS | MC_IN_HELP | MC_IN_MENU | MC_IN_ANSWER | MC_IN_SIGNIN,     \
    N_("back"))                                                                                              \
  X(CLEAR, "clear", "esc", MC_IN_INBOX, N_("drop the marks, then the filter"))                               \
  X(QUIT, "quit", "q", MC_IN_INBOX, N_("leave; what waits to be sent stays queued"))                         \
  X(VIEW_1, "view-1", "1", MC_IN_VIEWS, N_("the first view"))                                                \
  X(VIEW_2, "view-2", "2", MC_IN_VIEWS, N_("the second view"))                                               \
  X(VIEW_3, "view-3", "3", MC_IN_VIEWS, N_("the third view"))                                                \
  X(VIEW_4, "view-4", "4", MC_IN_VIEWS, N_("the fourth view"))                                               \
  X(VIEW_5, "view-5", "5", MC_IN_VIEWS, N_("the fifth view"))                                                \
  X(VIEW_6, "view-6", "6", MC_IN_VIEWS, N_("the sixth view"))                                                \
  X(VIEW_7, "view-7", "7", MC_IN_VIEWS, N_("the seventh view"))                                              \
  X(VIEW_8, "view-8", "8", MC_IN_VIEWS, N_("the eighth view"))                                               \
  X(VIEW_9, "view-9", "9", MC_IN_VIEWS, N_("the ninth view"))                                                \
  X(VIEW_ALL, "view-all", "0", MC_IN_VIEWS, N_("everything, closed items too"))                              \
  X(VIEW_NEXT, "view-next", "tab", MC_IN_INBOX, N_("the next view"))                                         \
  X(VIEW_PREVIOUS, "view-previous", "backtab", MC_IN_INBOX, N_("the previous view"))                         \
  X(MARK, "mark", "space", MC_IN_INBOX, N_("mark or unmark, and go down"))                                   \
  X(MARK_ALL, "mark-all", "*", MC_IN_INBOX, N_("mark what the view holds (at most 1000)"))                   \
  X(FILTER, "filter", "/", MC_IN_INBOX | MC_IN_TEXTS, N_("filter the list, or search the text"))             \
  X(FIND_NEXT, "find-next", "n", MC_IN_TEXTS, N_("the next place found"))                                    \
  X(FIND_PREVIOUS, "find-previous", "N", MC_IN_TEXTS, N_("the previous place found"))                        \
  X(SORT, "sort", "S", MC_IN_INBOX, N_("the next order: deadline, received, code, system, urgency"))         \
  X(ACTIONS, "actions", "a", MC_IN_INBOX | MC_IN_DETAIL, N_("what can be done with the item or the marked")) \
  X(NEW, "new", "n", MC_IN_INBOX, N_("enter a new record: a case at the counter, a call"))                   \
  X(UNDO, "undo", "u", MC_IN_VIEWS, N_("take back the last action while it is not sent"))                    \
  X(FILES, "files", "f enter", MC_IN_DETAIL, N_("its files: fetch one, or stop one on its way"))             \
  X(NOTE, "note", "e", MC_IN_INBOX | MC_IN_DETAIL, N_("write a note; it stays on this desk"))                \
  X(TAG, "tag", "t", MC_IN_INBOX | MC_IN_DETAIL, N_("set a tag, -TAG removes it; it stays on this desk"))    \
  X(REVEAL, "reveal", "v", MC_IN_DETAIL | MC_IN_ANSWER, N_("show or mask private values"))                   \
  X(NEXT_ITEM, "next-item", "] J", MC_IN_DETAIL, N_("the next item of the list"))                            \
  X(PREVIOUS_ITEM, "previous-item", "[ K", MC_IN_DETAIL, N_("the previous item of the list"))                \
  X(SYNC, "sync", "r", MC_IN_INBOX | MC_IN_DETAIL | MC_IN_OUTBOX | MC_IN_SYSTEMS,                            \
    N_("get and send now: everything, the open item, or the selected system"))                               \
  X(OUTBOX, "outbox", "o", MC_IN_INBOX | MC_IN_DETAIL | MC_IN_SYSTEMS, N_("what waits to be sent"))          \
  X(SYSTEMS, "systems", "s", MC_IN_INBOX | MC_IN_DETAIL | MC_IN_OUTBOX, N_("the systems and their state"))   \
  X(LOOKUP, "lookup", "l", MC_IN_INBOX | MC_IN_DETAIL, N_("ask a reference system"))                         \
  X(FILL, "fill", "enter", MC_IN_ANSWER, N_("put the answer into the form"))                                 \
  X(CANCEL, "cancel", "c delete", MC_IN_OUTBOX, N_("withdraw an action that is not sent"))                   \
  X(RESOLVE, "resolve", "x", MC_IN_OUTBOX, N_("settle an action whose outcome is uncertain"))                \
  X(LOGIN, "login", "l", MC_IN_SYSTEMS, N_("log in to the selected system"))                                 \
  X(LOGOUT, "logout", "L", MC_IN_SYSTEMS, N_("forget the session of the selected system"))                   \
  X(COMMAND, "command", ":", MC_IN_VIEWS, N_("run a command by its name"))                                   \
  X(HELP, "help", "? f1", MC_IN_VIEWS | MC_IN_MENU, N_("this help"))                                         \
  X(REDRAW, "redraw", "ctrl-l",                                                                              \
    MC_IN_VIEWS | MC_IN_MENU | MC_IN_EDITS | MC_IN_CONFIRM | MC_IN_ANSWER | MC_IN_SIGNIN,                    \
    N_("paint the screen anew"))                                                                             \
  X(CHOOSE_1, "choose-1", "1", MC_IN_MENU, N_("the first choice"))                                           \
  X(CHOOSE_2, "choose-2", "2", MC_IN_MENU, N_("the second choice"))                                          \
  X(CHOOSE_3, "choose-3", "3", MC_IN_MENU, N_("the third choice"))                                           \
  X(CHOOSE_4, "choose-4", "4", MC_IN_MENU, N_("the fourth choice"))                                          \
  X(CHOOSE_5, "choose-5", "5", MC_IN_MENU, N_("the fifth choice"))                                           \
  X(CHOOSE_6, "choose-6", "6", MC_IN_MENU, N_("the sixth choice"))                                           \
  X(CHOOSE_7, "choose-7", "7", MC_IN_MENU, N_("the seventh choice"))                                         \
  X(CHOOSE_8, "choose-8", "8", MC_IN_MENU, N_("the eighth choice"))                                          \
  X(CHOOSE_9, "choose-9", "9", MC_IN_MENU, N_("the ninth choice"))                                           \
  X(YES, "yes", "y c enter", MC_IN_CONFIRM, N_("yes"))                                                       \
  X(NO, "no", "n k esc q", MC_IN_CONFIRM, N_("no"))                                                          \
  X(SEND, "send", "ctrl-d", MC_IN_FORM, N_("take the action with these values"))                             \
  X(FIELD_NEXT, "field-next", "tab", MC_IN_FORM, N_("the next field"))                                       \
  X(FIELD_PREVIOUS, "field-previous", "backtab", MC_IN_FORM, N_("the previous field"))                       \
  X(FIELD_ENTER, "field-enter", "enter", MC_IN_FORM, N_("take the choice; a new line in a long text"))       \
  X(PREVIEW, "preview", "f3", MC_IN_FORM, N_("what would be sent"))                                          \
  X(FORM_LOOKUP, "form-lookup", "f4", MC_IN_FORM, N_("ask a reference system, and fill the form"))           \
  X(FORM_REVEAL, "form-reveal", "f5", MC_IN_FORM, N_("show or mask private values"))                         \
  X(CLOSE, "close", "esc", MC_IN_EDITS, N_("leave; what was typed is kept as a draft"))                      \
  X(ACCEPT, "accept", "enter", MC_IN_PROMPT, N_("take the line"))                                            \
  X(COMPLETE, "complete", "tab", MC_IN_PROMPT, N_("complete the word"))                                      \
  X(EDIT_LEFT, "edit-left", "left ctrl-b", MC_IN_EDITS, N_("one character left"))                            \
  X(EDIT_RIGHT, "edit-right", "right ctrl-f", MC_IN_EDITS, N_("one character right"))                        \
  X(EDIT_UP, "edit-up", "up ctrl-p", MC_IN_EDITS, N_("the line, choice or day before"))                      \
  X(EDIT_DOWN, "edit-down", "down ctrl-n", MC_IN_EDITS, N_("the line, choice or day after"))                 \
  X(EDIT_HOME, "edit-home", "home ctrl-a", MC_IN_EDITS, N_("to the start of the line"))                      \
  X(EDIT_END, "edit-end", "end ctrl-e", MC_IN_EDITS, N_("to the end of the line"))                           \
  X(EDIT_BACKSPACE, "edit-backspace", "backspace", MC_IN_EDITS, N_("delete the character before"))           \
  X(EDIT_DELETE, "edit-delete", "delete", MC_IN_EDITS, N_("delete the character under the cursor"))          \
  X(EDIT_WORD, "edit-word", "ctrl-w", MC_IN_EDITS, N_("delete the word before"))                             \
  X(EDIT_KILL, "edit-kill", "ctrl-u", MC_IN_EDITS, N_("delete to the start of the line"))

#define X(id, name, keys, where, help) MC_CMD_##id,
typedef enum { MC_COMMANDS(X) MC_CMD_COUNT, MC_CMD_NONE = MC_CMD_COUNT } McCommand;
#undef X

typedef struct {
  const char *name, *keys; /* keys: names of key.h, separated by spaces */
  guint where;             /* McContext */
  const char *help;        /* msgid */
} McCommandInfo;

const McCommandInfo *mc_command_info(McCommand command);
/* By name; MC_CMD_NONE when there is none. */
McCommand mc_command_find(const char *name);
/* Names, NULL-terminated, static. */
const char *const *mc_command_names(void);
/* The heading of one context in the help, translated. */
const char *mc_context_label(McContext context);

#endif
