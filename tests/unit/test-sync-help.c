/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "test-sync-help.h"

#include <cjson/cJSON.h>
#include <sys/socket.h>
#include "motcua/error.h"

#define NOW ((gint64)1795316400) /* 2026-11-22 10:00:00 +07:00 */

/* --- the backend --- */

typedef struct {
  char *method, *path, *bearer;
  cJSON *body;
  char *text;
} Asked;

static void
asked_clear(Asked *asked)
{
  g_free(asked->method);
  g_free(asked->path);
  g_free(asked->bearer);
  g_free(asked->text);
  cJSON_Delete(asked->body);
}

static gboolean
read_request(GDataInputStream *in, Asked *asked)
{
  g_autofree char *first = g_data_input_stream_read_line(in, NULL, NULL, NULL);
  g_auto(GStrv) words = first ? g_strsplit(first, " ", 3) : NULL;
  gsize length = 0;
  if (!words || g_strv_length(words) < 2)
    return FALSE;
  asked->method = g_strdup(words[0]);
  asked->path = g_strdup(words[1]);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line(in, NULL, NULL, NULL);
    if (!line)
      return FALSE;
    g_strchomp(line);
    if (!*line)
      break;
    if (g_ascii_strncasecmp(line, "Content-Length:", 15) == 0)
      length = (gsize)g_ascii_strtoull(line + 15, NULL, 10);
    if (g_ascii_strncasecmp(line, "Authorization: Bearer ", 22) == 0)
      asked->bearer = g_strdup(line + 22);
  }
  asked->text = g_malloc0(length + 1);
  if (length > 0 && !g_input_stream_read_all(G_INPUT_STREAM(in), asked->text, length, NULL, NULL, NULL))
    return FALSE;
  asked->body = cJSON_Parse(asked->text);
  return TRUE;
}

static const char *
text_of(const Asked *asked, const char *name)
{
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(asked->body, name));
  return text ? text : "";
}

/* Takes one of a number of faults. */
static gboolean
takes(int *fault)
{
  if (*fault <= 0)
    return FALSE;
  --*fault;
  return TRUE;
}

static void
wait_at(Backend *b, gboolean *gate)
{
  b->most_waiting = MAX(b->most_waiting, ++b->waiting);
  g_cond_broadcast(&b->changed);
  while (*gate)
    g_cond_wait(&b->changed, &b->lock);
  b->waiting--;
}

static char *
answer_token(Backend *b, const Asked *asked, int *status)
{
  g_autofree char *valid = g_strdup_printf("refresh_token=r%d", b->token);
  gboolean refresh = strstr(asked->text, "grant_type=refresh_token") != NULL;
  g_autofree char *password = g_strdup_printf("password=%s", b->password);
  b->refreshes += refresh;
  b->logins += !refresh;
  if (!strstr(asked->text, refresh ? valid : password)) {
    *status = 400;
    return g_strdup("{\"error\":\"invalid_grant\"}");
  }
  b->token++;
  return g_strdup_printf(
      "{\"access_token\":\"a%d\",\"refresh_token\":\"r%d\",\"token_type\":\"Bearer\",\"expires_in\":9999}",
      b->token, b->token);
}

static char *
item_json(const Backend *b, int i)
{
  return g_strdup_printf("{\"id\":\"%d\",\"title\":\"Item %d\",\"rev\":%d,\"state\":\"%s\"}", i, i,
                         b->revisions[i], b->states[i]);
}

static char *
answer_list(Backend *b, const Asked *asked, int *status)
{
  const cJSON *since = cJSON_GetObjectItemCaseSensitive(asked->body, "since");
  const cJSON *page = cJSON_GetObjectItemCaseSensitive(asked->body, "page");
  double after = cJSON_IsNumber(since) ? cJSON_GetNumberValue(since) : 0;
  g_autoptr(GString) items = g_string_new(NULL);
  int total = 0;
  b->lists++;
  b->fulls += since == NULL && cJSON_GetNumberValue(page) == 1;
  if (b->list_gate)
    wait_at(b, &b->list_gate);
  if (takes(&b->throttle)) {
    *status = 429;
    return g_strdup("{}");
  }
  if (b->forget && since && cJSON_GetNumberValue(page) == b->forget) {
    *status = 410;
    b->forget = b->revisions[MAX_ITEMS - 1] = 0;
    return g_strdup("{}");
  }
  for (int i = 0; i < MAX_ITEMS; i++)
    if (b->revisions[i] > 0 && b->revisions[i] >= after) {
      g_autofree char *one = item_json(b, i);
      total++;
      if (cJSON_GetNumberValue(page) == 1)
        g_string_append_printf(items, "%s%s", items->len ? "," : "", one);
    }
  if (takes(&b->truncate))
    return g_strdup_printf("{\"total\":%d,\"items\":[%s", total, items->str);
  if (b->forget) /* so that there is a second page */
    total++;
  return g_strdup_printf("{\"total\":%d,\"items\":[%s]}", total + b->total_lie, items->str);
}

