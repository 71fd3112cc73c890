#include "model/coverage/priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 64, REASON_MAX = 512, TEXT_BYTES = 16 << 20 };
/* A scan meets every port, and a forged sender every network. Each network has PORTS rows that are
 * named by a port, and one for each PORTS_OF of the limit; networks that are not the hospital's
 * have half of the table. What is more is put together. */
enum { PORTS = 16, PORTS_OF = 256 };
enum { BY_PACKETS = 1, BY_FLOW = 2 };

const char *ward_cover_word(enum ward_cover how)
{
	static const char *const word[WARD_COVER_N] = {
		[WARD_COVER_CLEAR] = WARD_TEXT("clear"),
		[WARD_COVER_ENCRYPTED] = WARD_TEXT("encrypted"),
		[WARD_COVER_PACKETS] = WARD_TEXT("unrecognised"),
		[WARD_COVER_CUT] = WARD_TEXT("cut"),
		[WARD_COVER_FLOW] = WARD_TEXT("flow only"),
		[WARD_COVER_SENT] = WARD_TEXT("sent by us"),
	};

	return word[how];
}

enum ward_err ward_coverage_new(const struct ward_mem *mem, const struct ward_limits *lim,
	struct ward_names *names, const struct ward_model *model, struct ward_coverage **ret)
{
	size_t max = ward_limit(lim, WARD_LIMIT_COVERAGE_ROWS);
	struct ward_coverage *c = ward_mem_alloc(mem, sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	c->mem = mem;
	c->names = names;
	c->model = model;
	c->last_source = WARD_NONE;
	c->class_flow = ward_name(names, WARD_STR("net.flow"));
	c->class_host = ward_name(names, WARD_STR("net.host"));
	c->class_loss = ward_name(names, WARD_STR("net.loss"));
	c->class_sent = ward_name(names, WARD_STR("net.sent"));
	c->class_ward_loss = ward_name(names, WARD_STR("ward.loss"));
	c->dropped = ward_name(names, WARD_STR("loss.capture_dropped"));
	c->cut = ward_name(names, WARD_STR("loss.snapped_packets"));
	c->undecoded = ward_name(names, WARD_STR("loss.undecoded_packets"));
	c->link_type = ward_name(names, WARD_STR("loss.link_type"));
	c->snapped_packets = ward_name(names, WARD_STR("snapped_packets"));
	c->ethertype = ward_name(names, WARD_STR("ethertype"));
	c->exporter = ward_name(names, WARD_STR("flow.exporter"));
	c->format = ward_name(names, WARD_STR("flow.format"));
	c->acked_unseen = ward_name(names, WARD_STR("loss.acked_unseen_bytes"));
	c->tcp_bytes = ward_name(names, WARD_STR("loss.tcp_bytes"));
	c->expected = ward_name(names, WARD_STR("service_expected"));
	ward_intern_init(&c->net, mem, max, TEXT_BYTES);
	ward_intern_init(&c->proto, mem, max, TEXT_BYTES);
	ward_intern_init(&c->source, mem, max, TEXT_BYTES);
	ward_intern_init(&c->formats, mem, WARD_COVER_FORMATS, TEXT_BYTES);
	ward_intern_init(&c->reasons, mem, WARD_COVER_REASONS, TEXT_BYTES);
	ward_tab_init(
		&c->rows, mem, sizeof(struct ward_cover_key), sizeof(struct ward_cover_row), max);
	if (model && !(c->heard = ward_mem_alloc(mem, ward_model_n(model)))) {
		ward_coverage_free(c);
		return WARD_ERR_NOMEM;
	}
	*ret = c;
	return WARD_OK;
}

void ward_coverage_free(struct ward_coverage *c)
{
	if (!c)
		return;
	ward_intern_fini(&c->net);
	ward_intern_fini(&c->proto);
	ward_intern_fini(&c->source);
	ward_intern_fini(&c->formats);
	ward_intern_fini(&c->reasons);
	ward_tab_fini(&c->rows);
	ward_mem_free(c->mem, c->src, c->cap_src * sizeof(*c->src));
	ward_mem_free(c->mem, c->ports, c->cap_ports * sizeof(*c->ports));
	if (c->heard)
		ward_mem_free(c->mem, c->heard, ward_model_n(c->model));
	ward_mem_free(c->mem, c, sizeof(*c));
}

static bool number(const struct ward_event *e, uint32_t name, uint64_t *ret)
{
	const struct ward_value *v = ward_event_get(e, name);

	if (!v || v->kind != WARD_VALUE_INT || v->i < 0)
		return false;
	*ret = (uint64_t)v->i;
	return true;
}

static void widen(struct ward_cover_span *s, bool fresh, ward_ns first, ward_ns last)
{
	if (fresh || first < s->first)
		s->first = first;
	if (fresh || last > s->last)
		s->last = last;
}

/* A text's id; LIMIT is not the caller's failure but counted. */
static enum ward_err intern(
	struct ward_coverage *c, struct ward_intern *t, struct ward_str s, uint32_t *ret)
{
	enum ward_err err = ward_intern_put(t, s, ret);

