/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XML (xml.h) through libxml2, which is told to load nothing and stopped at a DOCTYPE. */
#include "connector/xml.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>
#include "connector/value.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define OPTIONS                                                                                           \
  (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC | \
   XML_PARSE_BIG_LINES | XML_PARSE_COMPACT)
#define MAX_ATTRIBUTES 1000
#define MANY           16 /* members from which on names are looked up in a table */

static void
refuse_doctype(void *data, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *external,
               G_GNUC_UNUSED const xmlChar *system)
{
  xmlParserCtxtPtr context = data;
  *(gboolean *)context->_private = TRUE;
  xmlStopParser(context);
}

/* --- elements to values --- */

typedef struct {
  cJSON *object;
  GHashTable *names; /* xmlChar * of the document's dictionary -> member, once there are many */
  int count;
} Members;

/* Takes `value`. */
static void
add_member(Members *m, const xmlChar *name, cJSON *value)
{
  cJSON *old = m->names ? g_hash_table_lookup(m->names, name) : mc_json_get(m->object, (const char *)name);
  if (old && (old->type & 0xff) == cJSON_Array) {
    cJSON_AddItemToArray(old, value);
    return;
  }
  if (old) {
    cJSON *first = cJSON_CreateNull();
    cJSON swapped = *old; /* its content moves into the list, its place becomes the list */
    first->type = swapped.type;
    first->valuestring = swapped.valuestring;
    first->child = swapped.child;
    old->type = cJSON_Array;
    old->valuestring = NULL;
    old->child = NULL;
    cJSON_AddItemToArray(old, first);
    cJSON_AddItemToArray(old, value);
    return;
  }
  cJSON_AddItemToObject(m->object, (const char *)name, value);
  if (m->names)
    g_hash_table_insert(m->names, (gpointer)name, value);
  if (++m->count == MANY && !m->names) {
    m->names = g_hash_table_new(g_str_hash, g_str_equal);
    for (cJSON *member = m->object->child; member; member = member->next)
      g_hash_table_insert(m->names, member->string, member);
  }
}

static gboolean
is_xsi(const xmlNs *ns)
{
  return ns && xmlStrEqual(ns->href, (const xmlChar *)XSI);
}

static gboolean
is_nil(const xmlNode *element)
{
  for (const xmlAttr *a = element->properties; a; a = a->next)
    if (is_xsi(a->ns) && xmlStrEqual(a->name, (const xmlChar *)"nil") && a->children && a->children->content)
      return xmlStrEqual(a->children->content, (const xmlChar *)"true") ||
             xmlStrEqual(a->children->content, (const xmlChar *)"1");
  return FALSE;
}

static void
add_attributes(Members *m, xmlNode *element)
{
  for (xmlAttr *a = element->properties; a; a = a->next) {
    g_autofree char *name = g_strconcat("@", (const char *)a->name, NULL);
    if (is_xsi(a->ns) || mc_json_get(m->object, name))
      continue;
    xmlChar *text = xmlNodeListGetString(element->doc, a->children, 1);
    cJSON_AddStringToObject(m->object, name, text ? (const char *)text : "");
    xmlFree(text);
  }
}

static gboolean
is_text(const xmlNode *node)
{
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* The element's own text, new. */
static char *
own_text(const xmlNode *element)
{
  GString *text = g_string_new(NULL);
  for (const xmlNode *child = element->children; child; child = child->next)
    if (is_text(child) && child->content)
      g_string_append(text, (const char *)child->content);
  return g_string_free(text, FALSE);
}

static gboolean
is_blank(const char *text)
{
  return text[strspn(text, " \t\r\n")] == '\0';
}

static cJSON *read_element(xmlNode *element, int depth, GError **error);

static gboolean
add_elements(Members *m, xmlNode *element, int depth, GError **error)
{
  for (xmlNode *child = element->children; child; child = child->next) {
    if (child->type != XML_ELEMENT_NODE)
      continue;
    cJSON *value = read_element(child, depth + 1, error);
    if (!value)
      return FALSE;
    add_member(m, child->name, value);
  }
  return TRUE;
}

static cJSON *
read_element(xmlNode *element, int depth, GError **error)
{
  if (depth > MC_JSON_DEPTH) {
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("nested too deep, expected at most %d levels"),
                MC_JSON_DEPTH);
    return NULL;
  }
  g_autofree char *text = own_text(element);
  Members m = {.object = cJSON_CreateObject()};
  m.object->type |= MC_VALUE_ELEMENT;
  if (!is_nil(element))
    add_attributes(&m, element);
  gboolean fine = add_elements(&m, element, depth, error);
  g_clear_pointer(&m.names, g_hash_table_unref);
  if (fine && m.object->child) {
    if (!is_blank(text))
      cJSON_AddStringToObject(m.object, "#text", text);
    return m.object;
  }
  cJSON_Delete(m.object);
  if (!fine)
    return NULL;
  cJSON *leaf = is_nil(element) ? cJSON_CreateNull() : cJSON_CreateString(is_blank(text) ? "" : text);
  leaf->type |= MC_VALUE_ELEMENT;
  return leaf;
}