static char *
answer_action(Backend *b, const Asked *asked, int *status)
{
  gboolean keyed = g_str_has_prefix(asked->path, "/act/");
  int item = (int)g_ascii_strtoll(strrchr(asked->path, '/') + 1, NULL, 10);
  const char *ref = text_of(asked, "ref");
  b->sent++;
  if (b->gate)
    wait_at(b, &b->gate);
  if (takes(&b->unavailable)) {
    *status = 503;
    return g_strdup("{}");
  }
  if (takes(&b->refuse)) {
    *status = 422;
    return g_strdup("{\"detail\":\"no\"}");
  }
  if (!keyed || !g_hash_table_contains(b->keys, ref)) {
    g_hash_table_add(b->keys, g_strdup(ref));
    g_ptr_array_add(b->order, g_strdup_printf("%d %s", item, text_of(asked, "note")));
    b->effects++;
    if (item > 0 && item < MAX_ITEMS)
      b->revisions[item] += 10;
    if (keyed && item > 0 && item < MAX_ITEMS)
      g_strlcpy(b->states[item], "done", sizeof b->states[item]);
  }
  if (takes(&b->lose))
    *status = 0;
  return g_strdup("{\"id\":\"77\"}");
}

static char *
answer_log(Backend *b)
{
  g_autoptr(GString) keys = g_string_new(NULL);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, b->keys);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    g_string_append_printf(keys, "%s{\"ref\":\"%s\"}", keys->len ? "," : "", (char *)key);
  return g_strdup_printf("{\"log\":[%s]}", keys->str);
}

static char *
answer(Backend *b, const Asked *asked, int *status)
{
  g_autofree char *valid = g_strdup_printf("a%d", b->token);
  b->requests++;
  g_cond_broadcast(&b->changed);
  if (g_str_equal(asked->path, "/token"))
    return answer_token(b, asked, status);
  if (b->token <= b->stale || g_strcmp0(asked->bearer, valid) != 0) {
    *status = 401;
    return g_strdup("{}");
  }
  if (g_str_equal(asked->path, "/me"))
    return b->probes++, g_strdup("{\"login\":\"canbo01\"}");
  if (g_str_equal(asked->path, "/list"))
    return answer_list(b, asked, status);
  if (g_str_equal(asked->path, "/log"))
    return answer_log(b);
  if (g_str_has_prefix(asked->path, "/item/"))
    return item_json(b, (int)g_ascii_strtoll(asked->path + 6, NULL, 10));
  return answer_action(b, asked, status);
}

typedef struct {
  Backend *backend;
  GSocketConnection *stream;
} Served;

/* One request and its answer; FALSE when the connection ends. */
static gboolean
serve_one(Backend *b, GDataInputStream *in, GOutputStream *out)
{
  Asked asked = {0};
  int status = 200;
  gboolean goes_on = read_request(in, &asked);
  if (goes_on) {
    g_mutex_lock(&b->lock);
    g_autofree char *body = answer(b, &asked, &status);
    g_cond_broadcast(&b->changed);
    g_mutex_unlock(&b->lock);
    g_autofree char *head =
        g_strdup_printf("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
                        status, status == 429 ? "Retry-After: 3600\r\n" : "", strlen(body));
    goes_on = status != 0 && g_output_stream_write_all(out, head, strlen(head), NULL, NULL, NULL) &&
              g_output_stream_write_all(out, body, strlen(body), NULL, NULL, NULL);
  }
  asked_clear(&asked);
  return goes_on;
}

