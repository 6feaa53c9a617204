/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes of SOAP 1.1 (W3C Note, 8 May 2000), read by namespace and local name. */
#include "demo/lab-soap.h"

#include <libxml/parser.h>
#include <string.h>

#define ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"

static gboolean
is(const xmlNode *node, const char *space, const char *name)
{
  return node && node->ns && xmlStrEqual(node->ns->href, (const xmlChar *)space) &&
         xmlStrEqual(node->name, (const xmlChar *)name);
}

static const xmlNode *
element_from(const xmlNode *node)
{
  while (node && node->type != XML_ELEMENT_NODE)
    node = node->next;
  return node;
}

static void
refuse(SoapCall *soap, const char *fault, const char *why)
{
  soap->fault = fault;
  soap->why = why;
}

/* Entries of the header that have to be understood, when none is. */
static gboolean
asks_for_more(const xmlNode *header)
{
  for (const xmlNode *entry = element_from(header->children); entry; entry = element_from(entry->next)) {
    xmlChar *must =
        xmlGetNsProp((xmlNode *)entry, (const xmlChar *)"mustUnderstand", (const xmlChar *)ENVELOPE);
    gboolean asked = xmlStrEqual(must, (const xmlChar *)"1");
    xmlFree(must);
    if (asked)
      return TRUE;
  }
  return FALSE;
}

void
soap_call_read(const DemoCall *call, SoapCall *soap)
{
  *soap = (SoapCall){xmlReadMemory(call->body->str, (int)call->body->len, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
                     NULL, NULL, NULL};
  const xmlNode *root = soap->doc ? xmlDocGetRootElement(soap->doc) : NULL;
  const xmlNode *body = root ? element_from(root->children) : NULL;

  if (!root || soap->doc->intSubset || !xmlStrEqual(root->name, (const xmlChar *)"Envelope"))
    return refuse(soap, "Client", "Nội dung gửi lên không phải là phong bì SOAP");
  if (!is(root, ENVELOPE, "Envelope"))
    return refuse(soap, "VersionMismatch", "Chỉ hỗ trợ SOAP 1.1");
  if (is(body, ENVELOPE, "Header")) {
    if (asks_for_more(body))
      return refuse(soap, "MustUnderstand", "Không hỗ trợ phần đầu bắt buộc");
    body = element_from(body->next);
  }
  soap->method = is(body, ENVELOPE, "Body") ? element_from(body->children) : NULL;
  if (!soap->method)
    return refuse(soap, "Client", "Phong bì không có yêu cầu nào");
  if (!demo_call_header(call, "soapaction"))
    refuse(soap, "Client", "Thiếu SOAPAction");
}

void
soap_call_clear(SoapCall *soap)
{
  xmlFreeDoc(soap->doc);
}

gboolean
soap_call_is(const SoapCall *soap, const char *method)
{
  return is(soap->method, SOAP_SPACE, method);
}

char *
soap_param(const SoapCall *soap, const char *name)
{
  for (const xmlNode *node = element_from(soap->method->children); node; node = element_from(node->next))
    if (xmlStrEqual(node->name, (const xmlChar *)name)) {
      xmlChar *text = xmlNodeGetContent(node);
      char *copy = g_strdup((const char *)text);
      xmlFree(text);
      return copy;
    }
  return g_strdup("");
}

void
soap_add(GString *xml, const char *name, const char *text)
{
  g_autofree char *escaped = text ? g_markup_escape_text(text, -1) : NULL;

  if (text)
    g_string_append_printf(xml, "<%s>%s</%s>", name, escaped, name);
}

DemoResponse *
soap_answer(const SoapCharset *charset, guint status, const char *content)
{
  g_autofree char *text = g_strdup_printf("%s<s:Envelope xmlns:s=\"" ENVELOPE "\">\n  <s:Body>%s</s:Body>\n"
                                          "</s:Envelope>",
                                          charset->head, content);
  DemoResponse *response = demo_response_new(status, charset->type, "");

  g_string_free(response->body, TRUE);
  response->body = soap_encode(charset, text);
  return response;
}

DemoResponse *
soap_fault(const SoapCharset *charset, const char *code, const char *why)
{
  g_autoptr(GString) xml = g_string_new("<s:Fault>");
  g_autofree char *name = g_strconcat("s:", code, NULL);

  soap_add(xml, "faultcode", name);
  soap_add(xml, "faultstring", why);
  g_string_append(xml, "</s:Fault>");
  return soap_answer(charset, 500, xml->str);
}