	if (err != WARD_ERR_LIMIT)
		return err;
	c->left_out++;
	*ret = WARD_NONE;
	return WARD_OK;
}

/* The network of an address: the model's, else its /24 or /64. Empty for none. */
static struct ward_str network_of(
	const struct ward_coverage *c, struct ward_str ip, char text[TEXT_MAX])
{
	uint32_t node = c->model ? ward_model_network_of(c->model, ip) : WARD_NONE;
	char addr[INET6_ADDRSTRLEN];
	uint8_t b[16];

	if (node != WARD_NONE)
		return ward_model_node(c->model, node)->id;
	if (!ip.len || ip.len >= sizeof(addr))
		return WARD_STR("");
	memcpy(addr, ip.p, ip.len);
	addr[ip.len] = 0;
	if (inet_pton(AF_INET, addr, b) == 1) {
		/* multicast, broadcast, this host */
		if (b[0] >= 224 || b[0] == 0)
			return WARD_STR("");
		(void)snprintf(text, TEXT_MAX, "%u.%u.%u.0/24", b[0], b[1], b[2]);
		return ward_str_z(text);
	}
	if (inet_pton(AF_INET6, addr, b) != 1 || b[0] == 0xff)
		return WARD_STR("");
	memset(b + 8, 0, 8);
	(void)inet_ntop(AF_INET6, b, addr, sizeof(addr));
	(void)snprintf(text, TEXT_MAX, "%s/64", addr);
	return ward_str_z(text);
}

static void hear(struct ward_coverage *c, struct ward_str ip, uint8_t how)
{
	uint32_t node =
		c->model && ip.len ? ward_model_by_key(c->model, WARD_KEY_IP, ip) : WARD_NONE;

	if (node != WARD_NONE)
		c->heard[node] |= how;
}

static bool is_encrypted(struct ward_str services)
{
	static const char *const word[] = {"quic", "ssh", "tls"};

	while (services.p) {
		struct ward_str s = ward_str_cut(&services, ',');

		for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
			if (ward_str_eqz(s, word[i]))
				return true;
	}
	return false;
}

/* The service, else protocol and the lower port: that is the server's more often than not. */
static struct ward_str protocol_of(const struct ward_event *e, char text[TEXT_MAX])
{
	struct ward_str service = ward_event_str(e, WARD_FIELD_SERVICE),
			proto = ward_event_str(e, WARD_FIELD_PROTO);
	uint64_t src, dst;

