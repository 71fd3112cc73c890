#include "sense/net/proto/opcua/events.h"

#include "sense/net/ber.h"
#include "sense/net/emit.h"
#include "sense/net/proto/tls/tls.h"
#include "sense/net/text.h"

#include <math.h>
#include <stdio.h>

enum { TEXT_MAX = 256, NODE_TEXT = 512, POLICY_PREFIX = 43 };

void ward_opcua_policy_text(struct ward_wr *w, struct ward_slice policy)
{
	static const char prefix[] = "http://opcfoundation.org/UA/SecurityPolicy#";
	struct ward_str s = ward_slice_text(policy);

	_Static_assert(sizeof(prefix) == POLICY_PREFIX + 1, "its length");
	if (ward_str_starts(s, WARD_STR("http://opcfoundation.org/UA/SecurityPolicy#")))
		s = ward_str_sub(s, POLICY_PREFIX, s.len);
	ward_text_ascii(w, ward_str_bytes(s), WARD_OPCUA_POLICY_TEXT);
}

static uint32_t id(const struct ward_dissect *d, enum ward_opcua_name field)
{
	return d->name[field];
}

void ward_opcua_put_z(const struct ward_dissect *d, enum ward_opcua_name field, const char *z)
{
	if (z)
		ward_emit_z(d->net, id(d, field), z);
}

void ward_opcua_put_int(const struct ward_dissect *d, enum ward_opcua_name field, int64_t v)
{
	ward_emit_int(d->net, id(d, field), v);
}

static void put_optional(const struct ward_dissect *d, enum ward_opcua_name field,
	const struct ward_opcua_optional *o)
{
	if (o->is)
		ward_opcua_put_int(d, field, o->v);
}

static void put_flag(const struct ward_dissect *d, enum ward_opcua_name field, bool v)
{
	if (v)
		ward_emit_bool(d->net, id(d, field), true);
}

static void put_str(const struct ward_dissect *d, enum ward_opcua_name field, struct ward_str s)
{
	if (s.len)
		ward_emit_str(d->net, id(d, field), s);
}

void ward_opcua_put_text(
	const struct ward_dissect *d, enum ward_opcua_name field, struct ward_slice s)
{
	char text[TEXT_MAX * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < TEXT_MAX ? s.len : TEXT_MAX;
	ward_net_text(&w, s, "");
	put_str(d, field, ward_wr_text(&w));
}

/* Info bits (OPC 10000-4 7.39.1) are left out of the name. */
static struct ward_value status_value(const struct ward_dissect *d, uint32_t status)
{
	const char *name = ward_opcua_status_name(status);
	char text[16];

	if (name)
		return ward_value_str(ward_str_z(name));
	int len = snprintf(text, sizeof(text), "0x%08x", (unsigned)status);

	return ward_value_str(ward_arena_str(&d->net->arena, (struct ward_str){text, (size_t)len}));
}

void ward_opcua_put_status(
	const struct ward_dissect *d, enum ward_opcua_name field, uint32_t status)
{
	struct ward_value *v = ward_emit_items(d->net, 1);

	if (!v)
		return;
	*v = status_value(d, status);
	if (v->s.p)
		ward_emit_list(d->net, id(d, field), v, 1);
}

void ward_opcua_put_service(const struct ward_dissect *d, enum ward_opcua_service s, uint32_t type)
{
	if (s == WARD_OPCUA_SERVICE_N)
		ward_opcua_put_int(d, WARD_OPCUA_NAME_TYPE_ID, type);
	else
		ward_opcua_put_z(d, WARD_OPCUA_NAME_SERVICE, ward_opcua_service_name(s));
}

void ward_opcua_put_connect(const struct ward_dissect *d, const struct ward_opcua *m)
{
	ward_opcua_put_text(d, WARD_OPCUA_NAME_ENDPOINT_URL, m->endpoint_url);
	ward_opcua_put_text(d, WARD_OPCUA_NAME_SERVER_URI, m->server_uri);
	if (m->kind == WARD_OPCUA_KIND_HELLO || m->kind == WARD_OPCUA_KIND_ACKNOWLEDGE) {
		ward_opcua_put_int(d, WARD_OPCUA_NAME_VERSION, m->version);
		ward_opcua_put_int(d, WARD_OPCUA_NAME_CHUNK_SIZE, m->receive_size);
	}
	if (m->kind == WARD_OPCUA_KIND_ERROR) {
		put_optional(d, WARD_OPCUA_NAME_REQUEST_ID, &m->request);
		ward_opcua_put_status(d, WARD_OPCUA_NAME_STATUS, m->error);
		ward_opcua_put_text(d, WARD_OPCUA_NAME_ERROR_TEXT, m->text);
	}
}

static void put_sans(const struct ward_dissect *d, const struct ward_tls_cert *c)
{
	struct ward_value *item = c->n_san ? ward_emit_items(d->net, c->n_san) : NULL;

	for (size_t i = 0; item && i < c->n_san; i++) {
		item[i] = ward_value_str(ward_arena_str(&d->net->arena, c->san[i]));
		if (!item[i].s.p)
			return;
	}
	if (item)
		ward_emit_list(d->net, id(d, WARD_OPCUA_NAME_CERT_SAN), item, (uint32_t)c->n_san);
}

/* The first of a chain: certificates that follow one another (OPC 10000-6 6.7.2.3). */
static struct ward_slice leaf(struct ward_slice chain)
{
	struct ward_rd r = ward_rd_slice(chain);
	uint8_t tag;
	size_t len, size = chain.len;

	if (ward_ber_head(&r, &tag, &len) && len <= chain.len - r.off)
		size = r.off + len;
	return ward_slice_of(chain.p, size);
}

static void put_certificate(const struct ward_dissect *d, struct ward_slice chain)
{
	if (!chain.len)
		return;
	const struct ward_tls_cert *c = ward_tls_cert_find(d->shared, leaf(chain));

	if (!c) {
		put_flag(d, WARD_OPCUA_NAME_CERT_UNREADABLE, true);
		return;
	}
	put_str(d, WARD_OPCUA_NAME_CERT_SUBJECT, c->subject);
	put_str(d, WARD_OPCUA_NAME_CERT_ISSUER, c->issuer);
	put_str(d, WARD_OPCUA_NAME_CERT_SERIAL, c->serial);
	put_str(d, WARD_OPCUA_NAME_CERT_SHA256, c->sha256);
	put_sans(d, c);
	put_flag(d, WARD_OPCUA_NAME_CERT_SELF_SIGNED, c->self_signed);
	put_flag(d, WARD_OPCUA_NAME_CERT_EXPIRED,
		c->has_times && d->net->frame && d->net->frame->time > c->not_after);
}

void ward_opcua_put_security(const struct ward_dissect *d, const struct ward_opcua *m)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_opcua_put_int(d, WARD_OPCUA_NAME_CHANNEL, m->channel);
	if (m->thumbprint.len <= sizeof(text) / 2)
		ward_wr_hex(&w, m->thumbprint);
	put_str(d, WARD_OPCUA_NAME_THUMBPRINT, ward_wr_text(&w));
	put_certificate(d, m->certificate);
}

