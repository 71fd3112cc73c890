/* Requests and responses, OPC 10000-4 clause 5, fields in the order of OPC 10000-6 Annex C's
 * schema. What follows the last field that is told is not read. */
#include "sense/net/proto/opcua/opcua.h"

typedef void read_fn(struct ward_rd *r, struct ward_opcua_body *b);

static struct ward_opcua_optional some(int64_t v)
{
	return (struct ward_opcua_optional){true, v};
}

/* How many items follow. A count of more than there can be is wrong, unless the rest is elsewhere.
 */
static uint32_t count(struct ward_rd *r)
{
	uint32_t n = ward_rd_le32(r);

	return n == UINT32_MAX ? 0 : n;
}

static uint32_t target_count(struct ward_rd *r, struct ward_opcua_body *b)
{
	uint32_t n = count(r);

	if (!ward_rd_bad(r))
		b->n_target = some(n);
	return n;
}

static void skip_strings(struct ward_rd *r)
{
	uint32_t n = count(r);

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++)
		(void)ward_opcua_string(r);
}

/* 7.2 */
static void application(struct ward_rd *r, struct ward_opcua_application *a)
{
	a->uri = ward_opcua_string(r);
	a->product = ward_opcua_string(r);
	a->name = ward_opcua_localized(r);
	a->type = some(ward_rd_le32(r));
	(void)ward_opcua_string(r); /* gateway */
	(void)ward_opcua_string(r); /* discovery profile */
	skip_strings(r);            /* discovery URLs */
	if (ward_rd_bad(r))
		a->type.is = false;
}

/* 7.42 */
static bool token_policies(struct ward_rd *r)
{
	uint32_t n = count(r);
	bool anonymous = false;

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		(void)ward_opcua_string(r); /* policy id */
		anonymous |= ward_rd_le32(r) == 0;
		(void)ward_opcua_string(r); /* token type */
		(void)ward_opcua_string(r); /* issuer */
		(void)ward_opcua_string(r); /* security policy */
	}
	return anonymous && !ward_rd_bad(r);
}

/* 7.14, a list; who sends it is in each. */
static void endpoints(struct ward_rd *r, struct ward_opcua_body *b)
{
	uint32_t n = target_count(r, b);

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_opcua_endpoint e;
		struct ward_opcua_application a;

		e.url = ward_opcua_string(r);
		application(r, &a);
		(void)ward_opcua_string(r); /* certificate */
		e.mode = ward_rd_le32(r);
		e.policy = ward_opcua_string(r);
		e.anonymous = token_policies(r);
		(void)ward_opcua_string(r); /* transport */
		ward_rd_skip(r, 1);         /* level */
		if (ward_rd_bad(r))
			return;
		if (i == 0)
			b->app = a;
		if (b->n_kept < WARD_OPCUA_ITEMS)
			b->endpoint[b->n_kept++] = e;
	}
}

static void url_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	b->endpoint_url = ward_opcua_string(r);
}

static void find_servers_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	uint32_t n = target_count(r, b);

	if (n)
		application(r, &b->app);
}

/* 7.32 */
static void register_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	b->app.uri = ward_opcua_string(r);
	b->app.product = ward_opcua_string(r);
	uint32_t n = count(r);

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_slice name = ward_opcua_localized(r);

		if (i == 0)
			b->app.name = name;
	}
	int64_t type = ward_rd_le32(r);

	if (!ward_rd_bad(r))
		b->app.type = some(type);
}

static void open_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	ward_rd_skip(r, 4); /* version */
	b->renew = some(ward_rd_le32(r) == 1);
	b->mode = some(ward_rd_le32(r));
	(void)ward_opcua_string(r); /* nonce */
	b->lifetime_ms = some(ward_rd_le32(r));
}

static void open_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	ward_rd_skip(r, 4 + 4 + 4 + 8); /* version, channel, token, time */
	b->lifetime_ms = some(ward_rd_le32(r));
}

static void create_session_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	application(r, &b->app);
	b->server_uri = ward_opcua_string(r);
	b->endpoint_url = ward_opcua_string(r);
	b->session_name = ward_opcua_string(r);
	(void)ward_opcua_string(r); /* nonce */
	b->certificate = ward_opcua_string(r);
}

static void create_session_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	(void)ward_opcua_node_read(r, false); /* session */
	(void)ward_opcua_node_read(r, false); /* its secret */
	ward_rd_skip(r, 8);                   /* timeout */
	(void)ward_opcua_string(r);           /* nonce */
	b->certificate = ward_opcua_string(r);
	endpoints(r, b);
}