static gpointer
serve(gpointer data)
{
  Served *served = data;
  GIOStream *stream = G_IO_STREAM(served->stream);
  g_autoptr(GDataInputStream) in = g_data_input_stream_new(g_io_stream_get_input_stream(stream));
  g_data_input_stream_set_newline_type(in, G_DATA_STREAM_NEWLINE_TYPE_LF);
  while (serve_one(served->backend, in, g_io_stream_get_output_stream(stream)))
    ;
  g_io_stream_close(stream, NULL, NULL);
  g_object_unref(stream);
  g_free(served);
  return NULL;
}

static gpointer
backend_run(gpointer data)
{
  Backend *b = data;
  GSocketConnection *stream;
  while ((stream = g_socket_listener_accept(b->listener, NULL, b->closing, NULL))) {
    Served *served = g_new0(Served, 1);
    served->backend = b;
    served->stream = stream;
    g_ptr_array_add(b->connections, g_thread_new("connection", serve, served));
  }
  return NULL;
}

void
backend_start(Backend *b)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0), bound = NULL;
  g_mutex_init(&b->lock);
  g_cond_init(&b->changed);
  b->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  b->order = g_ptr_array_new_with_free_func(g_free);
  b->password = "dung";
  for (int i = 1; i <= 4; i++) {
    b->revisions[i] = i;
    g_strlcpy(b->states[i], "new", sizeof b->states[i]);
  }
  b->listener = g_socket_listener_new();
  b->closing = g_cancellable_new();
  b->connections = g_ptr_array_new();
  assert_true(g_socket_listener_add_address(b->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                            NULL, &bound, NULL));
  b->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  b->thread = g_thread_new("backend", backend_run, b);
}

void
backend_stop(Backend *b)
{
  g_cancellable_cancel(b->closing);
  g_thread_join(g_steal_pointer(&b->thread));
  g_socket_listener_close(b->listener);
}

/* Nobody is connected any more. */
static void
backend_clear(Backend *b)
{
  if (b->thread)
    backend_stop(b);
  for (guint i = 0; i < b->connections->len; i++)
    g_thread_join(b->connections->pdata[i]);
  g_ptr_array_unref(b->connections);
  g_object_unref(b->listener);
  g_object_unref(b->closing);
  g_hash_table_unref(b->keys);
  g_ptr_array_unref(b->order);
  g_mutex_clear(&b->lock);
  g_cond_clear(&b->changed);
}

int
backend_get(Backend *b, const int *number)
{
  g_mutex_lock(&b->lock);
  int value = *number;
  g_mutex_unlock(&b->lock);
  return value;
}

void
backend_set(Backend *b, int *number, int value)
{
  g_mutex_lock(&b->lock);
  *number = value;
  g_mutex_unlock(&b->lock);
}

void
backend_open(Backend *b, gboolean *gate)
{
  g_mutex_lock(&b->lock);
  *gate = FALSE;
  g_cond_broadcast(&b->changed);
  g_mutex_unlock(&b->lock);
}

void
backend_await(Backend *b, const int *number, int value)
{
  g_mutex_lock(&b->lock);
  while (*number < value)
    g_cond_wait(&b->changed, &b->lock);
  g_mutex_unlock(&b->lock);
}