	if (service.len)
		return service;
	if (!number(e, WARD_FIELD_SRC_PORT, &src) || !number(e, WARD_FIELD_DST_PORT, &dst))
		return proto.len ? proto : WARD_STR("?");
	(void)snprintf(text, TEXT_MAX, "%.*s/%u", WARD_STR_ARG(ward_str_sub(proto, 0, 16)),
		(unsigned)((src < dst ? src : dst) & 0xffff));
	return ward_str_z(text);
}

struct flow {
	enum ward_cover how;
	struct ward_str proto;
	uint32_t source;
	ward_ns first, last;
	uint64_t packets, bytes;
	bool one_sided;
};

/* Names of services have no stroke. */
static bool is_port(struct ward_str proto)
{
	return proto.len && memchr(proto.p, '/', proto.len);
}

enum ward_err ward_cover_counted(struct ward_coverage *c, const struct ward_cover_key *key)
{
	while (c->n_ports <= key->net) {
		enum ward_err err = ward_mem_more(c->mem, &c->ports, c->n_ports, &c->cap_ports,
			sizeof(*c->ports), (size_t)UINT32_MAX);

		if (err)
			return err;
		c->ports[c->n_ports++] = 0;
	}
	c->ports[key->net] += is_port(ward_intern_at(&c->proto, key->proto));
	return WARD_OK;
}

static struct ward_cover_row *row_of(
	const struct ward_coverage *c, struct ward_str net, const struct flow *f)
{
	struct ward_cover_key key = {
		ward_intern_find(&c->net, net), ward_intern_find(&c->proto, f->proto), f->how};

	return key.net == WARD_NONE || key.proto == WARD_NONE ? NULL
							      : ward_tab_find(&c->rows, &key);
}

/* Where a flow counts that has no row yet: what would be too much is put together. */
static void put_together(
	const struct ward_coverage *c, struct ward_str *net, struct flow *f, char text[TEXT_MAX])
{
	uint32_t known;

	if (c->rows.n >= c->rows.max / 2 &&
		!(c->model && ward_model_find(c->model, *net) != WARD_NONE))
		*net = WARD_STR("other networks");
	known = ward_intern_find(&c->net, *net);
	if (known >= c->n_ports || !is_port(f->proto) ||
		c->ports[known] < PORTS + c->rows.max / PORTS_OF)
		return;
	struct ward_str rest = f->proto, proto = ward_str_cut(&rest, '/');

	(void)snprintf(text, TEXT_MAX, "%.*s/other", WARD_STR_ARG(proto));
	f->proto = ward_str_z(text);
}

static enum ward_err new_row(struct ward_coverage *c, struct ward_str net, const struct flow *f,
	struct ward_cover_row **ret)
{
	struct ward_cover_key key = {.how = f->how};
	enum ward_err err = intern(c, &c->net, net, &key.net);
	bool fresh = false;
	void *v;

	if (!err && key.net != WARD_NONE)
		err = intern(c, &c->proto, f->proto, &key.proto);
	if (err || key.net == WARD_NONE || key.proto == WARD_NONE)
		return err;
	err = ward_tab_put(&c->rows, &key, &v, &fresh);
	if (err == WARD_ERR_LIMIT)
		c->left_out++;
	if (err)
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	*ret = v;
	(*ret)->key = key;
	if (fresh)
		(*ret)->source = f->source;
	return fresh ? ward_cover_counted(c, &key) : WARD_OK;
}

static enum ward_err count_flow(struct ward_coverage *c, struct ward_str net, struct flow f)
{
	struct ward_cover_row *row = row_of(c, net, &f);
	enum ward_err err = WARD_OK;
	char text[TEXT_MAX];

	if (!row) {
		put_together(c, &net, &f, text);
		err = new_row(c, net, &f, &row);
	}
	if (err || !row)
		return err;
	widen(&row->span, row->flows == 0, f.first, f.last);
	row->others |= row->source != f.source;
	row->flows++;
	row->packets += f.packets;
	row->bytes += f.bytes;
	row->one_sided += f.one_sided;
	return WARD_OK;
}

static enum ward_err take_flow(struct ward_coverage *c, const struct ward_event *e, uint32_t source)
{
	struct ward_str service = ward_event_str(e, WARD_FIELD_SERVICE),
			src = ward_event_str(e, WARD_FIELD_SRC_IP),
			dst = ward_event_str(e, WARD_FIELD_DST_IP);
	bool exported = ward_event_get(e, c->exporter) || ward_event_get(e, c->format);
	uint64_t n[4] = {0}, duration = 0, n_cut = 0;
	char text[TEXT_MAX], net_text[2][TEXT_MAX];
	struct flow f = {.source = source, .first = e->time, .last = e->time};

