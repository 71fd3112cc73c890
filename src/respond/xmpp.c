#include "respond/xmpp.h"

#include "respond/template.h"
#include "respond/ways.h"

#include <sodium.h>
#include <stdio.h>

enum { TEXT_BYTES = 1 << 20, HEAD_BYTES = 256 };

#define NS_STREAM "http://etherx.jabber.org/streams"
#define NS_CLIENT "jabber:client"
#define NS_TLS "urn:ietf:params:xml:ns:xmpp-tls"
#define NS_SASL "urn:ietf:params:xml:ns:xmpp-sasl"
#define NS_BIND "urn:ietf:params:xml:ns:xmpp-bind"

/* Ids of our own requests; that of the message is its own. */
#define ID_BIND "ward-bind"
#define ID_PING "ward-ping"

/* Where in the markup a byte stands. */
enum {
	LEX_TEXT,
	LEX_OPEN, /* behind '<' */
	LEX_TAG,
	LEX_SINGLE, /* within quotes */
	LEX_DOUBLE,
	LEX_SLASH, /* "/" of an empty element */
	LEX_END,
	LEX_DECLARATION,
};

void ward_xmpp_init(struct ward_xmpp *x, const struct ward_mem *mem)
{
	*x = (struct ward_xmpp){.state = WARD_XMPP_OVER,
		.stanza = ward_wr_grow(mem, WARD_XMPP_STANZA),
		.document = ward_wr_grow(mem, WARD_XMPP_STANZA + HEAD_BYTES)};
	ward_arena_init(&x->texts, mem, TEXT_BYTES);
	x->doc = (struct ward_xmldoc){.mem = mem, .arena = &x->texts};
	ward_xmldoc_prepare();
}

void ward_xmpp_fini(struct ward_xmpp *x)
{
	ward_xmldoc_fini(&x->doc);
	ward_arena_fini(&x->texts);
	ward_wr_fini(&x->stanza);
	ward_wr_fini(&x->document);
}

/* ---- what is said ---- */

static void over(struct ward_xmpp *x, enum ward_sent what, const char *why)
{
	x->outcome = (struct ward_outcome){.what = what};
	(void)snprintf(x->outcome.why, sizeof(x->outcome.why), "%s", why);
	x->state = WARD_XMPP_OVER;
}

/* "it refuses the login: not-authorized"; the name of an error is the server's, so it is bounded
 * to what such names are made of. */
static void refused(struct ward_xmpp *x, enum ward_sent what, const char *why, struct ward_str name)
{
	char text[WARD_WEBHOOK_WHY];
	size_t n = 0;

	while (n < name.len && ((name.p[n] >= 'a' && name.p[n] <= 'z') || name.p[n] == '-'))
		n++;
	(void)snprintf(
		text, sizeof(text), "%s%s%.*s", why, n ? ": " : "", (int)(n < 64 ? n : 64), name.p);
	over(x, what, text);
}

static void open_stream(struct ward_xmpp *x, struct ward_wr *out)
{
	struct ward_str domain = x->o.user;

	(void)ward_str_cut(&domain, '@');
	x->lex = LEX_TEXT;
	x->depth = 0;
	x->state = WARD_XMPP_FEATURES;
	ward_wr_printf(out,
		"<?xml version='1.0'?><stream:stream to='%.*s' version='1.0' xmlns='" NS_CLIENT
		"' xmlns:stream='" NS_STREAM "'>",
		WARD_STR_ARG(domain));
}