static void put_application(const struct ward_dissect *d, const struct ward_opcua_application *a)
{
	static const char *const types[] = {
		"server", "client", "client_and_server", "discovery_server"};

	ward_opcua_put_text(d, WARD_OPCUA_NAME_APPLICATION_URI, a->uri);
	ward_opcua_put_text(d, WARD_OPCUA_NAME_PRODUCT_URI, a->product);
	ward_opcua_put_text(d, WARD_OPCUA_NAME_APPLICATION_NAME, a->name);
	if (a->type.is && a->type.v < (int64_t)WARD_ARRAY_LEN(types))
		ward_opcua_put_z(d, WARD_OPCUA_NAME_APPLICATION_TYPE, types[a->type.v]);
}

static struct ward_value arena_text(const struct ward_dissect *d, const struct ward_wr *w)
{
	return ward_value_str(ward_arena_str(&d->net->arena, ward_wr_text(w)));
}

static struct ward_value node_value(const struct ward_dissect *d, const struct ward_opcua_node *n)
{
	char text[NODE_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_opcua_node_text(&w, n);
	return arena_text(d, &w);
}

/* Numbers and Booleans; of all else only the type is told. */
static struct ward_value of_node(const struct ward_dissect *d, const struct ward_opcua_target *t)
{
	return node_value(d, &t->node);
}

static struct ward_value of_method(const struct ward_dissect *d, const struct ward_opcua_target *t)
{
	return node_value(d, &t->method);
}

static struct ward_value of_attribute(
	const struct ward_dissect *d, const struct ward_opcua_target *t)
{
	const char *name = ward_opcua_attribute_name(t->attribute.v);

	(void)d;
	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(t->attribute.v);
}

static struct ward_value of_value(const struct ward_dissect *d, const struct ward_opcua_target *t)
{
	const struct ward_opcua_value *v = &t->value;
	char text[40];

	if (!v->is_number)
		return ward_value_str((struct ward_str){"", 0});
	if (!v->is_real)
		return v->type == 1 ? ward_value_bool(v->number != 0) : ward_value_int(v->number);
	int len = snprintf(text, sizeof(text), "%.9g", v->real);
	struct ward_value ret = ward_value_str(
		ward_arena_str(&d->net->arena, (struct ward_str){text, (size_t)len}));

	if (isfinite(v->real))
		ret.kind = WARD_VALUE_NUM;
	return ret;
}

static struct ward_value of_type(const struct ward_dissect *d, const struct ward_opcua_target *t)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	const char *name = ward_opcua_type_name(t->value.type);

	ward_wr_z(&w, name ? name : "unknown");
	if (t->value.array)
		ward_wr_z(&w, "[]");
	return arena_text(d, &w);
}

