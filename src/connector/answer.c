/* SPDX-License-Identifier: Apache-2.0 */
/* An answer's bytes as the tree that readers read (plan.h): character set first, then JSON, XML or text.
 *
 * The character set is what the connector says, else what Content-Type says, else (XML) what the document
 * says, else UTF-8. What a connector says of a request goes before what it says of the system. */
#include <string.h>
#include "connector/charset.h"
#include "connector/compile.h"
#include "connector/plan.h"
#include "connector/xml.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

static const char *const format_words[] = {"json", "xml", "text", NULL};

static const char *
compile_charset(McCompiler *c, const cJSON *node)
{
  const char *charset = cJSON_IsString(node) ? mc_charset_find(node->valuestring) : NULL;
  if (node && !charset)
    mc_compile_word(c, node, mc_charset_names);
  return charset;
}

void
mc_form_compile(McCompiler *c, const cJSON *object, McForms *form)
{
  const cJSON *format = mc_json_get(object, "format");
  form->format = format ? (McFormat)(mc_compile_word(c, format, format_words) + 1) : MC_FORMAT_ANY;
  form->charset = compile_charset(c, mc_json_get(object, "charset"));
}

/* The value of Content-Type's charset, new; NULL: none. */
static char *
typed_charset(const McResponse *response)
{
  const char *type = mc_response_header(response, "Content-Type");
  for (const char *at = type ? strchr(type, ';') : NULL; at; at = strchr(at, ';')) {
    at += strspn(at, "; \t");
    if (g_ascii_strncasecmp(at, "charset=", 8) != 0)
      continue;
    at += 8;
    return *at == '"' ? g_strndup(at + 1, strcspn(at + 1, "\"")) : g_strndup(at, strcspn(at, "; \t"));
  }
  return NULL;
}

static gboolean
has_mark(const char *text, gsize len, const char *mark)
{
  return len >= 2 && memcmp(text, mark, 2) == 0;
}

/* One of mc_charset_names, or NULL with the error. */
static const char *
find_charset(const char *name, McForms form, const McResponse *response, const char *text, gsize len,
             GError **error)
{
  if (form.charset)
    return form.charset;
  if (has_mark(text, len, "\xff\xfe") || has_mark(text, len, "\xfe\xff"))
    return "utf-16";
  g_autofree char *said = typed_charset(response);
  if (!said && form.format == MC_FORMAT_XML)
    said = mc_xml_declared(text, len);
  const char *charset = said ? mc_charset_find(said) : "utf-8";
  if (!charset)
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL,
                _("%s: the character set \"%s\" is not known; say the right one in \"charset\""), name, said);
  return charset;
}

static McJson *
read_text(const char *name, const char *text, gsize len, GError **error)
{
  const char *end;
  if (g_utf8_validate_len(text, len, &end))
    return mc_json_adopt(name, cJSON_CreateString(text));
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: byte %zu is no text in %s"), name,
              (gsize)(end - text) + 1, "utf-8");
  return NULL;
}

McJson *
mc_answer_read(const char *name, McForms form, const McResponse *response, GError **error)
{
  gsize len = 0;
  const char *bytes = g_bytes_get_data(response->body, &len);
  const char *charset = find_charset(name, form, response, bytes, len, error);
  if (!charset)
    return NULL;
  if (form.format != MC_FORMAT_XML && form.format != MC_FORMAT_TEXT && strcmp(charset, "utf-8") == 0)
    return mc_json_parse(name, bytes, len, MC_JSON_STRICT, error);
  g_autofree char *text = mc_charset_decode(name, charset, bytes, len, &len, error);
  if (!text)
    return NULL;
  if (form.format == MC_FORMAT_XML)
    return mc_xml_parse(name, text, len, error);
  if (form.format == MC_FORMAT_TEXT)
    return read_text(name, text, len, error);
  return mc_json_parse_own(name, g_steal_pointer(&text), len, error);
}