static void put_base64(struct ward_str s, struct ward_wr *out)
{
	size_t len = sodium_base64_ENCODED_LEN(s.len, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *to = ward_wr_room(out, len); /* with its NUL, which is given back */

	if (!to)
		return;
	(void)sodium_bin2base64(
		(char *)to, len, (const uint8_t *)s.p, s.len, sodium_base64_VARIANT_ORIGINAL);
	out->len--;
}

static void log_in(struct ward_xmpp *x, bool scrams, struct ward_wr *out)
{
	char text[WARD_SCRAM_MESSAGE + WARD_XMPP_PASSWORD];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str rest = x->o.user, local = ward_str_cut(&rest, '@');

	x->scrams = scrams;
	if (scrams) {
		ward_scram_begin(&x->scram, local, x->o.password, x->o.nonce, &w);
	} else {
		ward_wr_ch(&w, '\0'); /* RFC 4616 */
		ward_wr_str(&w, local);
		ward_wr_ch(&w, '\0');
		ward_wr_str(&w, x->o.password);
	}
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_wr_printf(out, "<auth xmlns='" NS_SASL "' mechanism='%s'>",
		scrams ? "SCRAM-SHA-256" : "PLAIN");
	put_base64(ward_wr_text(&w), out);
	ward_wr_z(out, "</auth>");
	ward_wipe(text, sizeof(text));
	x->state = WARD_XMPP_LOGIN;
}

/* The server takes stanzas in the order in which they come: its answer to a ping says that it has
 * the message, and an error of the message comes before it. */
static void send_message(struct ward_xmpp *x, struct ward_wr *out)
{
	struct ward_str value[WARD_SLOT_N] = {
		[WARD_SLOT_TO] = x->o.to, [WARD_SLOT_MESSAGE] = x->o.text};
	char id[WARD_ID_TEXT];

	ward_id_text(x->o.message, id);
	value[WARD_SLOT_ID] = ward_str_z(id);
	ward_template_fill(
		WARD_STR("<message to='{to}' type='chat' id='{id}'><body>{message}</body>"
			 "</message><iq type='get' id='" ID_PING
			 "'><ping xmlns='urn:xmpp:ping'/></iq>"),
		WARD_AS_XML, value, out);
	x->state = WARD_XMPP_SENT;
}

/* ---- what is answered ---- */

static bool is(const struct ward_xmpp *x, uint32_t e, const char *name, const char *ns)
{
	return e != WARD_NONE && ward_str_eqz(x->doc.elem[e].name, name) &&
	       ward_str_eqz(x->doc.elem[e].ns, ns);
}

static bool has(const struct ward_xmpp *x, uint32_t e, const char *name, const char *ns)
{
	uint32_t c = ward_xmldoc_child(&x->doc, e, name);

	while (c != WARD_NONE && !is(x, c, name, ns))
		c = ward_xmldoc_next(&x->doc, c, name);
	return c != WARD_NONE;
}

/* The name of an error is that of its first child. */
static struct ward_str condition(const struct ward_xmpp *x, uint32_t e)
{
	uint32_t c = e == WARD_NONE ? e : x->doc.elem[e].child;

	return c == WARD_NONE ? WARD_STR("") : x->doc.elem[c].name;
}

static bool offers(const struct ward_xmpp *x, uint32_t features, const char *mechanism)
{
	uint32_t m = ward_xmldoc_child(&x->doc, features, "mechanisms");

	for (m = ward_xmldoc_child(&x->doc, m, "mechanism"); m != WARD_NONE;
		m = ward_xmldoc_next(&x->doc, m, "mechanism"))
		if (ward_str_eqz(x->doc.elem[m].text, mechanism))
			return true;
	return false;
}

/* Who took STARTTLS away from what is offered gets nothing. */
static void heed_features(struct ward_xmpp *x, uint32_t e, struct ward_wr *out)
{
	if (!x->secure && !x->o.plain && has(x, e, "starttls", NS_TLS)) {
		ward_wr_z(out, "<starttls xmlns='" NS_TLS "'/>");
		x->state = WARD_XMPP_STARTTLS;
	} else if (!x->secure && !x->o.plain) {
		over(x, WARD_SENT_FAILED, "it offers no STARTTLS");
	} else if (!x->known && offers(x, e, "SCRAM-SHA-256")) {
		log_in(x, true, out);
	} else if (!x->known && offers(x, e, "PLAIN")) {
		log_in(x, false, out);
	} else if (!x->known) {
		over(x, WARD_SENT_FAILED, "it offers neither SCRAM-SHA-256 nor PLAIN");
	} else if (has(x, e, "bind", NS_BIND)) {
		ward_wr_z(out, "<iq type='set' id='" ID_BIND "'><bind xmlns='" NS_BIND "'/></iq>");
		x->state = WARD_XMPP_BIND;
	} else {
		over(x, WARD_SENT_FAILED, "it offers nothing to bind");
	}
}

/* What SASL says in base64 (RFC 6120 6.4.2), in text. */
static struct ward_str said(const struct ward_xmpp *x, uint32_t e, char text[WARD_SCRAM_MESSAGE])
{
	struct ward_str s = x->doc.elem[e].text;
	size_t n = 0;

	if (sodium_base642bin((uint8_t *)text, WARD_SCRAM_MESSAGE, s.p, s.len, NULL, &n, NULL,
		    sodium_base64_VARIANT_ORIGINAL) != 0)
		n = 0;
	return (struct ward_str){text, n};
}

static void heed_challenge(struct ward_xmpp *x, uint32_t e, struct ward_wr *out)
{
	char text[WARD_SCRAM_MESSAGE], answer[2 * WARD_SCRAM_MESSAGE];
	struct ward_wr w = ward_wr_fixed(answer, sizeof(answer));

	if (!x->scrams || ward_scram_answer(&x->scram, said(x, e, text), &w) != WARD_OK) {
		over(x, WARD_SENT_FAILED, "what it says to the login is no SCRAM-SHA-256");
		return;
	}
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_wr_z(out, "<response xmlns='" NS_SASL "'>");
	put_base64(ward_wr_text(&w), out);
	ward_wr_z(out, "</response>");
}

static void heed_login(struct ward_xmpp *x, uint32_t e, struct ward_wr *out)
{
	struct ward_str why = condition(x, e);
	char text[WARD_SCRAM_MESSAGE];

	if (is(x, e, "challenge", NS_SASL)) {
		heed_challenge(x, e, out);
	} else if (is(x, e, "success", NS_SASL) && x->scrams &&
		   !ward_scram_proves(&x->scram, said(x, e, text))) {
		over(x, WARD_SENT_FAILED, "it does not prove that it knows the password");
	} else if (is(x, e, "success", NS_SASL)) {
		x->known = true;
		open_stream(x, out);
	} else if (is(x, e, "failure", NS_SASL)) {
		refused(x,
			ward_str_eqz(why, "temporary-auth-failure") ? WARD_SENT_FAILED
								    : WARD_SENT_REFUSED,
			"it refuses the login", why);
	} else {
		over(x, WARD_SENT_FAILED, "it answers what it was not asked");
	}
}

/* RFC 6120 8.3.2: only "wait" says that the same may be tried again. */
static void heed_error(struct ward_xmpp *x, uint32_t e, const char *what)
{
	uint32_t error = ward_xmldoc_child(&x->doc, e, "error");
	bool later = error != WARD_NONE &&
		     ward_str_eqz(ward_xmldoc_attr(&x->doc, error, "type"), "wait");

	refused(x, later ? WARD_SENT_FAILED : WARD_SENT_REFUSED, what, condition(x, error));
}

static void heed_stanza(struct ward_xmpp *x, uint32_t e, struct ward_wr *out)
{
	struct ward_str id = ward_xmldoc_attr(&x->doc, e, "id"),
			type = ward_xmldoc_attr(&x->doc, e, "type");
	bool error = ward_str_eqz(type, "error"), iq = is(x, e, "iq", NS_CLIENT);
	char message[WARD_ID_TEXT];

	ward_id_text(x->o.message, message);
	if (x->state == WARD_XMPP_BIND && iq && ward_str_eqz(id, ID_BIND)) {
		if (error)
			heed_error(x, e, "it refuses to bind");
		else
			send_message(x, out);
	} else if (x->state == WARD_XMPP_SENT && is(x, e, "message", NS_CLIENT) && error &&
		   ward_str_eqz(id, message)) {
		heed_error(x, e, "it refuses the message");
	} else if (x->state == WARD_XMPP_SENT && iq && ward_str_eqz(id, ID_PING)) {
		over(x, WARD_SENT_DELIVERED, "");
	}
	/* anything else is not for us: we have said that we are there to nobody */
}

static void heed(struct ward_xmpp *x, uint32_t e, struct ward_wr *out)
{
	if (is(x, e, "error", NS_STREAM))
		refused(x, WARD_SENT_FAILED, "it ends the stream", condition(x, e));
	else if (x->state == WARD_XMPP_FEATURES && is(x, e, "features", NS_STREAM))
		heed_features(x, e, out);
	else if (x->state == WARD_XMPP_STARTTLS && is(x, e, "proceed", NS_TLS))
		x->state = WARD_XMPP_HANDSHAKE;
	else if (x->state == WARD_XMPP_STARTTLS)
		over(x, WARD_SENT_FAILED, "it refuses STARTTLS");
	else if (x->state == WARD_XMPP_LOGIN)
		heed_login(x, e, out);
	else
		heed_stanza(x, e, out);
	if (x->state == WARD_XMPP_OVER)
		ward_wr_z(out, "</stream:stream>");
}

/* One child of the stream, read as a document within what the stream's header declares. */
static void heed_child(struct ward_xmpp *x, struct ward_wr *out)
{
	ward_wr_reset(&x->document);
	ward_wr_z(&x->document, "<s xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAM "'>");
	ward_wr_str(&x->document, ward_wr_text(&x->stanza));
	ward_wr_z(&x->document, "</s>");
	ward_arena_reset(&x->texts);
	if (ward_wr_bad(&x->document) ||
		ward_xmldoc_read(&x->doc, ward_wr_slice(&x->document)) != WARD_OK || x->doc.n < 2)
		over(x, WARD_SENT_FAILED, "what it answers is no XMPP");
	else
		heed(x, x->doc.elem[0].child, out);
}

/* ---- the bytes ---- */

/* The next place in the markup; false: RFC 6120 11 has no such thing. */
static bool step(struct ward_xmpp *x, char c)
{
	switch (x->lex) {
	case LEX_TEXT:
		x->lex = c == '<' ? LEX_OPEN : LEX_TEXT;
		return c == '<' || x->depth > 1 || strchr(" \t\r\n", c ? c : 'x');
	case LEX_OPEN:
		x->lex = c == '/' ? LEX_END : c == '?' ? LEX_DECLARATION : LEX_TAG;
		return !strchr("!<>", c ? c : '!') && (c != '?' || !x->depth) &&
		       (c != '/' || x->depth);
	case LEX_TAG:
		x->lex = c == '\''  ? LEX_SINGLE
			 : c == '"' ? LEX_DOUBLE
			 : c == '/' ? LEX_SLASH
			 : c == '>' ? LEX_TEXT
				    : LEX_TAG;
		x->depth += c == '>';
		return c != '<' && x->depth <= WARD_XMPP_DEPTH;
	case LEX_SINGLE:
		x->lex = c == '\'' ? LEX_TAG : LEX_SINGLE;
		return c != '<';
	case LEX_DOUBLE:
		x->lex = c == '"' ? LEX_TAG : LEX_DOUBLE;
		return c != '<';
	case LEX_SLASH:
		x->lex = LEX_TEXT;
		return c == '>';
	case LEX_END:
		x->lex = c == '>' ? LEX_TEXT : LEX_END;
		x->depth -= c == '>';
		return c != '<';
	default:
		x->lex = c == '>' ? LEX_TEXT : LEX_DECLARATION;
		return c != '<';
	}
}

/* One byte; at the end of a child of the stream that is heeded. */
static void take(struct ward_xmpp *x, char c, struct ward_wr *out)
{
	unsigned was = x->lex;

	if (x->state == WARD_XMPP_HANDSHAKE) { /* anybody on the way may have added it */
		over(x, WARD_SENT_FAILED, "it sent in clear after STARTTLS");
		return;
	}
	if (was == LEX_TEXT && x->depth <= 1)
		ward_wr_reset(&x->stanza);
	ward_wr_ch(&x->stanza, c);
	if (!step(x, c) || ward_wr_bad(&x->stanza)) {
		over(x, WARD_SENT_FAILED, "what it answers is no XMPP");
		return;
	}
	if (x->lex != LEX_TEXT || (was != LEX_END && was != LEX_SLASH))
		return;
	if (x->depth == 0)
		over(x, WARD_SENT_FAILED, "it ended the stream without an answer");
	else if (x->depth == 1)
		heed_child(x, out);
}

void ward_xmpp_begin(struct ward_xmpp *x, const struct ward_xmpp_opts *o, struct ward_wr *out)
{
	WARD_ASSERT(ward_way_is_jid(o->user) && ward_way_is_jid(o->to));
	WARD_ASSERT(o->password.len <= WARD_XMPP_PASSWORD);
	x->o = *o;
	x->secure = o->tls;
	x->known = false;
	open_stream(x, out);
}

void ward_xmpp_take(struct ward_xmpp *x, struct ward_slice bytes, struct ward_wr *out)
{
	if (!bytes.len && x->state != WARD_XMPP_OVER)
		over(x, WARD_SENT_FAILED, "it ended the connection without an answer");
	for (size_t i = 0; i < bytes.len && x->state != WARD_XMPP_OVER; i++)
		take(x, (char)bytes.p[i], out);
}

void ward_xmpp_secured(struct ward_xmpp *x, struct ward_wr *out)
{
	WARD_ASSERT(x->state == WARD_XMPP_HANDSHAKE);
	x->secure = true;
	open_stream(x, out);
}