/* 7.41: the policy's id, then who it is. */
static void identity(struct ward_rd *r, struct ward_opcua_body *b)
{
	struct ward_slice token;

	b->identity = ward_opcua_extension(r, &token);
	if (ward_rd_bad(r))
		return;
	struct ward_rd t = ward_rd_slice(token);

	(void)ward_opcua_string(&t);
	if (b->identity == WARD_OPCUA_X509) {
		b->certificate = ward_opcua_string(&t);
	} else if (b->identity == WARD_OPCUA_USER_NAME) {
		b->user = ward_opcua_string(&t);
		struct ward_slice password = ward_opcua_string(&t),
				  algorithm = ward_opcua_string(&t);

		b->secret = password.len && !algorithm.len && !ward_rd_bad(&t);
	}
	if (token.len && ward_rd_bad(&t))
		r->bad = true;
}

static void activate_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	(void)ward_opcua_string(r); /* signature's algorithm */
	(void)ward_opcua_string(r);
	uint32_t n = count(r); /* software certificates */

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		(void)ward_opcua_string(r);
		(void)ward_opcua_string(r);
	}
	skip_strings(r); /* locales */
	identity(r, b);
}

/* What is told of each target, in a list. */
typedef void target_fn(struct ward_rd *r, struct ward_opcua_target *t);

static void targets(struct ward_rd *r, struct ward_opcua_body *b, target_fn *read)
{
	uint32_t n = target_count(r, b);

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_opcua_target t = {.attribute.is = false};

		read(r, &t);
		if (!ward_rd_bad(r) && b->n_kept < WARD_OPCUA_ITEMS)
			b->target[b->n_kept++] = t;
	}
}

static void node_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	t->node = ward_opcua_node_read(r, false);
}

static void delete_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	node_target(r, t);
	ward_rd_skip(r, 1);
}

static void browse_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	node_target(r, t);
	ward_rd_skip(r, 4);
	t->method = ward_opcua_node_read(r, false); /* reference type */
	ward_rd_skip(r, 1 + 4 + 4);
	t->method.kind = 0;
}

/* 7.29 */
static void read_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	node_target(r, t);
	t->attribute = some(ward_rd_le32(r));
	(void)ward_opcua_string(r); /* index range */
	(void)ward_opcua_qualified(r);
}

static void write_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	node_target(r, t);
	t->attribute = some(ward_rd_le32(r));
	(void)ward_opcua_string(r); /* index range */
	ward_opcua_data_value(r, &t->value);
}

static void skip_variants(struct ward_rd *r)
{
	uint32_t n = count(r);
	struct ward_opcua_value v;

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++)
		ward_opcua_variant(r, &v);
}

static void call_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	node_target(r, t);
	t->method = ward_opcua_node_read(r, false);
	skip_variants(r);
}

/* 7.17: what is to be watched, then how. */
static void monitored_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	struct ward_slice filter;

	read_target(r, t);
	ward_rd_skip(r, 4 + 4 + 8);
	(void)ward_opcua_extension(r, &filter);
	ward_rd_skip(r, 4 + 1);
}

static void add_target(struct ward_rd *r, struct ward_opcua_target *t)
{
	struct ward_slice attributes;

	t->node = ward_opcua_node_read(r, true); /* parent */
	(void)ward_opcua_node_read(r, false);
	(void)ward_opcua_node_read(r, true);
	(void)ward_opcua_qualified(r);
	ward_rd_skip(r, 4);
	(void)ward_opcua_extension(r, &attributes);
	(void)ward_opcua_node_read(r, true);
}

static void browse_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	(void)ward_opcua_node_read(r, false); /* view */
	ward_rd_skip(r, 8 + 4 + 4);
	targets(r, b, browse_target);
}

static void read_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	ward_rd_skip(r, 8 + 4); /* age, times */
	targets(r, b, read_target);
}

static void write_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	targets(r, b, write_target);
}

static void call_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	targets(r, b, call_target);
}

static void monitored_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	ward_rd_skip(r, 4 + 4); /* subscription, times */
	targets(r, b, monitored_target);
}

static void add_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	targets(r, b, add_target);
}

static void delete_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	targets(r, b, delete_target);
}

static void nodes_request(struct ward_rd *r, struct ward_opcua_body *b)
{
	targets(r, b, node_target);
}

static void counted(struct ward_rd *r, struct ward_opcua_body *b)
{
	(void)target_count(r, b);
}

/* A status each, perhaps with more behind it. */
static void results(struct ward_rd *r, struct ward_opcua_body *b, void (*rest)(struct ward_rd *r))
{
	uint32_t n = count(r);

	if (!ward_rd_bad(r))
		b->n_result = some(n);
	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		uint32_t status = ward_rd_le32(r);

		if (ward_rd_bad(r))
			return;
		if (b->n_kept < WARD_OPCUA_ITEMS)
			b->result[b->n_kept++] = status;
		b->n_bad += status >= WARD_OPCUA_BAD;
		if (rest)
			rest(r);
	}
}