/* --- documents --- */

static void *
fail(const char *name, xmlParserCtxtPtr context, gboolean doctype, GError **error)
{
  const xmlError *fault = xmlCtxtGetLastError(context);
  g_autofree char *words = fault && fault->message ? mc_text_clean(fault->message, -1) : NULL;
  g_autofree char *deep =
      context->nameNr > MC_JSON_DEPTH
          ? g_strdup_printf(_("nested too deep, expected at most %d levels"), MC_JSON_DEPTH)
          : NULL;
  int line = context->input && doctype ? context->input->line : fault ? fault->line : 1;
  int column = context->input && doctype ? context->input->col : fault ? fault->int2 : 1;
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, "%s:%d:%d: %s", name, MAX(line, 1), MAX(column, 1),
              doctype ? _("a DOCTYPE, which is not read")
              : deep  ? deep /* libxml2 stops at a depth of its own, in words about its options */
              : words ? g_strchomp(words)
                      : _("this is no XML"));
  return NULL;
}

static cJSON *
read_document(xmlDoc *document, const char *name, GError **error)
{
  g_autoptr(GError) fault = NULL;
  xmlNode *element = xmlDocGetRootElement(document);
  cJSON *value = read_element(element, 1, &fault);
  if (!value) {
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, "%s: %s", name, fault->message);
    return NULL;
  }
  cJSON *root = cJSON_CreateObject();
  cJSON_AddItemToObject(root, (const char *)element->name, value);
  return root;
}

/* libxml2 compares an element's attributes pairwise: behind a tag, or NULL where it holds too many. */
static const char *
behind_tag(const char *p, const char *end)
{
  static const struct {
    const char *open, *close;
  } whole[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
    if ((gsize)(end - p) >= strlen(whole[i].open) && strncmp(p, whole[i].open, strlen(whole[i].open)) == 0) {
      const char *close = g_strstr_len(p, end - p, whole[i].close);
      return close ? close + strlen(whole[i].close) : end;
    }
  int values = 0;
  while (p < end && *p != '>') {
    if (*p++ != '=')
      continue;
    if (++values > MAX_ATTRIBUTES)
      return NULL;
    while (p < end && g_ascii_isspace(*p))
      p++;
    const char *close = p < end && (*p == '"' || *p == '\'') ? memchr(p + 1, *p, end - p - 1) : NULL;
    p = close ? close + 1 : p;
  }
  return p;
}

static gboolean
has_few_attributes(const char *text, gsize len)
{
  const char *p = text, *end = text + len;
  while (p && (p = memchr(p, '<', end - p)))
    if (!(p = behind_tag(p, end)))
      return FALSE;
  return TRUE;
}

McJson *
mc_xml_parse(const char *name, const char *text, gsize len, GError **error)
{
  static gsize once;
  if (g_once_init_enter(&once)) {
    xmlInitParser();
    g_once_init_leave(&once, 1);
  }
  if (!has_few_attributes(text, len)) {
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: an element has more than %d attributes"), name,
                MAX_ATTRIBUTES);
    return NULL;
  }
  gboolean doctype = FALSE;
  xmlParserCtxtPtr context = xmlNewParserCtxt();
  if (!context)
    g_error("out of memory");
  context->_private = &doctype;
  context->sax->internalSubset = refuse_doctype;
  xmlDoc *document =
      len <= G_MAXINT ? xmlCtxtReadMemory(context, len ? text : "", (int)len, NULL, "UTF-8", OPTIONS) : NULL;
  cJSON *root = NULL;
  if (!document || doctype || !xmlDocGetRootElement(document))
    fail(name, context, doctype, error);
  else
    root = read_document(document, name, error);
  xmlFreeDoc(document);
  xmlFreeParserCtxt(context);
  return root ? mc_json_adopt(name, root) : NULL;
}

char *
mc_xml_declared(const char *text, gsize len)
{
  g_autofree char *head = g_strndup(text, MIN(len, 200));
  const char *end = g_str_has_prefix(head, "<?xml") ? strstr(head, "?>") : NULL;
  const char *at = end ? g_strstr_len(head, end - head, "encoding") : NULL;
  at = at ? at + strlen("encoding") : NULL;
  at = at ? at + strspn(at, " \t\r\n=") : NULL;
  if (!at || (*at != '"' && *at != '\''))
    return NULL;
  const char *close = strchr(at + 1, *at);
  return close && close < end ? g_strndup(at + 1, close - at - 1) : NULL;
}
