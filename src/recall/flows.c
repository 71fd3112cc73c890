/* Who talked with whom: flows of some addresses, joined by both ends, port and protocol. */
#include "recall/priv.h"

#include "model/addr.h"

#include <stdlib.h>

enum { ADDRESSES = 64, PAIRS = 400, ADDRESS_TEXT = 46 };

struct pair {
	uint64_t key;
	struct ward_str src, dst, proto, src_asset, dst_asset; /* in the arena, of the model */
	int64_t port;
	uint64_t n, bytes, back;
	ward_ns first, last;
};

struct flows {
	struct ward_addr who[ADDRESSES];
	size_t n_who;
	struct pair pair[PAIRS];
	size_t n;
	uint64_t over; /* flows of pairs for which there was no room */
	uint32_t class;
};

static enum ward_err begin(struct recall_pass *p)
{
	struct flows *f = ward_arena_array(&p->arena, 1, sizeof(*f));
	struct ward_str list = p->ask->who;

	if (!f)
		return WARD_ERR_NOMEM;
	f->n_who = f->n = 0;
	f->over = 0;
	f->class = ward_name(&p->names, WARD_STR("net.flow"));
	while (list.p && f->n_who < ADDRESSES) {
		struct ward_addr *a = &f->who[f->n_who];

		if (!ward_addr_parse(ward_str_trim(ward_str_cut(&list, ',')), a))
			continue;
		p->term[p->n_term++] =
			ward_term_hash(WARD_TERM_IP, ward_slice_of(a->b, sizeof(a->b)));
		f->n_who++;
	}
	p->state = f;
	p->nothing = !f->n_who;
	return WARD_OK;
}

static bool is_of(const struct flows *f, struct ward_str ip)
{
	struct ward_addr a;

	if (!ward_addr_parse(ip, &a))
		return false;
	for (size_t i = 0; i < f->n_who; i++)
		if (memcmp(f->who[i].b, a.b, sizeof(a.b)) == 0)
			return true;
	return false;
}

static int64_t number(const struct ward_event *e, uint32_t field)
{
	const struct ward_value *v = ward_event_get(e, field);

	return v && v->kind == WARD_VALUE_INT && v->i > 0 ? v->i : 0;
}

static uint64_t key_of(
	struct ward_str src, struct ward_str dst, struct ward_str proto, int64_t port)
{
	static const struct ward_seed seed = {0x776172642d666c6f, 0x7773000000000000};
	char text[3 * ADDRESS_TEXT + 32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_str(&w, ward_str_sub(src, 0, ADDRESS_TEXT));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_str_sub(dst, 0, ADDRESS_TEXT));
	ward_wr_printf(&w, " %lld ", (long long)port);
	ward_wr_str(&w, ward_str_sub(proto, 0, ADDRESS_TEXT));
	return ward_siphash(seed, w.p, w.len);
}

/* NULL: there is no room; *ret_bad: nor memory. */
static struct pair *pair_of(
	struct recall_pass *p, struct ward_event *e, struct ward_str src, struct ward_str dst)
{
	struct flows *f = p->state;
	struct ward_str proto = ward_event_str(e, WARD_FIELD_PROTO);
	int64_t port = number(e, WARD_FIELD_DST_PORT);
	uint64_t key = key_of(src, dst, proto, port);

	for (size_t i = 0; i < f->n; i++)
		if (f->pair[i].key == key)
			return &f->pair[i];
	if (f->n == PAIRS || ward_enrich_event(&p->enrich, e) == WARD_ERR_NOMEM)
		return NULL;
	struct pair x = {.key = key,
		.src = ward_arena_str(&p->arena, src),
		.dst = ward_arena_str(&p->arena, dst),
		.proto = ward_arena_str(&p->arena, proto),
		.src_asset = ward_event_str(e, WARD_FIELD_WARD_ASSET), /* the model has them */
		.dst_asset = ward_event_str(e, WARD_FIELD_WARD_PEER_ASSET),
		.port = port,
		.first = e->time,
		.last = e->time};

	if (!x.src.p || !x.dst.p || !x.proto.p)
		return NULL;
	f->pair[f->n] = x;
	return &f->pair[f->n++];
}

static enum ward_err event(struct recall_pass *p, struct ward_event *e, bool *ret_enough)
{
	struct flows *f = p->state;
	struct ward_str src = ward_event_str(e, WARD_FIELD_SRC_IP),
			dst = ward_event_str(e, WARD_FIELD_DST_IP);

	(void)ret_enough;
	if (e->class != f->class || !src.len || !dst.len || !(is_of(f, src) || is_of(f, dst)))
		return WARD_OK;
	struct pair *x = pair_of(p, e, src, dst);

	if (!x) {
		f->over++;
		return WARD_OK;
	}
	x->n++;
	x->bytes += (uint64_t)number(e, WARD_FIELD_BYTES);
	x->back += (uint64_t)number(e, WARD_FIELD_BYTES_BACK);
	x->first = e->time < x->first ? e->time : x->first;
	x->last = e->time > x->last ? e->time : x->last;
	return WARD_OK;
}

/* The most bytes first. */
static int by_bytes(const void *va, const void *vb)
{
	const struct pair *x = va, *y = vb;
	uint64_t a = x->bytes + x->back, b = y->bytes + y->back;

	return a != b ? (a > b ? -1 : 1) : x->key < y->key ? -1 : x->key > y->key;
}

static enum ward_err end(struct recall_pass *p)
{
	struct flows *f = p->state;

	qsort(f->pair, f->n, sizeof(f->pair[0]), by_bytes);
	ward_json_key(&p->j, "flows");
	ward_json_arr(&p->j);
	for (size_t i = 0; i < f->n; i++) {
		const struct pair *x = &f->pair[i];
		struct ward_json j = ward_json_on(&p->one);

		ward_wr_reset(&p->one);
		ward_json_obj(&j);
		recall_text(&j, "src", x->src);
		recall_node(p, &j, "from", x->src_asset);
		recall_text(&j, "dst", x->dst);
		recall_node(p, &j, "to", x->dst_asset);
		ward_json_key(&j, "group"); /* to all of a network */
		ward_json_bool(&j, ward_model_is_group_address(p->o.model, x->dst));
		recall_u64(&j, "port", (uint64_t)x->port);
		recall_text(&j, "proto", x->proto);
		recall_u64(&j, "n", x->n);
		recall_u64(&j, "bytes", x->bytes);
		recall_u64(&j, "bytes_back", x->back);
		recall_time(&j, "first", x->first);
		recall_time(&j, "last", x->last);
		ward_json_obj_end(&j);
		recall_add(p);
	}
	ward_json_arr_end(&p->j);
	recall_u64(&p->j, "over", f->over);
	return WARD_OK;
}

const struct recall_kind recall_flows = {false, begin, event, end};