typedef struct ward_value of_fn(const struct ward_dissect *d, const struct ward_opcua_target *t);

/* Numbers and Booleans are told as they are; of all else only the type. Lists of equal length, one
 * item per target. */
static void put_targets(const struct ward_dissect *d, enum ward_opcua_name field,
	const struct ward_opcua_body *b, of_fn *of)
{
	struct ward_value *item = ward_emit_items(d->net, b->n_kept);

	if (!item)
		return;
	for (size_t i = 0; i < b->n_kept; i++) {
		item[i] = of(d, &b->target[i]);
		if (item[i].kind == WARD_VALUE_STR && !item[i].s.p)
			return;
	}
	ward_emit_list(d->net, id(d, field), item, (uint32_t)b->n_kept);
}

static void put_results(const struct ward_dissect *d, const struct ward_opcua_body *b)
{
	struct ward_value *item = b->n_kept ? ward_emit_items(d->net, b->n_kept) : NULL;

	for (size_t i = 0; item && i < b->n_kept; i++) {
		item[i] = status_value(d, b->result[i]);
		if (!item[i].s.p)
			return;
	}
	if (item)
		ward_emit_list(d->net, id(d, WARD_OPCUA_NAME_RESULT), item, (uint32_t)b->n_kept);
	if (b->n_bad)
		ward_opcua_put_int(d, WARD_OPCUA_NAME_BAD_RESULTS, (int64_t)b->n_bad);
}

static void put_endpoints(const struct ward_dissect *d, const struct ward_opcua_body *b)
{
	struct ward_value *policy = ward_emit_items(d->net, b->n_kept),
			  *mode = policy ? ward_emit_items(d->net, b->n_kept) : NULL;
	bool anonymous = false;

	for (size_t i = 0; mode && i < b->n_kept; i++) {
		char text[WARD_OPCUA_POLICY_TEXT];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		const char *name = ward_opcua_mode_name(b->endpoint[i].mode);

		ward_opcua_policy_text(&w, b->endpoint[i].policy);
		policy[i] = arena_text(d, &w);
		mode[i] = ward_value_str(ward_str_z(name ? name : "invalid"));
		anonymous |= b->endpoint[i].anonymous;
		if (!policy[i].s.p)
			return;
	}
	if (!mode)
		return;
	ward_opcua_put_text(d, WARD_OPCUA_NAME_ENDPOINT_URL, b->endpoint[0].url);
	ward_emit_list(d->net, id(d, WARD_OPCUA_NAME_ENDPOINT_POLICY), policy, (uint32_t)b->n_kept);
	ward_emit_list(d->net, id(d, WARD_OPCUA_NAME_ENDPOINT_MODE), mode, (uint32_t)b->n_kept);
	ward_emit_bool(d->net, id(d, WARD_OPCUA_NAME_ENDPOINT_ANONYMOUS), anonymous);
}

static void put_lists(const struct ward_dissect *d, const struct ward_opcua_body *b)
{
	put_optional(d, WARD_OPCUA_NAME_TARGETS, &b->n_target);
	put_optional(d, WARD_OPCUA_NAME_RESULTS, &b->n_result);
	if (b->response && b->n_result.is)
		put_results(d, b);
	else if (b->response && b->n_kept)
		put_endpoints(d, b);
	if (b->response || !b->n_kept)
		return;
	put_targets(d, WARD_OPCUA_NAME_NODE, b, of_node);
	if (b->service == WARD_OPCUA_CALL)
		put_targets(d, WARD_OPCUA_NAME_METHOD, b, of_method);
	if (b->target[0].attribute.is)
		put_targets(d, WARD_OPCUA_NAME_ATTRIBUTE, b, of_attribute);
	if (b->service == WARD_OPCUA_WRITE) {
		put_targets(d, WARD_OPCUA_NAME_VALUE_TYPE, b, of_type);
		put_targets(d, WARD_OPCUA_NAME_VALUE, b, of_value);
	}
}

void ward_opcua_put_body(const struct ward_dissect *d, const struct ward_opcua_body *b)
{
	ward_opcua_put_text(d, WARD_OPCUA_NAME_SERVER_URI, b->server_uri);
	if (b->endpoint_url.len)
		ward_opcua_put_text(d, WARD_OPCUA_NAME_ENDPOINT_URL, b->endpoint_url);
	put_application(d, &b->app);
	ward_opcua_put_text(d, WARD_OPCUA_NAME_SESSION_NAME, b->session_name);
	put_certificate(d, b->certificate);
	if (b->renew.is)
		put_flag(d, WARD_OPCUA_NAME_RENEW, b->renew.v != 0);
	put_optional(d, WARD_OPCUA_NAME_LIFETIME, &b->lifetime_ms);
	put_lists(d, b);
	put_flag(d, WARD_OPCUA_NAME_PARTIAL, b->partial);
}