	(void)number(e, WARD_FIELD_PACKETS, &n[0]);
	(void)number(e, WARD_FIELD_BYTES, &n[1]);
	bool has_back = number(e, WARD_FIELD_PACKETS_BACK, &n[2]);
	(void)number(e, WARD_FIELD_BYTES_BACK, &n[3]);
	if (number(e, WARD_FIELD_DURATION_NS, &duration) && duration < INT64_MAX / 2)
		(void)ward_sub(e->time, (ward_ns)duration, &f.first);
	f.packets = n[0] + n[2];
	f.bytes = n[1] + n[3];
	/* a datagram may want no answer, a connection lives of both */
	f.one_sided = !exported && has_back && (!n[0] || !n[2]) && f.packets > 3 &&
		      ward_str_eqz(ward_event_str(e, WARD_FIELD_PROTO), "tcp");
	bool is_cut = number(e, c->snapped_packets, &n_cut) && n_cut;

	f.how = exported                ? WARD_COVER_FLOW
		: is_encrypted(service) ? WARD_COVER_ENCRYPTED
		: service.len           ? WARD_COVER_CLEAR
		: is_cut                ? WARD_COVER_CUT
					: WARD_COVER_PACKETS;
	if (n[0])
		hear(c, src, exported ? BY_FLOW : BY_PACKETS);
	if (n[2])
		hear(c, dst, exported ? BY_FLOW : BY_PACKETS);
	f.proto = protocol_of(e, text);
	enum ward_err err = WARD_OK;
	struct ward_str net[2] = {network_of(c, src, net_text[0]), network_of(c, dst, net_text[1])};

	for (size_t i = 0; i < 2 && !err; i++)
		if (net[i].len && !(i == 1 && ward_str_eq(net[0], net[1])))
			err = count_flow(c, net[i], f);
	return err;
}

/* What this machine sent by an interface that should only listen, by the network of who it was for.
 */
static enum ward_err take_sent(struct ward_coverage *c, const struct ward_event *e, uint32_t source)
{
	struct flow f = {
		.how = WARD_COVER_SENT, .source = source, .first = e->time, .last = e->time};
	char text[TEXT_MAX], net_text[TEXT_MAX];
	struct ward_str proto = ward_event_str(e, WARD_FIELD_PROTO),
			net = network_of(c, ward_event_str(e, WARD_FIELD_DST_IP), net_text);
	uint64_t v;