static void results_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	results(r, b, NULL);
}

/* 5.12.2: of the arguments, then what came out. */
static void call_rest(struct ward_rd *r)
{
	uint32_t n = count(r);

	ward_rd_skip(r, n > ward_rd_left(r) ? SIZE_MAX : 4 * (size_t)n);
	n = count(r);
	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++)
		ward_opcua_diagnostic(r);
	skip_variants(r);
}

static void call_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	results(r, b, call_rest);
}

static void activate_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	(void)ward_opcua_string(r); /* nonce */
	results(r, b, NULL);
}

static void monitored_rest(struct ward_rd *r)
{
	struct ward_slice filter;

	ward_rd_skip(r, 4 + 8 + 4);
	(void)ward_opcua_extension(r, &filter);
}

static void monitored_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	results(r, b, monitored_rest);
}

static void add_rest(struct ward_rd *r)
{
	(void)ward_opcua_node_read(r, false);
}

static void add_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	results(r, b, add_rest);
}

/* Read's values: only how many. */
static void values_response(struct ward_rd *r, struct ward_opcua_body *b)
{
	uint32_t n = count(r);

	if (!ward_rd_bad(r))
		b->n_result = some(n);
}

static const struct {
	read_fn *request, *response;
} readers[WARD_OPCUA_SERVICE_N] = {
	[WARD_OPCUA_FIND_SERVERS] = {url_request, find_servers_response},
	[WARD_OPCUA_GET_ENDPOINTS] = {url_request, endpoints},
	[WARD_OPCUA_REGISTER_SERVER] = {register_request, NULL},
	[WARD_OPCUA_REGISTER_SERVER2] = {register_request, NULL},
	[WARD_OPCUA_OPEN] = {open_request, open_response},
	[WARD_OPCUA_CREATE_SESSION] = {create_session_request, create_session_response},
	[WARD_OPCUA_ACTIVATE_SESSION] = {activate_request, activate_response},
	[WARD_OPCUA_ADD_NODES] = {add_request, add_response},
	[WARD_OPCUA_ADD_REFERENCES] = {counted, results_response},
	[WARD_OPCUA_DELETE_NODES] = {delete_request, results_response},
	[WARD_OPCUA_DELETE_REFERENCES] = {counted, results_response},
	[WARD_OPCUA_BROWSE] = {browse_request, values_response},
	[WARD_OPCUA_TRANSLATE] = {counted, values_response},
	[WARD_OPCUA_REGISTER_NODES] = {nodes_request, NULL},
	[WARD_OPCUA_UNREGISTER_NODES] = {nodes_request, NULL},
	[WARD_OPCUA_READ] = {read_request, values_response},
	[WARD_OPCUA_WRITE] = {write_request, results_response},
	[WARD_OPCUA_HISTORY_UPDATE] = {counted, values_response},
	[WARD_OPCUA_CALL] = {call_request, call_response},
	[WARD_OPCUA_CREATE_MONITORED_ITEMS] = {monitored_request, monitored_response},
};

/* 7.33: the first field is the session's secret. */
static void request_header(struct ward_rd *r)
{
	struct ward_slice more;

	(void)ward_opcua_node_read(r, false);
	ward_rd_skip(r, 8 + 4 + 4);
	(void)ward_opcua_string(r);
	ward_rd_skip(r, 4);
	(void)ward_opcua_extension(r, &more);
}

/* 7.34 */
static void response_header(struct ward_rd *r, struct ward_opcua_body *b)
{
	struct ward_slice more;

	ward_rd_skip(r, 8 + 4);
	b->status = ward_rd_le32(r);
	ward_opcua_diagnostic(r);
	skip_strings(r);
	(void)ward_opcua_extension(r, &more);
}

bool ward_opcua_body_read(struct ward_rd *r, bool cut, struct ward_opcua_body *b, bool *ret_header)
{
	struct ward_opcua_node type = ward_opcua_node_read(r, true);

	*ret_header = true;
	if (type.kind != 'i' || type.ns != 0)
		return false;
	b->type_id = type.number;
	b->service = ward_opcua_service_of(type.number, &b->response);
	b->fault = type.number == WARD_OPCUA_FAULT;
	if (b->service == WARD_OPCUA_SERVICE_N && !b->fault)
		return !ward_rd_bad(r);
	if (b->response)
		response_header(r, b);
	else
		request_header(r);
	if (ward_rd_bad(r))
		return false;
	*ret_header = false;
	/* Of an error nothing but the header is sure. */
	if (b->fault || b->status >= WARD_OPCUA_BAD)
		return true;
	read_fn *read = b->response ? readers[b->service].response : readers[b->service].request;

	if (read)
		read(r, b);
	b->partial = ward_rd_bad(r);
	return !b->partial || cut;
}