/* With quotes of the other kind. */
static const char connector[] =
    "{'motcua':1,'id':'t','title':'T','kind':'case',"
    "'config':{'base':{'type':'url','required':true}},'base':{'$':'config.base'},"
    "'auth':{'type':'oauth2','grant':'password','client':{'id':'c','auth':'none'},"
    "'token':'/token','refresh':'rotate','expired':[{'status':[401]}],"
    "'probe':{'request':{'url':'/me'},'success':{'at':'/login','exists':true},'keep':{'login':'/login'}}},"
    "'limits':{'concurrency':4,'timeout':5,'retries':1},"
    "'streams':{'s':{'request':{'method':'POST','url':'/list',"
    "'json':{'since':{'$':'cursor'},'page':{'$':'page.number'}}},"
    "'pages':{'type':'page','start':1,'stop':'empty','total':'/total','max':9},"
    "'delta':{'cursor':{'at':'/rev','as':'integer'},'full':'P1D','restart':{'status':[410]}},"
    "'records':'/items','key':'/id','map':{'title':'/title','version':'/rev','state':'/state'},"
    "'detail':{'request':{'url':'/item/{item.key}'}}}},"
    "'actions':{"
    "'approve':{'label':'Approve','on':'s','allow':{'state':['new','processing']},"
    "'form':{'note':{'type':'text'}},'request':{'method':'POST','url':'/act/{item.key}',"
    "'json':{'note':{'$':'input.note'},'ref':{'$':'action.key'}}},"
    "'idempotency':{'field':'ref','lives':'P1D'},'update':{'state':'done'}},"
    "'comment':{'label':'Comment','on':'s','form':{'note':{'type':'text'}},"
    "'request':{'method':'POST','url':'/note/{item.key}',"
    "'json':{'note':{'$':'input.note'},'ref':{'$':'action.key'}}},'unknown':'ask'},"
    "'log':{'label':'Log','on':'s','form':{'note':{'type':'text'}},"
    "'request':{'method':'POST','url':'/note/{item.key}',"
    "'json':{'note':{'$':'input.note'},'ref':{'$':'action.key'}}},"
    "'unknown':{'verify':{'request':{'url':'/log'},"
    "'landed':{'at':'/log','some':{'at':'/ref','eq':{'$':'action.key'}}},'settle':'PT0S'}}},"
    "'enter':{'label':'Enter','new':true,'on':'s','form':{'note':{'type':'text'}},"
    "'request':{'method':'POST','url':'/act/0',"
    "'json':{'note':{'$':'input.note'},'ref':{'$':'action.key'}}},'created':'/id',"
    "'idempotency':{'field':'ref','lives':'P1D'}}}}";

/* --- the bench --- */