	(void)number(e, WARD_FIELD_PACKETS, &f.packets);
	(void)number(e, WARD_FIELD_BYTES, &f.bytes);
	if (number(e, WARD_FIELD_DST_PORT, &v))
		(void)snprintf(text, sizeof(text), "%.*s/%u",
			WARD_STR_ARG(ward_str_sub(proto, 0, 16)), (unsigned)(v & 0xffff));
	else if (!proto.len && number(e, c->ethertype, &v))
		(void)snprintf(text, sizeof(text), "ethertype 0x%04x", (unsigned)(v & 0xffff));
	else
		(void)snprintf(text, sizeof(text), "%.*s",
			WARD_STR_ARG(ward_str_sub(proto.len ? proto : WARD_STR("?"), 0, 16)));
	f.proto = ward_str_z(text);
	c->src[source].sent += f.packets;
	return count_flow(c, net.len ? net : WARD_STR("multicast, broadcast, no address"), f);
}

static struct ward_cover_source *source_of(
	struct ward_coverage *c, const struct ward_event *e, uint32_t *ret, enum ward_err *ret_err)
{
	*ret = c->last_source;
	*ret_err = WARD_OK;
	if (e->source != c->last_name || *ret == WARD_NONE)
		*ret_err = intern(c, &c->source, ward_name_text(c->names, e->source), ret);
	c->last_name = e->source;
	c->last_source = *ret_err ? WARD_NONE : *ret;
	while (!*ret_err && *ret != WARD_NONE && c->n_src <= *ret) {
		*ret_err = ward_mem_more(c->mem, &c->src, c->n_src, &c->cap_src, sizeof(*c->src),
			SIZE_MAX / sizeof(*c->src));
		if (!*ret_err)
			c->src[c->n_src++] = (struct ward_cover_source){0};
	}
	return *ret_err || *ret == WARD_NONE ? NULL : &c->src[*ret];
}

/* By whom the source's flows are told, when it is not our own sensor. */
static enum ward_err note_format(
	struct ward_coverage *c, struct ward_cover_source *s, struct ward_str format)
{
	uint32_t id;
	enum ward_err err;

	if (!format.len)
		return WARD_OK;
	s->flows_told++;
	err = intern(c, &c->formats, format, &id);
	if (!err && id < 8 * sizeof(s->formats))
		s->formats |= 1u << id;
	return err;
}

/* What the source's sensor says that it did not see of the packets. */
static void take_unseen(
	struct ward_coverage *c, struct ward_cover_source *s, const struct ward_event *e)
{
	const struct {
		uint32_t name;
		uint64_t *to;
	} sums[] = {
		{c->acked_unseen, &s->unseen_bytes},
		{c->tcp_bytes, &s->seen_bytes},
		{WARD_FIELD_LOST, &s->lost},
		{c->dropped, &s->lost_frames},
		{c->cut, &s->snapped},
		{c->undecoded, &s->undecoded},
	};
	uint64_t n;

	for (size_t i = 0; i < WARD_ARRAY_LEN(sums); i++)
		if (number(e, sums[i].name, &n))
			*sums[i].to += n;
	if (number(e, c->link_type, &n))
		s->link_type = n;
}

/* Why Ward itself lost input: on an interface it is frames, else events. Without a number it heard
 * nothing for a while, nobody knows how much. */
static enum ward_err take_ward_loss(
	struct ward_coverage *c, struct ward_cover_source *s, const struct ward_event *e)
{
	struct ward_str reason = ward_event_str(e, WARD_FIELD_REASON),
			iface = ward_event_str(e, WARD_FIELD_IFACE);
	char text[REASON_MAX];
	uint64_t n = 0;
	uint32_t id;

	(void)number(e, WARD_FIELD_LOST, &n);
	*(iface.len ? &s->lost_frames : &s->lost_events) += n;
	if (!reason.len)
		return WARD_OK;
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (iface.len && iface.len < TEXT_MAX) {
		ward_wr_str(&w, iface);
		ward_wr_z(&w, ": ");
	}
	if (reason.len > REASON_MAX - TEXT_MAX - 2)
		reason = ward_str_z(WARD_TEXT("a reason that is too long to be kept"));
	ward_wr_str(&w, reason);
	id = ward_intern_find(&c->reasons, ward_wr_text(&w));
	/* more reasons than bits: what is lost counts, only its reason is not named */
	if (id == WARD_NONE && c->reasons.n == WARD_COVER_REASONS)
		return WARD_OK;
	enum ward_err err = ward_intern_put(&c->reasons, ward_wr_text(&w), &id);

	if (!err)
		s->reasons |= 1u << id;
	return err;
}

bool ward_cover_is_lossy(const struct ward_cover_source *s)
{
	return s->lost_frames || s->lost_events || s->reasons || s->unseen_bytes || s->lost ||
	       s->undecoded;
}

enum ward_err ward_coverage_event(struct ward_coverage *c, const struct ward_event *e)
{
	uint32_t id;
	enum ward_err err;
	struct ward_cover_source *s = source_of(c, e, &id, &err);