static void
put_file(Bench *bench, const char *name, const char *text)
{
  g_autofree char *path = mc_home_path(bench->home, MC_DIR_CONFIG, name);
  g_autofree char *dir = g_path_get_dirname(path);
  assert_int_equal(g_mkdir_with_parents(dir, 0700), 0);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

McEngine *
bench_engine(Bench *bench, gboolean schedule)
{
  g_autoptr(GError) error = NULL;
  McEngineOptions options = {.schedule = schedule};
  McEngine *engine = mc_engine_new(bench->home, bench->clock, &options, &error);
  if (!engine)
    fail_msg("%s", error->message);
  if (mc_engine_system_count(engine) != 1)
    fail_msg("%s", *mc_engine_faults(engine));
  return engine;
}

/* Secrets in a file, through a helper as git has them, so that two engines share them. */
#define HELPER                                                                                             \
  "#!/bin/sh\nwhile IFS= read -r line && test -n \"$line\"; do case $line in\n"                            \
  "username=*) name=${line#*=} ;; password=*) value=${line#*=} ;; esac; done\n"                            \
  "case $1 in get) test ! -f \"$0.$name\" || printf 'password=%s\\n' \"$(cat \"$0.$name\")\" ;;\n"         \
  "store) test ! -f \"$0.full\" || exit 1; printf %s \"$value\" >\"$0.$name.new\" && mv \"$0.$name.new\" " \
  "\"$0.$name\" ;;\n"                                                                                      \
  "erase) rm -f \"$0.$name\" ;; esac\n"

int
bench_open(void **state)
{
  g_autoptr(GError) error = NULL;
  Bench *bench = g_new0(Bench, 1);
  bench->dir = g_dir_make_tmp("motcua-sync-XXXXXX", NULL);
  g_setenv("MOTCUA_HOME", bench->dir, TRUE);
  backend_start(&bench->backend);
  g_autofree char *helper = g_build_filename(bench->dir, "helper", NULL);
  g_autofree char *config_dir = g_build_filename(bench->dir, "config", NULL);
  g_autofree char *config = g_build_filename(config_dir, "config.ini", NULL);
  g_autofree char *settings = g_strdup_printf("[motcua]\nsecrets = command:%s\n", helper);
  assert_int_equal(g_mkdir_with_parents(config_dir, 0700), 0);
  assert_true(g_file_set_contents_full(helper, HELPER, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  assert_true(g_file_set_contents(config, settings, -1, NULL));
  bench->home = mc_home_open(NULL, &error);
  if (!bench->home)
    fail_msg("%s", error->message);
  g_autofree char *system = g_strdup_printf(
      "[system]\nconnector = tiny\n[config]\nbase = http://127.0.0.1:%d\n", bench->backend.port);
  g_autofree char *text = g_strdelimit(g_strdup(connector), "'", '"');
  put_file(bench, "connectors/tiny.jsonc", text);
  put_file(bench, "systems/s.ini", system);
  bench->clock = mc_clock_new_manual(NOW);
  bench->engine = bench_engine(bench, FALSE);
  bench->snapshot = mc_snapshot_open(bench->home, &error);
  if (!bench->snapshot)
    fail_msg("%s", error->message);
  *state = bench;
  return 0;
}

void
bench_stop(Bench *bench)
{
  g_clear_pointer(&bench->engine, mc_engine_free);
}

void
bench_restart(Bench *bench, gboolean schedule)
{
  bench_stop(bench);
  bench->engine = bench_engine(bench, schedule);
}

static void
remove_tree(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    if (g_file_test(child, G_FILE_TEST_IS_DIR))
      remove_tree(child);
    else
      g_unlink(child);
  }
  g_rmdir(path);
}

int
bench_close(void **state)
{
  Bench *bench = *state;
  backend_open(&bench->backend, &bench->backend.gate);
  backend_open(&bench->backend, &bench->backend.list_gate);
  bench_stop(bench);
  mc_snapshot_free(bench->snapshot);
  backend_clear(&bench->backend);
  mc_clock_unref(bench->clock);
  mc_home_unref(bench->home);
  remove_tree(bench->dir);
  g_free(bench->dir);
  g_free(bench);
  return 0;
}

McEvent *
await(McEngine *engine, McTicket ticket)
{
  for (;;) {
    McEvent *event = mc_engine_next_event(engine, 60000);
    if (!event)
      fail_msg("no reply");
    if (event->type == MC_EVENT_REPLY && event->ticket == ticket)
      return event;
    mc_event_free(event);
  }
}

int
await_code(McEngine *engine, McTicket ticket)
{
  g_autoptr(McEvent) event = await(engine, ticket);
  return event->error ? event->error->code : -1;
}

int
bench_login_as(Bench *bench, const char *password)
{
  g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(secrets, (gpointer) "username", (gpointer) "canbo01");
  g_hash_table_insert(secrets, (gpointer) "password", (gpointer)password);
  return await_code(bench->engine, mc_engine_login(bench->engine, "s", secrets));
}

void
bench_login(Bench *bench)
{
  assert_int_equal(bench_login_as(bench, "dung"), -1);
}

int
bench_sync(Bench *bench, gboolean full)
{
  return await_code(bench->engine, mc_engine_sync(bench->engine, NULL, full));
}

int
bench_deliver(Bench *bench)
{
  return await_code(bench->engine, mc_engine_deliver(bench->engine, NULL));
}

char *
bench_take(Bench *bench, const char *id, const char *action, const char *note)
{
  g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
  McAct act = {.id = id, .action = action, .fields = fields};
  g_hash_table_insert(fields, (gpointer) "note", (gpointer)note);
  g_autoptr(McEvent) reply = await(bench->engine, mc_engine_accept(bench->engine, &act, 1, 0, TRUE));
  GError *error = reply->error ? reply->error : g_ptr_array_index(reply->errors, 0);
  if (error)
    fail_msg("%s", error->message);
  return g_strdup(((McOutAction *)g_ptr_array_index(reply->actions, 0))->key);
}

McOutState
bench_state(Bench *bench, const char *key)
{
  g_autoptr(McOutAction) action = mc_snapshot_outbox_get(bench->snapshot, key, NULL);
  assert_non_null(action);
  return action->state;
}

static GPtrArray *
systems(Bench *bench)
{
  GPtrArray *systems = mc_snapshot_systems(bench->snapshot, NULL);
  assert_non_null(systems);
  return systems;
}

int
bench_items(Bench *bench)
{
  g_autoptr(GPtrArray) all = systems(bench);
  return all->len ? (int)((McSystemStatus *)g_ptr_array_index(all, 0))->items : 0;
}

McSystemState
bench_system(Bench *bench)
{
  g_autoptr(GPtrArray) all = systems(bench);
  return all->len ? ((McSystemStatus *)g_ptr_array_index(all, 0))->state : MC_SYSTEM_NEVER;
}