	if (!s)
		return err;
	widen(&s->span, s->events == 0, e->time, e->time);
	s->events++;
	s->live = s->live || ward_event_get(e, WARD_FIELD_IFACE);
	if (e->class == c->class_sent)
		return take_sent(c, e, id);
	if (e->class == c->class_flow) {
		s->flows++;
		err = note_format(c, s, ward_event_str(e, c->format));
		if (err)
			return err;
		return take_flow(c, e, id);
	}
	if (e->class == c->class_host)
		hear(c, ward_event_str(e, WARD_FIELD_SRC_IP), BY_PACKETS);
	if (e->class == c->class_loss)
		take_unseen(c, s, e);
	return e->class == c->class_ward_loss ? take_ward_loss(c, s, e) : WARD_OK;
}

bool ward_cover_is_asset(const struct ward_coverage *c, uint32_t node, uint32_t *ret_network)
{
	const struct ward_node *n = ward_model_node(c->model, node);

	*ret_network = n->network;
	return n->kind == WARD_NODE_ASSET &&
	       (n->network != WARD_NONE || ward_model_key(c->model, node, WARD_KEY_IP).len);
}

struct ward_cover_assets ward_cover_assets(const struct ward_coverage *c, uint32_t network)
{
	struct ward_cover_assets a = {0};
	uint32_t of;

	for (uint32_t i = 0; i < ward_model_n(c->model); i++) {
		if (!ward_cover_is_asset(c, i, &of) || of != network)
			continue;
		a.n++;
		a.heard += c->heard[i] != 0;
		a.heard_flow += c->heard[i] == BY_FLOW;
	}
	return a;
}

enum { NO_ADDRESS, NO_NETWORK, NOT_HEARD };

const char *ward_cover_reason_at(size_t i)
{
	static const char *const text[] = {
		[NO_ADDRESS] = WARD_TEXT(
			"the directory has no IP address for it, so nothing can be told to be its"),
		[NO_NETWORK] = WARD_TEXT("no source shows anything of its network"),
		[NOT_HEARD] = WARD_TEXT("its network is seen, but not it: it is off or silent, or "
					"no mirror is on its way"),
	};

	return i < WARD_ARRAY_LEN(text) ? text[i] : NULL;
}

const char *ward_cover_reason(const struct ward_coverage *c, uint32_t node, uint32_t network)
{
	if (!ward_model_key(c->model, node, WARD_KEY_IP).len)
		return ward_cover_reason_at(NO_ADDRESS);
	if (network != WARD_NONE &&
		ward_intern_find(&c->net, ward_model_node(c->model, network)->id) == WARD_NONE)
		return ward_cover_reason_at(NO_NETWORK);
	return ward_cover_reason_at(NOT_HEARD);
}

static int by_place(const void *a, const void *b)
{
	const struct ward_cover_row *x = a, *y = b;
	const uint32_t p[] = {x->key.net, x->key.how, x->key.proto};
	const uint32_t q[] = {y->key.net, y->key.how, y->key.proto};

	for (size_t i = 0; i < 3; i++)
		if (p[i] != q[i])
			return p[i] < q[i] ? -1 : 1;
	return 0;
}

enum ward_err ward_cover_sorted(
	const struct ward_coverage *c, struct ward_cover_row **ret, size_t *ret_n)
{
	struct ward_cover_row *row = NULL;
	size_t n = 0;
	const void *k;
	void *v;

	if (c->rows.n && !(row = ward_mem_alloc(c->mem, c->rows.n * sizeof(*row))))
		return WARD_ERR_NOMEM;
	for (size_t at = 0; ward_tab_next(&c->rows, &at, &k, &v);)
		memcpy(&row[n++], v, sizeof(*row));
	if (n)
		qsort(row, n, sizeof(*row), by_place);
	*ret = row;
	*ret_n = n;
	return WARD_OK;
}
